"""A peer that is killed (SIGKILL) in any phase of a session: the other side is told by the end of
its connection, and no session stays."""
import socket
import subprocess
import unittest

from peers import TIMEOUT_S, Connection, connect
from tls_peers import TlsSocket, trusting
from tls_stage import TlsStage

CLIENT, SERVER = "client", "server"

GREETING = (("half a greeting", SERVER, b"220 mx.lab"),
            ("the greeting", SERVER, b".test ESMTP\r\n"))
HELLO = (("half an EHLO", CLIENT, b"EHLO client"),
         ("EHLO", CLIENT, b".lab.test\r\n"),
         ("half the reply to EHLO", SERVER, b"250-mx.lab.test\r\n250-PIPE"),
         ("the reply to EHLO", SERVER,
          b"LINING\r\n250-STARTTLS\r\n250-CHUNKING\r\n250 AUTH LOGIN\r\n"))
ENVELOPE = (("MAIL", CLIENT, b"MAIL FROM:<ann@example.test>\r\n"),
            ("the reply to MAIL", SERVER, b"250 2.1.0 ok\r\n"),
            ("RCPT", CLIENT, b"RCPT TO:<bob@dest.test>\r\n"),
            ("the reply to RCPT", SERVER, b"250 2.1.5 ok\r\n"))
DATA = (("DATA", CLIENT, b"DATA\r\n"),
        ("the reply to DATA", SERVER, b"354 go ahead\r\n"),
        ("half a line of the body", CLIENT, b"Subject: x\r\n\r\nhalf a li"),
        ("lines of the body", CLIENT, b"ne\r\n" + b"another line\r\n" * 5000),
        ("the dot", CLIENT, b".\r\n"),
        ("the reply to the dot", SERVER, b"250 2.0.0 ok\r\n"),
        ("QUIT", CLIENT, b"QUIT\r\n"),
        ("the reply to QUIT", SERVER, b"221 2.0.0 bye\r\n"))
BDAT = (("half a chunk", CLIENT, b"BDAT 100\r\n" + b"x" * 50),
        ("a chunk", CLIENT, b"x" * 50),
        ("the reply to a chunk", SERVER, b"250 2.0.0 ok\r\n"),
        ("the last chunk", CLIENT, b"BDAT 0 LAST\r\n"))
AUTH = (("AUTH", CLIENT, b"AUTH LOGIN\r\n"),
        ("a challenge", SERVER, b"334 VXNlcm5hbWU6\r\n"),
        ("half an answer", CLIENT, b"YW5"),
        ("an answer", CLIENT, b"u\r\n"))
PATHS = (GREETING + HELLO + ENVELOPE + DATA, GREETING + HELLO + ENVELOPE + BDAT,
         GREETING + HELLO + AUTH)

# They act on nothing here, but make the proxy look at everything; the last ones hold back.
LOOKING = ("to server command VRFY drop", 'to server body header remove="X-Never"',
           "to server body-end matches=/never/ drop", "to client reply 599 drop",
           "to client greeting matches=/never/ drop")


def phases():
    """(name, steps that lead there), each once."""
    seen = {"nothing": ()}
    for path in PATHS:
        for count, (name, _, _) in enumerate(path, 1):
            seen.setdefault(name, path[:count])
    return seen.items()


def kill_owner(connection: Connection) -> None:
    """Gives the connection to a process of its own, which is then killed: nobody says goodbye."""
    endpoint = getattr(connection.socket, "endpoint", connection.socket)
    owner = subprocess.Popen(["sleep", "infinity"], pass_fds=[endpoint.fileno()])
    endpoint.close()
    owner.kill()
    owner.wait()


