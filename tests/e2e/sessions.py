"""Random sessions for property tests: what each side says, in which pieces, and how it ends.

Everything is drawn from one seed, so that a session that went wrong can be run again.
"""
import random
import select
import socket
import struct
import time

VERBS = [b"EHLO a.test", b"HELO a", b"MAIL FROM:<a@b.test> SIZE=10", b"RCPT TO:<c@d.test>", b"DATA",
         b"BDAT 5 LAST", b"RSET", b"NOOP", b"VRFY x", b"AUTH PLAIN AGEAYg==", b"STARTTLS", b"XYZZY",
         b"ETRN d.test", b"QUIT", b"", b"mail from:<>", b"LHLO x", b"XCLIENT ADDR=1.2.3.4"]
REPLIES = [b"220 mx ESMTP", b"250-mx\r\n250-PIPELINING\r\n250 CHUNKING", b"250 ok", b"354 go",
           b"451 4.7.1 no", b"550 5.1.1 who", b"221 bye", b"421 gone", b"250", b"334 ", b"999 x",
           b"25", b"no code", b"250-never ends"]
LINE_ENDS = [b"\r\n"] * 12 + [b"\n", b"\r", b"\r\r\n", b"\0\r\n"]
ENDINGS = ["finish", "finish", "client resets", "server resets", "client cuts", "server cuts"]


