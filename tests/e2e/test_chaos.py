"""The profile `chaos` between Postfix and the built-in sink: a staging path, soaked overnight.

Its first variant only does what a queueing sender gets over, so in the end every message has
arrived, some of them more than once, and none came back to its author.
"""
import os
import time
import unittest

from built_in import Sink
from lab.place import make
from lab.postfix import Postfix
from letter import Letter
from stage import Stage

MESSAGES = int(os.environ.get("SMTPCHAOS_CHAOS_MESSAGES", "30"))
PATIENCE_S = 60 + 4 * MESSAGES
FLUSH_EVERY_S = 3.0
SEED = int(os.environ.get("SMTPCHAOS_CHAOS_SEED", "1"))


class Chaos(Stage):
    def setUp(self):
        self.sender = self.sender(Postfix, f"tx-{self._testMethodName}", timer_s=20)
        self.sink = Sink(make(self.directory / f"sink-{self._testMethodName}")).start()
        self.addCleanup(self.sink.stop)

    def test_every_message_arrives_in_the_end(self):
        proxy = self.proxy(self.sink.port, port=self.sender.relay_port, profiles=["chaos"],
                           seed=SEED)
        letters = [Letter() for _ in range(MESSAGES)]
        for letter in letters:
            self.sender.submit(letter)
        self.flush_until_empty()
        arrived = self.sink.messages()
        for letter in letters:
            mark = letter.message_id.encode()
            self.assertTrue(any(mark in message for message in arrived), letter.message_id)
        self.assertEqual([], self.sender.messages(), "what came back to the author")
        self.assertGreater(len({rule["rule"] for rule in proxy.journal.rules()}), 3)

    def flush_until_empty(self) -> None:
        """Lets the queue be run every few seconds, as a short retry time would."""
        last = time.monotonic()

        def is_empty() -> bool:
            nonlocal last
            if time.monotonic() - last > FLUSH_EVERY_S:
                self.sender.flush()
                last = time.monotonic()
            return not self.sender.queue()

        self.wait_until(is_empty, "the queue to be empty", PATIENCE_S)


if __name__ == "__main__":
    unittest.main()
