#!/usr/bin/env python3
"""What campaigns leave behind: findings as transcripts that say the same bytes again, crashes told
apart by their stacks. The campaigns themselves take long, and are not run here."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "harness" / "campaign")]

import findings  # noqa: E402
import transcripts  # noqa: E402
from targets import TARGETS  # noqa: E402

SMTPCHAOS = os.environ["SMTPCHAOS_BIN"]

REPORT = """\
==1==ERROR: AddressSanitizer: heap-buffer-overflow
    #0 0x1 in __interceptor_memcpy (exim+0x1)
    #1 0x2 in bdat_getc smtp_in.c:700:3
    #2 0x3 in receive_msg receive.c:1900
    #3 0x4 in main exim.c:1
"""


def unescaped(text):
    """The bytes of a step's text (docs/transcripts.md); CRLF at its end unless it shows another."""
    letters = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\", '"': '"'}
    shows_end = re.search(r"(?:(?<!\\)(?:\\\\)*\\(?:[rn]|))$", text)
    text = text[:-1] if shows_end and text.endswith("\\") else text
    text = re.sub(r"(\\x[0-9a-fA-F]{2}|\\.|.)\\\{(\d+)\}",
                  lambda found: found[1] * int(found[2]), text)
    text = re.sub(r"\\(x[0-9a-fA-F]{2}|.)", lambda found: letters.get(
        found[1]) or chr(int(found[1][1:], 16)), text)
    return text.encode("latin-1") + (b"" if shows_end else b"\r\n")


def said_again(transcript):
    """The bytes that a player says."""
    steps = [line[3:] for line in transcript.splitlines() if line[:2] in ("C>", "S>")]
    return b"".join(unescaped(text) for text in steps if text != r"\FIN")


class CampaignTest(unittest.TestCase):
    def test_every_seed_becomes_a_transcript_of_the_same_bytes(self):
        for target in TARGETS.values():
            for folder in target.seed_folders():
                for seed in folder.iterdir():
                    data = seed.read_bytes()
                    written = transcripts.write(data, target.speaks, ["a seed"])
                    self.assertEqual(said_again(written), data, seed)

    def test_transcripts_can_be_read(self):
        with tempfile.TemporaryDirectory() as folder:
            for seed in (TOP / "corpora" / "client" / "known-bugs").iterdir():
                text = transcripts.write(seed.read_bytes(), "client", ["a known bug"])
                (Path(folder) / f"{seed.name}.transcript").write_text(text)
            files = sorted(Path(folder).iterdir())
            done = subprocess.run([SMTPCHAOS, "check", *files], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_examples_of_mutators_can_be_read(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, TOP / "corpora" / "from_examples.py", folder],
                           check=True)
            files = sorted(Path(folder).iterdir())
            self.assertGreater(len(files), 50)
            subprocess.run([SMTPCHAOS, "check", *files], stdout=subprocess.DEVNULL, check=True)

    def test_a_stack_is_the_programs_own(self):
        self.assertEqual(findings.stack_of(REPORT), ["bdat_getc", "receive_msg"])

    def test_each_target_has_what_builds_it(self):
        for target in TARGETS.values():
            self.assertTrue((target.folder / "build.sh").exists(), target.name)
            self.assertTrue(any(target.seed_folders()), target.name)


if __name__ == "__main__":
    unittest.main()
