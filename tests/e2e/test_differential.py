"""`smtpchaos differential` with receivers of our own. test_differential_real.py has real ones."""
import json
import re
import subprocess
import unittest

from built_in import Sink
from lab.place import make
from network import free_port
from proxy import SANITIZER, binary
from stage import Stage


def differential(*arguments, timeout_s: float = 300.0) -> subprocess.CompletedProcess:
    result = subprocess.run([binary(), "differential", *map(str, arguments)], text=True,
                            capture_output=True, timeout=timeout_s, check=False)
    if result.returncode < 0 or SANITIZER.search(result.stderr):
        raise AssertionError(f"it ended with {result.returncode}\n{result.stderr}")
    return result


def messages(outcome: dict, sequence: str) -> dict:
    """How many mails each receiver made of the sequence."""
    found = next(row for row in outcome["sequences"] if row["sequence"] == sequence)
    return {name: what["messages"] for name, what in found["receivers"].items()}


def markers(stored: list) -> set:
    """The marks of the mails that are stored, each in the subject of its own mail."""
    heads = (re.split(rb"\r?\n\r?\n", mail)[0] for mail in stored)
    return {mark.decode() for head in heads
            for mark in re.findall(rb"^Subject: (differential\S+)", head, re.MULTILINE)}


class BuiltIn(Stage):
    def sink(self) -> Sink:
        sink = Sink(make(self.directory / f"{self._testMethodName}-{id(self)}"))
        self.addCleanup(sink.stop)
        return sink.start()

    def test_one_receiver_agrees_with_itself_and_stores_what_it_counts(self):
        sink = self.sink()
        place = f"127.0.0.1:{sink.port}"
        result = differential(f"one={place}", f"two={place}", "--json", "--all")
        self.assertEqual(0, result.returncode, result.stderr)
        outcome = json.loads(result.stdout)
        self.assertEqual((845, 0), (outcome["count"], outcome["disagreements"]))
        stored = markers(sink.messages())
        for row in outcome["sequences"]:
            kept = len(stored & set(row["markers"]))
            self.assertEqual(row["receivers"]["one"]["messages"], kept, row["sequence"])
        self.assertEqual({"one": 2, "two": 2}, messages(outcome, "CRLF . CRLF"))

    def test_a_hop_that_takes_dots_away_is_told_from_the_server_behind_it(self):
        sink = self.sink()
        through = self.proxy(sink.port, rules=["to server body unstuff"])
        result = differential(f"direct=127.0.0.1:{sink.port}",
                              f"through=127.0.0.1:{through.port}", "--json")
        self.assertEqual(1, result.returncode, result.stderr)
        outcome = json.loads(result.stdout)
        self.assertEqual({"direct": 1, "through": 2}, messages(outcome, "CRLF .. CRLF"))
        self.assertEqual({"CRLF", "CRCRLF", "NUL CRLF"}, {
            row["sequence"].split(" .. ")[0] for row in outcome["sequences"]})

    def test_the_seed_draws(self):
        place = f"127.0.0.1:{self.sink().port}"
        drawn = [json.loads(differential(place, "--json", "--all", "--count", 20, "--seed",
                                         seed).stdout)["sequences"] for seed in (7, 7, 8)]
        numbers = [[row["number"] for row in rows] for rows in drawn]
        self.assertEqual(20, len(set(numbers[0])))
        self.assertEqual(numbers[0], numbers[1])
        self.assertNotEqual(numbers[0], numbers[2])

    def test_a_receiver_that_is_not_there(self):
        result = differential(f"127.0.0.1:{free_port()}", "--count", 1)
        self.assertEqual(69, result.returncode)
        self.assertIn("cannot be reached", result.stderr)

    def test_a_bad_address(self):
        self.assertEqual(64, differential("nowhere").returncode)


if __name__ == "__main__":
    unittest.main()
