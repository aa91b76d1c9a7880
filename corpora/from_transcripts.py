#!/usr/bin/env python3
"""Writes corpora/session: each transcript of tests/transcripts as a script that fuzz_session reads.

usage: corpora/from_transcripts.py [FOLDER]     (corpora/session)

The bytes are those that play/script.h describes. What a transcript expects to be heard is left
out: the harness has its own idea of what must hold.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

SAY, LINE, WAIT, FINISH, TEAR, REFUSE = 0, 1, 3, 4, 5, 10
SIDES = {"C": 0x00, "S": 0x80}
NO_RULES, RULES_IN_SCRIPT = 0x00, 0xFF
SHORT_LINES, DRY_RUN, ASKED, IMPATIENT = 1, 2, 4, 16
ONLY_BOB, FOR_A_TIME, INTERCEPTS = 32, 64, 128
OPTIONS = {"max-line": SHORT_LINES, "dry-run": DRY_RUN, "idle-timeout": IMPATIENT,
           "connect-timeout": IMPATIENT, "only-recipient": ONLY_BOB, "for": FOR_A_TIME,
           "tls": INTERCEPTS}

# Milliseconds of a wait's units, the largest first, with the bits that say so.
UNITS = [(3600000, 0xC0), (60000, 0x80), (1000, 0x40), (10, 0x00)]
WORTH = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000, "h": 3600000}


def unescaped(text):
    """The bytes of a step's text; CRLF at its end unless it shows otherwise."""
    letters = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", '"': '"'}
    shows_end = re.search(r"(?:(?<!\\)(?:\\\\)*\\(?:[rn]|))$", text)
    text = text[:-1] if shows_end and text.endswith("\\") else text
    text = re.sub(r"(\\x[0-9a-fA-F]{2}|\\.|.)\\\{(\d+)\}",
                  lambda found: found[1] * int(found[2]), text)
    text = re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda found: letters.get(
        found[1]) or chr(int(found[1][1:], 16)), text)
    return text.encode("latin-1") + (b"" if shows_end else b"\r\n")


def said(side, data):
    if data.count(b"\n") == 1 and data.endswith(b"\n"):
        return bytes([side | LINE]) + data
    parts = [data[at:at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes([side | SAY, len(part)]) + part for part in parts)


def waited(text):
    number, unit = re.fullmatch(r"\+(\d+)(us|ms|s|m|h)", text).groups()
    left = int(number) * WORTH[unit]
    steps = b""
    for worth, bits in UNITS:
        while left >= worth:
            count = min(63, int(left // worth))
            steps += bytes([WAIT, bits | count])
            left -= count * worth
    return steps


def profile_rules(name):
    """The rules of a profile: those of all variants, and of the one named, or of the first."""
    slug, _, wanted = name.partition(":")
    variant, rules = "", []
    for line in (TOP / "profiles" / f"{slug}.profile").read_text().splitlines():
        begins = re.match(r"#\s*variant:\s*(\S+)", line)
        if begins:
            variant = begins[1]
            wanted = wanted or variant
        elif line.strip() and not line.startswith("#") and variant in ("", wanted):
            rules.append(line.strip())
    return rules


class Script:
    def __init__(self):
        self.rules, self.options, self.steps = [], 0, b""

    def take(self, line):
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word in ("rule", "profile"):
            is_rule = re.match(r"(to|both)\s", rest)
            self.rules += [rest] if is_rule else profile_rules(rest)
        elif word == "option":
            self.options |= OPTIONS.get(rest.split()[0], 0)
        elif word == "server":
            self.options |= ASKED
            self.steps += bytes([REFUSE]) if rest == "refuses" else b""
        elif word == "@":
            self.steps += waited(rest)

    def say(self, side, text):
        ends = {r"\FIN": FINISH, r"\CUT": FINISH, r"\RST": TEAR}
        self.steps += bytes([side | ends[text]]) if text in ends else said(side, unescaped(text))

    def bytes(self):
        head = bytes([NO_RULES])
        if self.rules:
            head = bytes([RULES_IN_SCRIPT]) + "\n".join(self.rules).encode() + b"\n\n"
        return head + bytes([self.options]) + self.steps


def scripts_of(text):
    """One script a session; the rules and options are those of all."""
    scripts = [Script()]
    for line in text.splitlines():
        line = re.sub(r"\s{2,}#(?: \S.*|)$", "", line)
        step = re.match(r"([CS])([=><])(?: (.*))?$", line)
        if line.startswith("session ") and scripts[-1].steps:
            scripts.append(Script())
            scripts[-1].rules, scripts[-1].options = scripts[0].rules, scripts[0].options
        elif step and step[2] != "<":
            scripts[-1].say(SIDES[step[1]], step[3] or "")
        elif not step and line and line[0] not in "#!":
            scripts[-1].take(line)
    return scripts


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "corpora" / "session"
    folder.mkdir(parents=True, exist_ok=True)
    for transcript in sorted((TOP / "tests" / "transcripts").glob("*.transcript")):
        for number, script in enumerate(scripts_of(transcript.read_text()), start=1):
            name = transcript.stem + (f"-{number}" if number > 1 else "")
            (folder / name).write_bytes(script.bytes())


if __name__ == "__main__":
    main()
