#!/usr/bin/env python3
"""Writes FOLDER/example-NAME.transcript: the example rule of each mutator, over a session that has
something of everything. `smtpchaos corpus` makes seeds of them (docs/fuzzing.md).

usage: corpora/from_examples.py FOLDER
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

SESSION = r"""S> 220 mx.test ESMTP
C> EHLO me.test
S> 250-mx.test\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250-CHUNKING
S> 250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME
C> AUTH LOGIN
S> 334 VXNlcm5hbWU6
C> dXNlcg==
S> 235 ok
C> MAIL FROM:<ann@me.test> SIZE=500
S> 250 sender ok
C> RCPT TO:<bob@mx.test>
S> 250 recipient ok
C> RCPT TO:<eve@mx.test>
S> 550 no such user
C> DATA
S> 354 go
C> Subject: hello\r\nFrom: Ann <ann@me.test>\r\nX-Odd: =?utf-8?q?=C3=A4?=\r\n folded\r\n\r\n
C> text \xe4 text\r\n..dot\r\n\r\nlast\r\n.
S> 250 queued
@ +5s
C> MAIL FROM:<ann@me.test> BODY=8BITMIME
C> RCPT TO:<bob@mx.test>
S> 250 ok
S> 250 ok
C> BDAT 20
C> Subject: chunk\r\n\r\nx
S> 250 ok
C> BDAT 6 LAST
C> last
S> 250 queued
@ +1h
C> STARTTLS
S> 220 go
C> NOOP
S> 250 ok
C> QUIT
S> 221 bye
S> \FIN
@ +5s
"""


def examples():
    for path in sorted((TOP / "mutators").glob("*.c")):
        found = re.search(r"\.example =((?:\s*\"(?:\\.|[^\"\\])*\")+)", path.read_text())
        if found:
            quoted = re.findall(r"\"((?:\\.|[^\"\\])*)\"", found[1])
            yield path.stem.replace("_", "-"), re.sub(r"\\(.)", r"\1", "".join(quoted))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[-1])
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, rule in examples():
        mode = "option tls intercept\n" if re.search(r"\btls\b", rule) else ""
        (folder / f"example-{name}.transcript").write_text(f"{mode}rule {rule}\n{SESSION}")


if __name__ == "__main__":
    main()
