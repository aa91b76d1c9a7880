"""TLS for peers: made-up certificates, and a socket with TLS whose two directions end alone.

Python's own SSLSocket cannot end one direction and go on with the other, nor end without
close_notify, nor be cut byte by byte; `TlsSocket` can.
"""
import hashlib
import socket
import ssl
import subprocess
from pathlib import Path

KINDS = {"ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}
VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


class Certificate:
    """A self-signed certificate and its key, in files."""

    def __init__(self, directory: Path, name: str, kind: str = "ecdsa", more_names=()):
        self.name = name
        names = ",".join(f"DNS:{each}" for each in (name, *more_names))
        self.file = directory / f"{name}-{kind}.pem"
        self.key = directory / f"{name}-{kind}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-nodes", "-days", "3", "-newkey", *KINDS[kind],
             "-keyout", self.key, "-out", self.file, "-subj", f"/CN={name}",
             "-addext", f"subjectAltName={names}"], check=True, stderr=subprocess.DEVNULL)

    def key_digest(self) -> bytes:
        """The SHA-256 of the public key, as a TLSA record 3 1 1 has it."""
        shown = subprocess.run(["openssl", "x509", "-in", self.file, "-noout", "-pubkey"],
                               check=True, capture_output=True).stdout
        key = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=shown,
                             check=True, capture_output=True).stdout
        return hashlib.sha256(key).digest()

    def context(self, version: str = None) -> ssl.SSLContext:
        """A server's context."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return limited(context, version)


def limited(context: ssl.SSLContext, version: str = None) -> ssl.SSLContext:
    if version:
        context.minimum_version = context.maximum_version = VERSIONS[version]
    return context


def trusting(version: str = None) -> ssl.SSLContext:
    """A client's context that believes everything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return limited(context, version)


class TlsSocket:
    """A socket with TLS on it, for those who use recv, send, shutdown and close."""

    def __init__(self, endpoint: socket.socket, context: ssl.SSLContext, server_side: bool = False,
                 server_name: str = None, chunk: int = 1 << 20):
        """`chunk`: bytes of records that are sent at once."""
        self.endpoint = endpoint
        self.chunk = chunk
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side, server_name)
        self.unsent = b""
        self.was_cut = False
        endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    family = socket.AF_INET

    def handshake(self) -> "TlsSocket":
        while True:
            try:
                self.tls.do_handshake()
                self._flush_all()
                return self
            except ssl.SSLWantReadError:
                self._flush_all()
                if not self._receive():
                    raise ConnectionAbortedError("the peer ended the handshake") from None

    def send(self, data: bytes) -> int:
        """Takes all of it, or raises BlockingIOError while records of before wait."""
        self._flush()
        written = self.tls.write(data) if data else 0
        try:
            self._flush()
        except BlockingIOError:
            pass
        return written

    def sendall(self, data: bytes) -> None:
        self.send(data)
        self._flush_all()

    def recv(self, size: int) -> bytes:
        """Plain text that has come; nothing at the end, close_notify or not."""
        while True:
            try:
                return self._read(size)
            except ssl.SSLWantReadError:
                if not self._receive():
                    self.was_cut = True
                    return b""

    def is_flushed(self) -> bool:
        try:
            self._flush()
            return True
        except BlockingIOError:
            return False

    def shutdown(self, how: int) -> None:
        """Ends our direction as TLS does."""
        self._say_goodbye()
        self._flush_all()
        self.endpoint.shutdown(how)

    def cut(self) -> None:
        """Ends our direction without close_notify."""
        self._flush_all()
        self.endpoint.shutdown(socket.SHUT_WR)

    def bare(self) -> socket.socket:
        """Says close_notify; what follows is clear text."""
        self._say_goodbye()
        self._flush_all()
        return self.endpoint

    def fileno(self) -> int:
        return self.endpoint.fileno()

    def settimeout(self, seconds: float) -> None:
        self.endpoint.settimeout(seconds)

    def setblocking(self, on: bool) -> None:
        self.endpoint.setblocking(on)

    def setsockopt(self, *option) -> None:
        self.endpoint.setsockopt(*option)

    def close(self) -> None:
        self.endpoint.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self, size: int) -> bytes:
        parts = []
        try:
            while part := self.tls.read(size):
                parts.append(part)
        except ssl.SSLWantReadError:
            if not parts:
                raise
        except ssl.SSLZeroReturnError:
            pass
        return b"".join(parts)

    def _receive(self) -> bool:
        data = self.endpoint.recv(1 << 18)
        self.incoming.write(data)
        return bool(data)

    def _say_goodbye(self) -> None:
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass  # it wants the peer's word, which may come or not

    def _flush(self) -> None:
        self.unsent += self.outgoing.read()
        while self.unsent:
            self.unsent = self.unsent[self.endpoint.send(self.unsent[:self.chunk]):]

    def _flush_all(self) -> None:
        before = self.endpoint.gettimeout()
        self.endpoint.settimeout(15.0)
        try:
            self._flush()
        finally:
            self.endpoint.settimeout(before)
