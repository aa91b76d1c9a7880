"""What a validating resolver says (RFC 4035 section 3.2.3), without any zone being signed: every
answer has the AD bit, and whoever trusts this resolver takes it for proven. It knows one host, at
127.0.0.1, and one TLSA record (RFC 6698), for each of the host's ports.
"""
import socket
import struct
import threading
from contextlib import suppress

A, NS, TLSA, OPT = 1, 2, 52, 41
# A response, recursion desired and available, authentic.
FLAGS = 0x81A0
NO_SUCH_NAME = 3
TTL_S = 60


class DnssecStub:
    """Answers on UDP port 53 of 127.0.0.1; `digest` is the SHA-256 of the host's public key."""

    def __init__(self, host: str, digest: bytes):
        self.host = host
        self.digest = digest
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def stop(self) -> None:
        """A datagram socket that is nobody's peer complains, and wakes the reader all the same."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()

    def _serve(self) -> None:
        try:
            while True:
                query, client = self.socket.recvfrom(1500)
                if not query:
                    return
                self.socket.sendto(self.answer(query), client)
        except OSError:
            return  # it was shut down

    def answer(self, query: bytes) -> bytes:
        name, end = name_of(query, 12)
        kind = struct.unpack_from("!H", query, end)[0]
        self.asked.append((name, kind))
        records = self._records(name, kind)
        known = name in ("", self.host) or name.endswith(f"._tcp.{self.host}")
        head = query[:2] + struct.pack("!HHHHH", FLAGS | (0 if known else NO_SUCH_NAME), 1,
                                       len(records), 0, 1)
        # Names in answers point to the question; the last record says that DNSSEC is understood.
        answers = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, TTL_S, len(data)) + data
                           for data in records)
        return head + query[12:end + 4] + answers + struct.pack("!BHHIH", 0, OPT, 1232, 0x8000, 0)

    def _records(self, name: str, kind: int) -> list:
        if kind == NS and not name:
            return [b"\x01a\x07servers\x00"]
        if kind == A and name == self.host:
            return [bytes([127, 0, 0, 1])]
        if kind == TLSA and name.endswith(f"._tcp.{self.host}"):
            return [bytes([3, 1, 1]) + self.digest]
        return []


def name_of(message: bytes, at: int) -> tuple:
    """The name that begins there, in small letters, and where it ends."""
    labels = []
    while size := message[at]:
        labels.append(message[at + 1:at + 1 + size].decode().lower())
        at += 1 + size
    return ".".join(labels), at + 1