class RandomSession:
    """One session: two streams, the pieces they are written in, and the ending."""

    def __init__(self, seed: int, endings=tuple(ENDINGS)):
        self.seed = seed
        self.random = random.Random(seed)
        self.ending = self.random.choice(endings)
        self.to_server = self._pieces(self._client_says())
        self.to_client = self._pieces(self._server_says())

    def _client_says(self) -> bytes:
        return self._choose(self._mail, lambda: self._lines(VERBS))

    def _server_says(self) -> bytes:
        return self._choose(self._receipts, lambda: self._lines(REPLIES))

    def _choose(self, valid, broken) -> bytes:
        kind = self.random.randrange(4)
        if kind == 0:
            return self.random.randbytes(self._size())
        return valid() if kind == 1 else broken() if kind == 2 else self._damaged(valid())

    def _mail(self) -> bytes:
        recipients = b"RCPT TO:<c@d.test>\r\n" * self.random.randrange(1, 5)
        body = self._lines([b"Subject: x", b"", b"..", b"text " * 20, b"\xff\x00\x80"])
        envelope = b"EHLO a\r\nMAIL FROM:<a@b>\r\n" + recipients
        return envelope + b"DATA\r\n" + body + b"\r\n.\r\nQUIT\r\n"

    def _receipts(self) -> bytes:
        accepted = b"220 mx\r\n250-mx\r\n250 X\r\n" + b"250 ok\r\n" * 4
        return accepted + b"354 go\r\n250 ok\r\n221 bye\r\n"

    def _lines(self, choices) -> bytes:
        count = self.random.randrange(60)
        return b"".join(self.random.choice(choices) + self.random.choice(LINE_ENDS)
                        for _ in range(count))

    def _damaged(self, data: bytes) -> bytes:
        damaged = bytearray(data)
        for _ in range(self.random.randrange(1, 20)):
            damaged[self.random.randrange(len(damaged))] = self.random.choice(b"\r\n\0.\xff 2")
        return bytes(damaged)

    def _size(self) -> int:
        return self.random.choice([0, 1, 100, 5_000, 70_000, 400_000])

    def _pieces(self, data: bytes) -> list:
        """The data cut at random, a byte at a time now and then."""
        largest = self.random.choice([1, 7, 100, 10_000, 1_000_000])
        largest = max(largest, len(data) // 2_000)
        pieces, start = [], 0
        while start < len(data):
            end = start + self.random.randrange(1, largest + 1)
            pieces.append(data[start:end])
            start = end
        return pieces


class Side:
    """One end of a session on a socket that never blocks: what it has yet to say, what it heard."""

    def __init__(self, endpoint: socket.socket, pieces: list):
        self.socket = endpoint
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pieces = list(reversed(pieces))
        self.heard = bytearray()
        self.heard_end = None
        self.is_done_saying = False

    def speak(self) -> None:
        """Writes the next piece, or as much of it as the socket takes."""
        piece = self.pieces.pop()
        try:
            sent = self.socket.send(piece)
        except BlockingIOError:
            sent = 0
        except (ConnectionResetError, BrokenPipeError):
            self.heard_end, self.pieces, sent = "reset", [], len(piece)
        if sent < len(piece):
            self.pieces.append(piece[sent:])

    def listen(self) -> None:
        try:
            data = self.socket.recv(1 << 20)
            self.heard += data
            self.heard_end = None if data else "finish"
        except ConnectionResetError:
            self.heard_end = "reset"

    def finish(self) -> None:
        self.is_done_saying = True
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        self.is_done_saying = True
        self.pieces = []
        self.heard_end = "own reset"
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Performance:
    """Plays a random session between two sockets until both sides have heard the end of it."""

    def __init__(self, session: RandomSession, client: socket.socket, server: socket.socket):
        self.session = session
        self.client = Side(client, session.to_server)
        self.server = Side(server, session.to_client)

    def play(self, timeout_s: float = 20.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not (self.client.heard_end and self.server.heard_end):
            if time.monotonic() > deadline:
                raise AssertionError(f"the session hangs: {self}")
            self._step()

    def faults(self) -> list:
        """What differs from what was said, in words; nothing when all is well."""
        return [fault for name, side, said in (("server", self.server, self.session.to_server),
                                               ("client", self.client, self.session.to_client))
                for fault in self._faults_of(name, side, b"".join(said))]

    def __str__(self) -> str:
        ends = f"client heard {self.client.heard_end}, server heard {self.server.heard_end}"
        return f"seed {self.session.seed}, {self.session.ending}: {ends}"

    def _step(self) -> None:
        sides = [side for side in (self.client, self.server) if side.heard_end is None]
        speakers = [side for side in (self.client, self.server) if side.pieces]
        ready = select.select([side.socket for side in sides],
                              [side.socket for side in speakers], [], 0.05)
        for side in speakers:
            if side.socket in ready[1]:
                side.speak()
        for side in sides:
            if side.socket in ready[0] and side.heard_end is None:
                side.listen()
        for name, side, other in (("client", self.client, self.server),
                                  ("server", self.server, self.client)):
            if not side.is_done_saying:
                self._end_if_due(name, side, other)

    def _end_if_due(self, name: str, side: Side, other: Side) -> None:
        ending, total = self.session.ending, self._said_by(name)
        if ending == f"{name} cuts" and sum(map(len, side.pieces)) <= total // 2:
            side.reset()
        elif ending == f"{name} resets" and self._all_was_heard():
            side.reset()
        elif ending == "finish" and not side.pieces:
            side.finish()

    def _said_by(self, name: str) -> int:
        return sum(map(len, self.session.to_server if name == "client" else self.session.to_client))

    def _all_was_heard(self) -> bool:
        return (len(self.server.heard) >= self._said_by("client")
                and len(self.client.heard) >= self._said_by("server"))

    def _faults_of(self, name: str, side: Side, said: bytes) -> list:
        cut_short = self.session.ending.endswith("cuts")
        faults = []
        if not said.startswith(side.heard) or (len(side.heard) < len(said) and not cut_short):
            faults.append(f"{name} heard {len(side.heard)} bytes of {len(said)}"
                          f", the same up to {_common(side.heard, said)}")
        wanted = "finish" if self.session.ending == "finish" else "reset"
        if side.heard_end not in (wanted, "own reset"):
            faults.append(f"{name} heard {side.heard_end}, not {wanted}")
        return faults


def _common(one: bytes, other: bytes) -> int:
    differs = (at for at, (a, b) in enumerate(zip(one, other)) if a != b)
    return next(differs, min(len(one), len(other)))