class Killed(TlsStage):
    """One proxy for all phases; whatever stays of one is found when the proxy is told to end."""

    def begin(self, *options, **settings) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(TIMEOUT_S)
        self.addCleanup(self.listener.close)
        self.running = self.proxy(self.listener.getsockname()[1], "--idle-timeout", "1h",
                                  "--connect-timeout", "1h", *options, **settings)
        self.sessions = 0

    def meet(self) -> dict:
        self.sessions += 1
        client = connect(self.running.port)
        return {CLIENT: client, SERVER: Connection(self.listener.accept()[0])}

    def play(self, ends: dict, steps) -> None:
        for _, side, data in steps:
            ends[side].send(data)
            other = ends[CLIENT if side == SERVER else SERVER]
            if data.endswith(b"\n"):  # of an unfinished line rules may hold back what they like
                other.until(data[-12:])

    def check_killed(self, ends: dict, side: str) -> None:
        """Kills one side; the other one hears of it, leaves, and the session is over."""
        kill_owner(ends.pop(side))
        [survivor] = ends.values()
        with survivor:
            self.assertIn(survivor.ending(), ("FIN", "RST"))
        self.running.journal.wait(self.sessions, event="close")

    def check_all_phases(self) -> None:
        for name, steps in phases():
            for side in (CLIENT, SERVER):
                with self.subTest(phase=name, killed=side):
                    ends = self.meet()
                    self.play(ends, steps)
                    self.check_killed(ends, side)


class InClear(Killed):
    def test_without_rules(self):
        self.begin()
        self.check_all_phases()

    def test_with_rules_that_look_at_everything(self):
        self.begin(rules=LOOKING)
        self.check_all_phases()

    def test_while_a_reply_waits_for_its_time(self):
        """Only the next bytes could tell that a client is gone which has ended its direction, as
        some do behind QUIT; the server's end is told at once."""
        self.begin(rules=["to client reply 250 after EHLO delay time=300ms"])
        for side in (CLIENT, SERVER):
            with self.subTest(killed=side):
                ends = self.meet()
                self.play(ends, GREETING + HELLO[:2])
                ends[SERVER].send(b"250 mx.lab.test\r\n")
                self.check_killed(ends, side)

    def test_while_a_mail_is_held_whole(self):
        self.begin(rules=['to server body contains="never" drop'])
        for side in (CLIENT, SERVER):
            with self.subTest(killed=side):
                ends = self.meet()
                self.play(ends, GREETING + HELLO + ENVELOPE + DATA[:2])
                ends[CLIENT].send(b"Subject: x\r\n\r\nkept\r\n")
                self.check_killed(ends, side)


class ByRecipient(Killed):
    """The proxy speaks for the server until it is reached; a server that is lost on the way there,
    or between two mails, is no loss to the client."""

    STEPS = (("half a greeting", b"220 mx.lab", b""),
             ("the greeting", b".test ESMTP\r\n", b"EHLO client.lab.test\r\n"),
             ("half the reply to EHLO", b"250-mx.lab.test\r\n250 PIPE", b""),
             ("the reply to EHLO", b"LINING\r\n", ENVELOPE[0][2]),
             ("the reply to MAIL", ENVELOPE[1][2], ENVELOPE[2][2]))

    def begin(self, *options, **settings) -> None:
        super().begin(*options, "--connect-timeout", "300ms", **settings)
        place = self.running.command.index("--upstream") + 1
        self.assertIn("match=*", self.running.command[place])

    def proxy(self, upstream: int, *options, **settings):
        return super().proxy(f"match=* 127.0.0.1:{upstream}", *options, **settings)

    def reach(self, steps) -> dict:
        """The server is asked for, and has said the first of its lines."""
        self.sessions += 1
        client = connect(self.running.port)
        client.reply()
        for line in ("EHLO client.lab.test", "MAIL FROM:<ann@example.test>"):
            client.say(line)
        client.send(ENVELOPE[2][2])
        server = Connection(self.listener.accept()[0])
        for _, said, heard in steps:
            server.send(said)
            self.assertEqual(heard, server.exactly(len(heard)))
        return {CLIENT: client, SERVER: server}

    def go_on(self, steps) -> dict:
        ends = self.reach(self.STEPS)
        self.play(ends, (ENVELOPE[3], *steps))
        return ends

    def check_client_stays(self, ends: dict, reply: bytes) -> None:
        kill_owner(ends[SERVER])
        with ends[CLIENT] as client:
            if reply:
                self.assertEqual(reply, client.reply()[:9])
            self.assertEqual(b"221", client.say("QUIT")[:3])
            self.assertEqual("FIN", client.ending())
        self.running.journal.wait(self.sessions, event="close")

    def check_all_phases(self) -> None:
        for count in range(len(self.STEPS) + 1):
            with self.subTest(behind=self.STEPS[count - 1][0] if count else "nothing"):
                self.check_killed(self.reach(self.STEPS[:count]), CLIENT)
                self.check_client_stays(self.reach(self.STEPS[:count]), b"451 4.4.2")
        for path in (DATA, BDAT):
            for count, (name, _, _) in enumerate(path, 1):
                for side in (CLIENT, SERVER):
                    ends = self.go_on(path[:count])
                    with self.subTest(behind=name, killed=side):
                        if side == SERVER and name == "the reply to the dot":
                            self.check_client_stays(ends, b"")
                        else:
                            self.check_killed(ends, side)

    def test_without_rules(self):
        self.begin()
        self.check_all_phases()

    def test_with_rules_that_look_at_everything(self):
        self.begin(rules=LOOKING)
        self.check_all_phases()


