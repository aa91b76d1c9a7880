"""The wire property holds over TLS that is made anew on both sides: bytes, ends and resets."""
import socket
import ssl
import unittest

from peers import Connection
from sessions import Performance, RandomSession, Side
from tls_peers import TlsSocket, trusting
from tls_stage import WITH_STARTTLS, TlsStage

SESSIONS = 60
RECORDS = ("1B", "100B", "1000B", "16KiB")


class TlsSide(Side):
    """One end of a session whose bytes travel in records."""

    def speak(self) -> None:
        try:
            super().speak()
        except (BrokenPipeError, ssl.SSLError):
            self.heard_end, self.pieces = "reset", []

    def listen(self) -> None:
        try:
            super().listen()
        except BlockingIOError:
            pass  # half a record

    def flush(self) -> None:
        """Sends records that were left over."""
        try:
            self.socket.is_flushed()
        except (BrokenPipeError, ConnectionResetError):
            self.heard_end, self.pieces = "reset", []

    def finish(self) -> None:
        if self.socket.is_flushed():
            super().finish()


class TlsPerformance(Performance):
    def __init__(self, session: RandomSession, client: TlsSocket, server: TlsSocket):
        super().__init__(session, client, server)
        self.client = TlsSide(client, session.to_server)
        self.server = TlsSide(server, session.to_client)

    def _step(self) -> None:
        for side in (self.client, self.server):
            if side.heard_end is None:
                side.flush()
        super()._step()


class TlsPropertyTest(TlsStage):
    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.upstream = f"smtps:127.0.0.1:{self.listener.getsockname()[1]}"

    def test_any_session_passes_unchanged(self):
        _, port = self.implicit(self.upstream)
        self.check_sessions(port, range(SESSIONS))

    def test_whatever_the_size_of_a_record(self):
        for number, size in enumerate(RECORDS):
            with self.subTest(size):
                _, port = self.implicit(self.upstream, rules=[
                    f"both ways tls tls fragment={size}"])
                first = 1000 + 10 * number
                self.check_sessions(port, range(first, first + 5))

    def test_what_follows_starttls_passes_unchanged(self):
        upstream = self.listener.getsockname()[1]
        proxy = self.proxy(upstream, "--tls", "intercept")
        seeds = [seed for seed in range(2000, 2000 + SESSIONS) if not says_starttls(seed)]
        self.check_sessions(proxy.port, seeds, StartTlsEnds)

    def test_what_follows_starttls_whatever_the_size_of_a_record(self):
        upstream = self.listener.getsockname()[1]
        for number, size in enumerate(RECORDS):
            with self.subTest(size):
                proxy = self.proxy(upstream, "--tls", "intercept", rules=[
                    f"both ways tls tls fragment={size}"])
                seeds = [seed for seed in range(3000 + 10 * number, 3006 + 10 * number)
                         if not says_starttls(seed)]
                self.check_sessions(proxy.port, seeds, StartTlsEnds)

    def check_sessions(self, port: int, seeds, kind=None) -> None:
        for seed in seeds:
            session = RandomSession(seed)
            with (kind or Ends)(port, self.listener, self.ecdsa.context()) as (client, server):
                performance = TlsPerformance(session, client, server)
                performance.play()
                self.assertEqual([], performance.faults(), str(performance))



def says_starttls(seed: int) -> bool:
    """Within TLS it is a question too: what is said behind it waits for the answer."""
    return b"STARTTLS" in b"".join(RandomSession(seed).to_server).upper()


class Ends:
    """A client and a server that have TLS with the proxy between them."""

    def __init__(self, port: int, listener: socket.socket, context: ssl.SSLContext):
        self.client = socket.create_connection(("127.0.0.1", port), 15)
        self.server = listener.accept()[0]
        self.server.settimeout(15)
        self.context = context

    def __enter__(self) -> tuple:
        self.prepare()
        server = TlsSocket(self.server, self.context, server_side=True).handshake()
        self.hear_go_ahead()
        return TlsSocket(self.client, trusting()).handshake(), server

    def prepare(self) -> None:
        """Whatever is said before TLS."""

    def hear_go_ahead(self) -> None:
        """What the client hears when the server's side has TLS."""

    def __exit__(self, *_):
        self.client.close()
        self.server.close()


class StartTlsEnds(Ends):
    """The same, where TLS begins with STARTTLS on both sides."""

    def prepare(self) -> None:
        client, server = Connection(self.client), Connection(self.server)
        server.send(b"220 mx.lab.test ESMTP\r\n")
        client.reply()
        client.send(b"EHLO client.lab.test\r\n")
        server.line()
        server.send(WITH_STARTTLS)
        client.reply()
        client.send(b"STARTTLS\r\n")
        server.line()
        server.send(b"220 go ahead\r\n")

    def hear_go_ahead(self) -> None:
        assert Connection(self.client).line()[:3] == b"220"


if __name__ == "__main__":
    unittest.main()
