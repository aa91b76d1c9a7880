"""What fell due before bytes came leaves before them, whenever the timer is told of it."""
import time
import unittest
from datetime import datetime

from peers import connect
from stage import Stage

DELAY_MS = 2
PAIRS = 300
# The second command of a pair falls somewhere around the moment at which the first reply is due.
LATEST_S = 0.004
RULES = (f"to client reply after NOOP delay time={DELAY_MS}ms",
         "to server command NOOP early=yes note",
         'to server command NOOP answer reply="250 ok"')


def milliseconds(entry: dict) -> float:
    return datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).timestamp() * 1000


class Punctual(Stage):
    def test_who_spoke_too_early_is_as_the_clock_has_it(self):
        proxy = self.proxy(self.polite().port, rules=RULES)
        with connect(proxy.port) as client:
            client.reply()
            for number in range(PAIRS):
                self.say_twice(client, LATEST_S * number / PAIRS)
        proxy.journal.wait(event="close")
        waits, early, overdue = 0, 0, []
        for entry in proxy.journal.rules():
            if entry["mutator"] == "delay":
                waits, due = waits + 1, milliseconds(entry) + DELAY_MS
            elif entry["mutator"] == "note":
                early += 1
                overdue += [entry] if milliseconds(entry) > due else []
        self.assertEqual(2 * PAIRS, waits)
        self.assertGreater(early, 0)
        self.assertEqual([], overdue)

    def say_twice(self, client, apart_s: float) -> None:
        client.send(b"NOOP\r\n")
        then = time.perf_counter() + apart_s
        while time.perf_counter() < then:
            pass
        client.send(b"NOOP\r\n")
        self.assertEqual(b"250 ok\r\n" * 2, client.reply() + client.reply())


if __name__ == "__main__":
    unittest.main()
