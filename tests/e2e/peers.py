"""Raw peers: connections that a test drives byte by byte, and servers that follow a script."""
import select
import socket
import struct
import threading

from lab.wait import wait_until

TIMEOUT_S = 15.0
STUCK_S = 0.5
RST_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection:
    """One end of a TCP connection, with the few verbs that tests need."""

    def __init__(self, endpoint: socket.socket):
        self.socket = endpoint
        self.socket.settimeout(TIMEOUT_S)
        if endpoint.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def stuff(self, data: bytes, at_most: int) -> int:
        """Sends the data over and over until the peer takes no more; answers how much it took."""
        sent = 0
        self.socket.setblocking(False)
        while sent < at_most and select.select([], [self.socket], [], STUCK_S)[1]:
            sent += self.socket.send(data[sent % len(data):])
        self.socket.settimeout(TIMEOUT_S)
        return sent

    def line(self) -> bytes:
        """The next line, its LF included; less at the end of the stream."""
        return self.until(b"\n")

    def until(self, mark: bytes) -> bytes:
        """Everything up to the mark and with it; less at the end of the stream."""
        while mark not in self.received and self._receive():
            pass
        end = self.received.find(mark)
        return self._take(end + len(mark) if end >= 0 else len(self.received))

    def exactly(self, size: int) -> bytes:
        """So many bytes; fewer at the end of the stream."""
        while len(self.received) < size and self._receive():
            pass
        return self._take(size)

    def some(self) -> bytes:
        """Whatever has arrived, at least a byte; nothing at the end of the stream."""
        if not self.received:
            self._receive()
        return self._take(len(self.received))

    def to_end(self) -> bytes:
        """Everything until the peer's FIN. A reset raises ConnectionResetError."""
        while self._receive():
            pass
        return self._take(len(self.received))

    def ending(self) -> str:
        """Reads on to the end; answers whether it was "FIN" or "RST"."""
        try:
            self.to_end()
            return "FIN"
        except ConnectionResetError:
            return "RST"

    def reply(self) -> bytes:
        """The next reply, all its lines."""
        lines = [self.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.line())
        return b"".join(lines)

    def say(self, line: str) -> bytes:
        """Sends a command and answers the reply to it."""
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def is_silent_for(self, seconds: float) -> bool:
        """Whether nothing arrives, and no end, for so long."""
        self.socket.settimeout(seconds)
        try:
            return not self.received and self._receive() is None
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(TIMEOUT_S)

    def finish(self) -> None:
        """Sends FIN: no more bytes will come from here."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    def abandon(self) -> None:
        """Ends both directions, so that a thread that reads here wakes up."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # closed or reset already

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _receive(self) -> int:
        data = self.socket.recv(65536)
        self.received += data
        return len(data)

    def _take(self, size: int) -> bytes:
        taken, self.received = self.received[:size], self.received[size:]
        return taken


def connect(port: int, host: str = "127.0.0.1") -> Connection:
    return Connection(socket.create_connection((host, port), TIMEOUT_S))


def listen_at(path) -> socket.socket:
    if not path:
        return socket.create_server(("127.0.0.1", 0), backlog=256)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def ehlo(port: int) -> Connection:
    """A client that has heard the greeting and the reply to its EHLO."""
    client = connect(port)
    client.reply()
    client.say("EHLO client.lab.test")
    return client


class ScriptedServer:
    """Runs a function for each connection, in a thread of its own; what goes wrong there is kept.

    What the functions return is in `results`, in the order in which the sessions ended.
    """

    def __init__(self, script, path=None):
        """Listens on a free port, or on the Unix socket `path`."""
        self.script = script
        self.listener = listen_at(path)
        self.port = None if path else self.listener.getsockname()[1]
        self.connections = []
        self.results = []
        self.errors = []
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def wait_connections(self, count: int) -> list:
        return wait_until(lambda: len(self.connections) >= count and self.connections,
                          f"connection {count} at the scripted server")

    def wait_results(self, count: int) -> list:
        """Waits for so many sessions to end; errors in a script are raised here."""
        wait_until(lambda: self.errors or len(self.results) >= count, f"the end of session {count}")
        if self.errors:
            raise self.errors[0]
        return self.results

    def stop(self) -> None:
        """Closes everything; scripts that still wait for bytes find the end of them."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.threads[0].join()
        self.listener.close()
        for connection in self.connections:
            connection.abandon()
        for thread in self.threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                endpoint = self.listener.accept()[0]
            except OSError:
                return
            self.connections.append(Connection(endpoint))
            self.threads.append(threading.Thread(target=self._serve, args=self.connections[-1:]))
            self.threads[-1].start()

    def _serve(self, connection: Connection) -> None:
        try:
            self.results.append(self.script(connection))
        except Exception as error:  # whatever it is, the test that waits shall hear of it
            self.errors.append(error)
        finally:
            connection.close()


EHLO_REPLY = (b"250-mx.lab.test\r\n250-PIPELINING\r\n250-SIZE\r\n250-8BITMIME\r\n"
              b"250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n")


class PoliteServer:
    """A script that accepts all mail and keeps the bytes of each message as they came.

    `replies` overrides the reply to a verb; the verbs "greeting" and "dot" stand for those moments.
    """

    def __init__(self, replies: dict = None):
        self.replies = {"greeting": b"220 mx.lab.test ESMTP\r\n", "EHLO": EHLO_REPLY,
                        "DATA": b"354 go ahead\r\n", "QUIT": b"221 2.0.0 bye\r\n"} | (replies or {})
        self.messages = []
        self.commands = []

    def __call__(self, connection: Connection) -> None:
        connection.send(self.replies["greeting"])
        verb = ""
        while verb != "QUIT" and (line := connection.line()):
            self.commands.append(line)
            verb = line.split()[0].decode().upper()
            if verb == "BDAT":
                self._take_chunk(connection, line)
            connection.send(self._reply(verb))
            if verb == "DATA" and self._reply(verb).startswith(b"354"):
                self.messages.append(connection.until(b"\r\n.\r\n"))
                connection.send(self._reply("dot"))

    def _reply(self, verb: str) -> bytes:
        return self.replies.get(verb, b"250 2.0.0 ok\r\n")

    def _take_chunk(self, connection: Connection, line: bytes) -> None:
        words = line.split()
        self._chunks = getattr(self, "_chunks", b"") + connection.exactly(int(words[1]))
        if words[-1].upper() == b"LAST":
            self.messages.append(self._chunks)
            self._chunks = b""
