"""Over real sockets too, what goes in comes out, byte for byte and close for close."""
import hashlib
import os
import random
import signal
import socket
import struct
import threading
import unittest

from peers import EHLO_REPLY, Connection, ehlo
from sessions import Performance, RandomSession
from stage import Stage

SESSIONS = 400
SESSIONS_WITH_RULES = 200
MB = 1_000_000
GROWTH_KB_MAX = 8_000
NEVER = "recipient=nobody@nowhere.test"

# Together they want every kind of event, and none of them can fire.
IDLE_RULES = (f"to server command {NEVER} drop", f"to client reply {NEVER} drop",
              f"to server body {NEVER} strip-cr",
              f'to server body-end {NEVER} terminator as=".\\n"',
              'to client greeting helo=nobody.test mask keep="20 "')


class RandomSessionsTest(Stage):
    """Random sessions, valid, broken and rubbish, cut at random, both directions at once."""

    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.upstream = self.listener.getsockname()[1]

    def test_any_session_passes_unchanged(self):
        self.check_sessions(self.proxy(self.upstream).port, map(RandomSession, range(SESSIONS)))

    def test_any_session_passes_unchanged_while_no_rule_fires(self):
        proxy = self.proxy(self.upstream, rules=IDLE_RULES)
        self.check_sessions(proxy.port, (RandomSession(seed, ("finish",))
                                         for seed in range(SESSIONS_WITH_RULES)))
        self.assertEqual([], proxy.journal.rules())

    def test_a_client_that_tears_at_once_is_torn_for_the_server_too(self):
        """Both are known at once: that the server took the call, and that the client is gone."""
        proxy = self.proxy(self.upstream)
        proxy.signal(signal.SIGSTOP)
        client = socket.create_connection(("127.0.0.1", proxy.port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        proxy.signal(signal.SIGCONT)
        with self.listener.accept()[0] as server:
            self.assertRaises(ConnectionResetError, server.recv, 1)

    def check_sessions(self, port: int, sessions) -> None:
        for session in sessions:
            with socket.create_connection(("127.0.0.1", port)) as client:
                with self.listener.accept()[0] as server:
                    performance = Performance(session, client, server)
                    performance.play()
                    self.assertEqual([], performance.faults(), str(performance))


class Mass:
    """A message of a given size, made piece by piece, so that it is never held whole."""

    PIECE = 1_000_000

    def __init__(self, size: int):
        self.pieces = size // self.PIECE
        line = random.Random(1).randbytes(57).hex().encode() + b"\r\n"
        self.piece = (line * (self.PIECE // len(line) + 1))[:self.PIECE - 2] + b"\r\n"

    def send(self, client: Connection) -> str:
        """Sends it as a message; answers its checksum."""
        for command in ("MAIL FROM:<a@example.test>", "RCPT TO:<b@dest.test>", "DATA"):
            client.say(command)
        digest = hashlib.sha256()
        for _ in range(self.pieces):
            client.send(self.piece)
            digest.update(self.piece)
        client.send(b".\r\n")
        return digest.hexdigest()


class Digester:
    """A server's script that reads one message, keeps its checksum and says 250."""

    def __init__(self, wait_for=None):
        self.wait_for = wait_for
        self.digest = hashlib.sha256()

    def __call__(self, connection: Connection) -> str:
        connection.send(b"220 mx.lab.test ESMTP\r\n")
        for reply in (EHLO_REPLY, b"250 ok\r\n", b"250 ok\r\n", b"354 go ahead\r\n"):
            connection.line()
            connection.send(reply)
        if self.wait_for:
            self.wait_for()
        self._read_to_dot(connection)
        connection.send(b"250 2.0.0 taken\r\n")
        connection.to_end()
        return self.digest.hexdigest()

    def _read_to_dot(self, connection: Connection) -> None:
        tail = connection.exactly(5)
        while tail != b"\r\n.\r\n":
            block = tail + connection.some()
            self.digest.update(block[:-5])
            tail = block[-5:]
        self.digest.update(b"\r\n")


class MassTest(Stage):
    """Large mail passes whole, and the proxy's memory stays flat."""

    def test_10_mb(self):
        self.check_mass(10 * MB)

    def test_100_mb(self):
        self.check_mass(100 * MB)

    def test_10_mb_while_a_rule_reads_every_line(self):
        self.check_mass(10 * MB, rules=[f"to server body {NEVER} strip-cr"])

    @unittest.skipUnless(os.environ.get("SMTPCHAOS_BIG"), "1 GB only with SMTPCHAOS_BIG=1")
    def test_1_gb(self):
        self.check_mass(1000 * MB)

    def test_slow_receiver_holds_up_the_client_and_no_memory_grows(self):
        may_read = threading.Event()
        server = self.scripted(Digester(may_read.wait))
        proxy = self.proxy(server.port)
        with ehlo(proxy.port) as client:
            for command in ("MAIL FROM:<a@example.test>", "RCPT TO:<b@dest.test>", "DATA"):
                client.say(command)
            before = proxy.memory_kb("VmRSS")
            stuffed = client.stuff(b"x" * 998 + b"\r\n", at_most=200 * MB)
            self.assertLess(stuffed, 200 * MB, "the client was never held up")
            self.assertLess(proxy.memory_kb("VmHWM") - before, GROWTH_KB_MAX)
            may_read.set()
            client.send(b"\r\n.\r\n")
            self.assertEqual(b"250 2.0.0 taken\r\n", client.reply())

    def check_mass(self, size: int, rules=()) -> None:
        server = self.scripted(Digester())
        proxy = self.proxy(server.port, rules=rules)
        with ehlo(proxy.port) as client:
            before = proxy.memory_kb("VmRSS")
            checksum = Mass(size).send(client)
            self.assertEqual(b"250 2.0.0 taken\r\n", client.reply())
            self.assertLess(proxy.memory_kb("VmHWM") - before, GROWTH_KB_MAX)
            client.finish()
            self.assertEqual([checksum], server.wait_results(1))


if __name__ == "__main__":
    unittest.main()
