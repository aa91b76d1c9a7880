"""The stage: mail programs on both sides of smtpchaos, set up and taken down for tests to play on.

A test class derives from `Stage`. Its servers live as long as the class, its proxies as long as one
test. When a test fails, the end of what each program logged is printed.
"""
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import recordings
from lab.clients import Clients
from lab.packages import PROGRAMS, is_installed, left_out
from lab.place import SOURCE, home, make
from lab.wait import wait_until
from letter import Letter
from network import free_port, own_network, run_outside
from peers import PoliteServer, ScriptedServer
from proxy import Proxy

OWN_NETWORK = own_network()
LOG_LINES = 60


class Stage(unittest.TestCase):
    """A test with proxies, and a class with servers."""

    maxDiff = 4000

    @classmethod
    def setUpClass(cls) -> None:
        make(home())
        cls.directory = Path(tempfile.mkdtemp(prefix=f"{cls.__name__}-", dir=make(home() / "run")))
        cls.directory.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.cast = []

    @classmethod
    def server(cls, kind, name: str, port: int = None, **options):
        """Starts a receiver, or with `relay_port` a queueing sender, for the whole class."""
        cls.need(kind.program)
        return cls._enter(kind(cls.directory / name, port or free_port(), **options))

    @classmethod
    def sender(cls, kind, name: str, **options):
        """Starts a queueing sender whose mail goes to the port `relay_port` of its own."""
        return cls.server(kind, name, relay_port=free_port(), **options)

    @classmethod
    def clients(cls) -> Clients:
        cls.need(Clients.program)
        return cls._enter(Clients(cls.directory / f"clients{len(cls.cast)}"))

    @staticmethod
    def need(program: str) -> None:
        """Fetches the program if it is not there; skips the test if somebody wants none with it.

        Nothing else may skip a test. A client may be named by itself: msmtp, curl.
        """
        program = program if program in PROGRAMS else Clients.program
        if program in left_out():
            raise unittest.SkipTest(f"{program} is left out, as SMTPCHAOS_E2E_WITHOUT asks")
        if not is_installed(program):
            run_outside(sys.executable, SOURCE, program)

    @classmethod
    def _enter(cls, player):
        cls.addClassCleanup(player.stop)
        cls.cast.append(player)
        return player.start()

    def run(self, result=None):
        """Runs the test, and prints all logs if it went wrong."""
        self.proxies = []
        before = _count_of_trouble(result)
        outcome = super().run(result)
        if _count_of_trouble(result) > before:
            self._print_logs()
        return outcome

    def proxy(self, upstream: int, *options, **settings) -> Proxy:
        """Starts a proxy for this test; it listens on `port`, or on a free one."""
        proxy = self.unstarted_proxy(upstream, *options, **settings)
        self.addCleanup(self._end, proxy)
        return proxy.start()

    def unstarted_proxy(self, upstream: int, *options, port: int = None, **settings) -> Proxy:
        directory = make(self.directory / f"{self._testMethodName}-{len(self.proxies)}")
        proxy = Proxy(directory, upstream, *options, port=port or free_port(), **settings)
        self.proxies.append(proxy)
        return proxy

    def scripted(self, script, path=None) -> ScriptedServer:
        """Starts a server that runs the script for each connection of this test."""
        server = ScriptedServer(script, path)
        self.addCleanup(server.stop)
        return server

    def polite(self, path=None, **replies) -> PoliteServer:
        """Starts a scripted server that accepts all mail; the answer has its port as `port`."""
        polite = PoliteServer(replies)
        polite.server = self.scripted(polite, path)
        polite.port = polite.server.port
        return polite

    def wait_until(self, happened, what: str, timeout_s: float = 15.0):
        return wait_until(happened, what, timeout_s)

    def _end(self, proxy: Proxy) -> None:
        proxy.stop()
        self.assertEqual("", proxy.misbehaviour())
        self.assertEqual(0, proxy.process.returncode, "the exit status of the proxy")
        if proxy.recordings and proxy.recordings.is_dir():
            replay = recordings.Replay(proxy.recordings)
            self.assertEqual(0, replay.status, replay.err)

    def _print_logs(self) -> None:
        for player in (*getattr(self, "cast", []), *self.proxies):
            name = getattr(player, "directory", "").name
            lines = player.logs().splitlines()[-LOG_LINES:]
            print(f"--- {self.id()}: {name}", *lines, sep="\n", file=sys.stderr)


class FromOneSender(Stage):
    """Tests in which one queueing sender sends one letter through one proxy."""

    def sends(self, kind, receiver_port: int, letter: Letter = None, timer_s: int = 10,
              settings: dict = None, **chaos) -> tuple:
        """Lets a new sender send a letter through a proxy; answers sender, letter and proxy."""
        sender = self.sender(kind, f"tx{len(self.cast)}", timer_s=timer_s, settings=settings)
        proxy = self.proxy(receiver_port, port=sender.relay_port, **chaos)
        letter = letter or Letter()
        sender.submit(letter)
        return sender, letter, proxy


def _count_of_trouble(result) -> int:
    return len(result.failures) + len(result.errors) if result else 0
