#!/usr/bin/env python3
"""Writes corpora/session/example-NAME: the example rule of each mutator, over a session that has
something of everything, as a script that fuzz_session reads.

usage: corpora/from_examples.py [FOLDER]     (corpora/session)
"""

import re
import sys
from pathlib import Path

from from_transcripts import FINISH, INTERCEPTS, SIDES, TOP, said, waited

SESSION = r"""
S 220 mx.test ESMTP
C EHLO me.test
S 250-mx.test\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250-CHUNKING
S 250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME
C AUTH LOGIN
S 334 VXNlcm5hbWU6
C dXNlcg==
S 235 ok
C MAIL FROM:<ann@me.test> SIZE=500
S 250 sender ok
C RCPT TO:<bob@mx.test>
S 250 recipient ok
C RCPT TO:<eve@mx.test>
S 550 no such user
C DATA
S 354 go
C Subject: hello\r\nFrom: Ann <ann@me.test>\r\nX-Odd: =?utf-8?q?=C3=A4?=\r\n folded\r\n
C text \xe4 text\r\n..dot\r\n\r\nlast\r\n.
S 250 queued
@ +5s
C MAIL FROM:<ann@me.test> BODY=8BITMIME
C RCPT TO:<bob@mx.test>
S 250 ok
S 250 ok
C BDAT 20
C Subject: chunk\r\n\r\nx
S 250 ok
C BDAT 6 LAST
C last
S 250 queued
@ +1h
C STARTTLS
S 220 go
C NOOP
S 250 ok
C QUIT
S 221 bye
"""


def steps():
    out = b""
    for line in SESSION.strip().splitlines():
        side, text = line.split(" ", 1)
        if side == "@":
            out += waited(text)
        else:
            out += said(SIDES[side], text.encode().decode("unicode_escape").encode("latin-1")
                        + b"\r\n")
    return out + bytes([SIDES["S"] | FINISH]) + waited("+5s")


def examples():
    for path in sorted((TOP / "mutators").glob("*.c")):
        found = re.search(r"\.example =((?:\s*\"(?:\\.|[^\"\\])*\")+)", path.read_text())
        if found:
            quoted = re.findall(r"\"((?:\\.|[^\"\\])*)\"", found[1])
            yield path.stem, re.sub(r"\\(.)", r"\1", "".join(quoted))


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "corpora" / "session"
    for name, rule in examples():
        options = INTERCEPTS if re.search(r"\btls\b", rule) else 0
        script = b"\xff" + rule.encode() + b"\n\n" + bytes([options]) + steps()
        (folder / f"example-{name.replace('_', '-')}").write_bytes(script)


if __name__ == "__main__":
    main()
