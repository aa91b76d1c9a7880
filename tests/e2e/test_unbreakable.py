"""Any rules on any session: the proxy neither dies nor keeps a session, and ends when told to.

Rules are drawn from the examples in the catalogue and from the profiles, so that whatever is added
there is tried here too; sessions are random. What the rules make of them is for other tests.
"""
import random
import re
import signal
import socket
import subprocess
import unittest

from proxy import binary
from sessions import Performance, RandomSession
from stage import Stage

RUNS = 30
SESSIONS_EACH = 4
SESSION_S = 3.0
EXAMPLE = re.compile(r"^Example:\n +(.+)$", re.MULTILINE)


def ask(*words: str) -> str:
    return subprocess.run([binary(), *words], capture_output=True, text=True, check=True).stdout


def names(kind: str) -> list:
    return [line.split()[0] for line in ask("list", kind).splitlines() if line.strip()]


class UnbreakableTest(Stage):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.rules = [rule for name in names("mutators")
                     for rule in EXAMPLE.findall(ask("explain", name))]
        cls.profiles = names("profiles")

    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)

    def test_every_mutator_and_profile_is_drawn_from(self):
        self.assertGreaterEqual(len(self.rules), len(names("mutators")))
        self.assertTrue(self.profiles)

    def test_any_rules_on_any_session(self):
        for seed in range(RUNS):
            with self.subTest(seed=seed):
                self.check_run(random.Random(seed), seed)

    def check_run(self, draw: random.Random, seed: int) -> None:
        proxy = self.proxy(self.listener.getsockname()[1], "--idle-timeout", "300ms", seed=seed,
                           rules=draw.sample(self.rules, draw.randrange(1, 7)),
                           profiles=draw.sample(self.profiles, draw.randrange(2)))
        for number in range(SESSIONS_EACH):
            self.play(proxy.port, RandomSession(seed * SESSIONS_EACH + number))
            self.assertIsNone(proxy.process.poll(), "the proxy is gone")
        proxy.signal(signal.SIGTERM)
        self.assertEqual(0, proxy.wait())

    def play(self, port: int, session: RandomSession) -> None:
        """Plays as much of the session as the rules let happen."""
        self.listener.settimeout(SESSION_S)
        with socket.create_connection(("127.0.0.1", port)) as client:
            try:
                with self.listener.accept()[0] as server:
                    Performance(session, client, server).play(SESSION_S)
            except (AssertionError, TimeoutError):
                pass  # a rule held it up, or spared the server


if __name__ == "__main__":
    unittest.main()