class InTls(Killed):
    """STARTTLS, made with both sides by the proxy.

    A client can be told of nothing within its handshake, and its end is no end of the server's;
    so some of this is over only when the time for a handshake is.
    """

    def agree(self) -> dict:
        """The server has granted STARTTLS and been sent the proxy's hello."""
        ends = self.meet()
        self.play(ends, GREETING + HELLO)
        ends[CLIENT].send(b"STARTTLS\r\n")
        ends[SERVER].line()
        ends[SERVER].send(b"220 2.0.0 go ahead\r\n")
        return ends

    def secure_server(self) -> dict:
        """The server's handshake is done, and the client may begin its own."""
        ends = self.agree()
        tls = TlsSocket(ends[SERVER].socket, self.ecdsa.context(), server_side=True)
        ends[SERVER] = Connection(tls.handshake())
        self.assertEqual(b"220", ends[CLIENT].line()[:3])
        return ends

    def begin_client(self) -> dict:
        ends = self.secure_server()
        ends[CLIENT].send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        return ends

    def secure(self) -> dict:
        ends = self.secure_server()
        ends[CLIENT] = Connection(TlsSocket(ends[CLIENT].socket, trusting()).handshake())
        return ends

    def say_mail(self) -> dict:
        ends = self.secure()
        hello = (*HELLO[:2], ("", SERVER, b"250 mx.lab.test\r\n"))
        self.play(ends, hello + ENVELOPE + DATA[:4])
        return ends

    def test_each_phase(self):
        self.begin("--tls", "intercept", "--tls-timeout", "500ms")
        for reach in (self.agree, self.secure_server, self.begin_client, self.secure,
                      self.say_mail):
            for side in (CLIENT, SERVER):
                with self.subTest(phase=reach.__name__, killed=side):
                    self.check_killed(reach(), side)

    def check_killed(self, ends: dict, side: str) -> None:
        """A client whose server was lost within the handshake hears so, and leaves."""
        if side == SERVER and not isinstance(ends[SERVER].socket, TlsSocket):
            kill_owner(ends[SERVER])
            self.assertEqual(b"454", ends[CLIENT].reply()[:3])
            ends[CLIENT].send(b"QUIT\r\n")
            self.assertEqual("FIN", ends[CLIENT].ending())
            ends[CLIENT].close()
            self.running.journal.wait(self.sessions, event="close")
        else:
            super().check_killed(ends, side)


if __name__ == "__main__":
    unittest.main()
