"""Recorded sessions of real programs become transcripts, fuzz inputs, and transcripts again."""
import re
import subprocess
import unittest
from pathlib import Path

from lab.exim import Exim
from lab.place import make
from lab.postfix import Postfix
from letter import Letter
from proxy import SANITIZER, binary
from stage import Stage

NAMES = [b"example", b"dest", b"ann@", b"bob", b"Ann", b"not a header", b"rx-exim", b"tx-postfix"]
RULE = 'to server command RCPT first 1 per triplet answer reply="451 4.7.1 Not now"'

# What libFuzzer's merge does, for a target that reaches the same with every input.
FAKE_TARGET = """#!/bin/sh
[ "$1 $2" = "-merge=1 -use_counters=0" ] || exit 3
for file in "$4"/*; do cp "$file" "$3/$(sha1sum <"$file" | cut -d' ' -f1)"; exit; done
"""


def run(command, *arguments):
    result = subprocess.run([binary(), command, *map(str, arguments)], capture_output=True)
    if result.returncode < 0 or SANITIZER.search(result.stderr.decode()):
        raise AssertionError(f"{command} ended with {result.returncode}\n{result.stderr}")
    return result


class CorpusTest(Stage):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.receiver = cls.server(Exim, "rx-exim")
        cls.queueing = cls.sender(Postfix, "tx-postfix")

    def setUp(self):
        """Two clients and a queue send a letter each, past a rule, and are recorded."""
        self.recordings = self.directory / f"{self._testMethodName}-recordings"
        proxy = self.proxy(self.receiver.port, "--record", str(self.recordings), rules=[RULE],
                           port=self.queueing.relay_port)
        clients = self.clients()
        for client in clients.swaks, clients.curl:
            client(proxy.port, Letter())
        letter = Letter()
        self.queueing.submit(letter)
        self.receiver.wait_letter(letter)
        self.queueing.wait_queue_empty()
        proxy.stop()

    def corpus(self, *arguments, source=None, status=0) -> list:
        """Runs `smtpchaos corpus` into a folder of its own; answers the files there."""
        place = self.directory / f"{self._testMethodName}-{len(list(self.directory.iterdir()))}"
        result = run("corpus", "--out", place, *arguments, source or self.recordings)
        self.assertEqual(status, result.returncode, result.stderr)
        return sorted(place.iterdir()) if place.exists() else []

    def check_plays(self, files: list) -> None:
        played = run("play", "--cuts", "whole", *files)
        self.assertEqual(0, played.returncode, played.stderr.decode())

    def test_transcripts_say_what_was_said_and_play(self):
        files = self.corpus()
        self.check_plays(files)
        text = "".join(file.read_text() for file in files)
        self.assertIn("rule " + RULE, text)
        self.assertRegex(text, r"(?m)^C< 451 4\.7\.1 Not now$")
        self.assertIn("=== from here on every byte counts ===", text)

    def test_anonymous_ones_name_nobody_and_play(self):
        files = self.corpus("--anonymise", "--seed", 3)
        self.check_plays(files)
        written = b"".join(file.read_bytes() for file in files)
        self.assertEqual([], [name for name in NAMES if name in written])

    def test_anonymous_ones_keep_every_length(self):
        clear, other = (self.corpus("--to", "client", *how) for how in ((), ("--anonymise",)))
        self.assertEqual(sorted(len(line) for line in b"".join(contents(clear)).split(b"\n")),
                         sorted(len(line) for line in b"".join(contents(other)).split(b"\n")))

    def test_the_same_seed_gives_the_same_words(self):
        one, two = (self.corpus("--anonymise", "--seed", 3) for _ in range(2))
        other = self.corpus("--anonymise", "--seed", 4)
        self.assertEqual(contents(one), contents(two))
        self.assertNotEqual(contents(one), contents(other))

    def test_each_side_as_plain_smtp(self):
        client = b"".join(contents(self.corpus("--to", "client")))
        server = b"".join(contents(self.corpus("--to", "server")))
        self.assertRegex(client, rb"(?s)EHLO .*\r\nMAIL FROM:<ann@example\.test>.*\r\n\.\r\n")
        self.assertRegex(server, rb"\A220 rx-exim|\A220 ")
        self.assertNotIn(b"MAIL FROM", server)

    def test_scripts_and_back(self):
        scripts = self.corpus("--to", "session")
        self.assertTrue(all(file.read_bytes().startswith(b"\xff" + RULE.encode() + b"\n\n")
                            for file in scripts))
        back = self.corpus(source=scripts[0].parent)
        self.check_plays(back)
        self.assertEqual(sorted(line for file in self.corpus() for line in said(file)),
                         sorted(line for file in back for line in said(file)))

    def test_the_same_content_is_kept_once(self):
        files = self.corpus("--to", "client")
        again = self.corpus("--to", "client", self.recordings)
        self.assertEqual(contents(files), contents(again))

    def test_a_target_says_what_is_worth_keeping(self):
        target = self.directory / "target"
        target.write_text(FAKE_TARGET)
        target.chmod(0o755)
        every = self.corpus("--to", "client")
        kept = self.corpus("--to", "client", "--minimise", target)
        self.assertEqual(1, len(kept))
        self.assertIn(kept[0].name, {file.name for file in every})
        self.corpus("--to", "client", "--minimise", "/bin/false", status=69)

    def test_files_are_private_unless_they_are_anonymous(self):
        self.assertEqual({0o600}, {file.stat().st_mode & 0o777 for file in self.corpus()})
        self.assertEqual({0o644},
                         {file.stat().st_mode & 0o777 for file in self.corpus("--anonymise")})

    def test_what_is_too_large_or_damaged(self):
        self.assertEqual([], self.corpus("--size-max", "100B"))
        broken = make(self.directory / "broken") / "x.recording"
        broken.write_text("smtpchaos-recording 1\nseed x\n")
        self.corpus(source=broken, status=65)
        self.corpus(source=self.directory / "missing", status=66)


def contents(files: list) -> list:
    return [file.read_bytes() for file in files]


def said(transcript: Path) -> list:
    """What was said in a transcript, without the marks."""
    return re.findall(r"(?m)^[CS][>=] (.*)$", transcript.read_text())


if __name__ == "__main__":
    unittest.main()
