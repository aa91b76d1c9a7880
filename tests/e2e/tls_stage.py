"""A stage for TLS: upstreams with certificates, an authority, clients that have TLS."""
import os
import socket
import subprocess

from lab.wait import wait_listening
from letter import Letter
from network import free_port
from peers import EHLO_REPLY, Connection, PoliteServer, ehlo
from proxy import Proxy
from stage import Stage
from tls_peers import KINDS, Certificate, TlsSocket, trusting

WITH_STARTTLS = EHLO_REPLY.replace(b"250-SIZE", b"250-STARTTLS\r\n250-SIZE")


def stuffed(letter: Letter) -> bytes:
    """The letter as it travels behind DATA."""
    return letter.text(b"\r\n").replace(b"\r\n.", b"\r\n..") + b".\r\n"


class TlsStage(Stage):
    """A stage whose upstreams have certificates."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.certificates = {kind: Certificate(cls.directory, "mx.up.test", kind) for kind in KINDS}
        cls.ecdsa = cls.certificates["ecdsa"]

    def proxy(self, upstream, *options, **settings) -> Proxy:
        """With an authority's place of its own, so that nothing of this machine's is used."""
        return super().proxy(upstream, "--ca", self.authority(), *map(str, options), **settings)

    @classmethod
    def authority(cls) -> str:
        place = cls.directory / "authority"
        if not place.exists():
            subprocess.run([os.environ["SMTPCHAOS_BIN"], "ca", "init", "--ca", place], check=True,
                           stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return str(place)

    def secure_polite(self, context, **replies):
        """A server that grants STARTTLS, in `context`, and takes all mail."""
        polite = SecurePolite(context, {"EHLO": WITH_STARTTLS, "STARTTLS": b"220 go ahead\r\n"}
                               | replies)
        polite.server = self.scripted(polite)
        return polite

    def secured(self, port: int, context=None, name="asked.test") -> Connection:
        """A client that has said EHLO and STARTTLS, and has TLS."""
        client = ehlo(port)
        self.assertEqual(b"220", client.say("STARTTLS")[:3])
        tls = TlsSocket(client.socket, context or trusting(), server_name=name).handshake()
        return Connection(tls)

    def send(self, client: Connection, letter: Letter) -> None:
        client.say("EHLO client.lab.test")
        client.say(f"MAIL FROM:<{letter.sender}>")
        client.say("RCPT TO:<bob@dest.test>")
        self.assertEqual(b"354", client.say("DATA")[:3])
        client.send(stuffed(letter))
        self.assertEqual(b"250", client.reply()[:3])

    def implicit(self, upstream, *options, **settings) -> tuple:
        """A proxy whose clients begin with TLS, and the port for them."""
        port = free_port()
        proxy = self.proxy(upstream, "--listen", f"smtps:127.0.0.1:{port}", *options, **settings)
        wait_listening(port)
        return proxy, port

    def implicit_client(self, port: int, **how) -> Connection:
        endpoint = socket.create_connection(("127.0.0.1", port), 15)
        return Connection(TlsSocket(endpoint, trusting(), **how).handshake())


class SecurePolite(PoliteServer):
    """A polite server that changes to TLS when it is told STARTTLS."""

    def __init__(self, context, replies):
        super().__init__(replies)
        self.context = context
        self.names = []

    def __call__(self, connection: Connection) -> None:
        self.context.sni_callback = lambda _, name, __: self.names.append(name)
        super().__call__(StartTls(connection, self.context))


class StartTls:
    """A connection that changes to TLS behind its reply to STARTTLS."""

    def __init__(self, connection: Connection, context):
        self.connection = connection
        self.context = context
        self.was_asked = False

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def line(self) -> bytes:
        line = self.connection.line()
        self.was_asked = line.upper() == b"STARTTLS\r\n"
        return line

    def send(self, data: bytes) -> None:
        self.connection.send(data)
        if self.was_asked:
            tls = TlsSocket(self.connection.socket, self.context, server_side=True)
            self.connection.socket = tls.handshake()
