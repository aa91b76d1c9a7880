"""How connections end: FIN, RST and silence of one side reach the other as the same."""
import socket
import threading
import unittest

from network import free_port
from peers import TIMEOUT_S, Connection, connect, ehlo
from stage import Stage

GREETING = b"220 mx.lab.test ESMTP\r\n"


class EndingsTest(Stage):
    """Without rules."""

    def pair(self, script=None):
        """A client and a server joined by a proxy; the server's end is driven by the test."""
        self.server_side = self.scripted(script or (lambda connection: connection.to_end()))
        client = connect(self.proxy(self.server_side.port).port)
        self.addCleanup(client.close)
        return client

    def test_client_that_finishes_still_hears_the_server(self):
        def answer_late(server: Connection) -> bytes:
            server.send(GREETING)
            heard = server.to_end()
            server.send(b"250 late\r\n221 bye\r\n")
            return heard

        client = self.pair(answer_late)
        client.send(b"QUIT\r\n")
        client.finish()
        self.assertEqual(GREETING + b"250 late\r\n221 bye\r\n", client.to_end())
        self.assertEqual([b"QUIT\r\n"], self.server_side.wait_results(1))

    def test_server_that_finishes_still_hears_the_client(self):
        def finish_early(server: Connection) -> bytes:
            server.send(GREETING)
            server.finish()
            return server.to_end()

        client = self.pair(finish_early)
        self.assertEqual(GREETING, client.to_end())
        client.send(b"EHLO after.the.end\r\n")
        client.finish()
        self.assertEqual([b"EHLO after.the.end\r\n"], self.server_side.wait_results(1))

    def test_reset_of_the_client_is_a_reset_to_the_server(self):
        client = self.pair(Connection.ending)
        client.send(b"EHLO")
        self.server_side.wait_connections(1)
        client.reset()
        self.assertEqual(["RST"], self.server_side.wait_results(1))

    def test_reset_of_the_server_is_a_reset_to_the_client(self):
        client = self.pair(lambda server: (server.line(), server.reset()))
        client.send(b"EHLO client.lab.test\r\n")
        self.assertEqual("RST", client.ending())

    def test_server_that_leaves_in_the_middle_of_a_reply_is_carried_over(self):
        client = self.pair(lambda server: (server.send(GREETING), server.line(),
                                           server.send(b"250-mx.lab.test\r\n250-PIPE")))
        client.send(b"EHLO client.lab.test\r\n")
        client.finish()
        self.assertEqual(GREETING + b"250-mx.lab.test\r\n250-PIPE", client.to_end())

    def test_client_that_leaves_in_the_middle_of_a_message_is_carried_over(self):
        half = b"DATA\r\nSubject: half\r\n\r\nand th"
        client = self.pair()
        client.send(half)
        client.finish()
        self.assertEqual([half], self.server_side.wait_results(1))
        self.assertEqual(b"", client.to_end())

    def test_close_is_journalled_with_its_totals(self):
        client = self.pair(lambda server: (server.send(GREETING), server.to_end()))
        client.line()
        client.send(b"QUIT\r\n")
        client.finish()
        client.to_end()
        [close] = self.proxies[0].journal.wait(event="close")
        self.assertIn("session", close)

    def test_unreachable_server_is_told_as_421(self):
        proxy = self.proxy(free_port())
        client = connect(proxy.port)
        self.assertRegex(client.to_end(), rb"\A421 4\.3\.2 [^\r\n]+\r\n\Z")
        client.close()
        [close] = proxy.journal.wait(event="close")
        self.assertEqual("server-refused", close["ending"])

    def test_server_that_comes_back_is_reached(self):
        port = free_port()
        proxy = self.proxy(port)
        with connect(proxy.port) as client:
            self.assertEqual(b"421", client.to_end()[:3])
        with socket.create_server(("127.0.0.1", port)) as listener:
            with connect(proxy.port) as client, Connection(listener.accept()[0]) as server:
                server.send(GREETING)
                self.assertEqual(GREETING, client.line())


class OpaqueTest(Stage):
    """Peers that do not speak SMTP pass through, whatever rules are loaded."""

    RULES = ("to client greeting mask keep=\"20 \"", "to server body strip-cr",
             "to client reply 250 after RCPT rewrite line=\"451 no\"")

    def echo(self):
        return self.scripted(lambda server: server.send(server.to_end()))

    def check_echoed(self, data: bytes) -> None:
        with connect(self.proxy(self.echo().port, rules=self.RULES).port) as client:
            client.send(data)
            client.finish()
            self.assertEqual(data, client.to_end())

    def test_tls_from_the_first_byte(self):
        self.check_echoed(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 3)

    def test_http(self):
        self.check_echoed(b"GET / HTTP/1.1\r\nHost: mx.lab.test\r\n\r\n")

    def test_binary_rubbish(self):
        self.check_echoed(bytes(range(256)) * 400 + b"\r\n.\r\n" + b"\0\r\n\n\r" * 99)

    def test_line_without_an_end(self):
        self.check_echoed(b"EHLO " + b"x" * 3_000_000)

    def test_server_that_greets_with_rubbish(self):
        rubbish = b"SSH-2.0-OpenSSH_9.2p1\r\n" + bytes(range(256)) * 50
        server = self.scripted(lambda server: (server.send(rubbish), server.to_end())[1])
        with connect(self.proxy(server.port, rules=self.RULES).port) as client:
            self.assertEqual(rubbish, client.exactly(len(rubbish)))
            client.send(b"\0\1\2\r\n.\r\n")
            client.finish()
            self.assertEqual([b"\0\1\2\r\n.\r\n"], server.wait_results(1))

    def test_bytes_after_starttls_are_not_looked_at(self):
        def grant(server: Connection) -> bytes:
            server.send(GREETING)
            server.line()
            server.send(b"220 2.0.0 ready\r\n")
            return server.to_end()

        server = self.scripted(grant)
        secret = b"\x16\x03\x01\x00\x05RCPT TO:<b@dest.test>\r\nDATA\r\nline\r\n.\r\n"
        with connect(self.proxy(server.port, rules=self.RULES[1:]).port) as client:
            client.line()
            self.assertEqual(b"220", client.say("STARTTLS")[:3])
            client.send(secret)
            client.finish()
            self.assertEqual([secret], server.wait_results(1))


class PromptTest(Stage):
    """Bytes that no rule could act on do not wait for the rest of their line."""

    def test_unfinished_command_reaches_the_server(self):
        server = self.scripted(lambda server: server.exactly(3))
        with connect(self.proxy(server.port).port) as client:
            client.send(b"EHL")
            self.assertEqual([b"EHL"], server.wait_results(1))

    def test_unfinished_greeting_reaches_the_client(self):
        server = self.scripted(lambda server: (server.send(b"22"), server.to_end()))
        with connect(self.proxy(server.port).port) as client:
            self.assertEqual(b"22", client.exactly(2))

    def test_unfinished_body_line_passes_when_only_replies_matter(self):
        polite = self.polite()
        rule = 'to client reply 250 after RCPT rewrite line="250 2.1.5 fine"'
        with ehlo(self.proxy(polite.port, rules=[rule]).port) as client:
            client.say("MAIL FROM:<a@example.test>")
            self.assertEqual(b"250 2.1.5 fine\r\n", client.say("RCPT TO:<b@dest.test>"))
            client.say("DATA")
            client.send(b"Subject: half a li")
            [at_server] = polite.server.wait_connections(1)
            self.wait_until(lambda: at_server.received.endswith(b"half a li"), "the half line")


class Silenced(Stage):
    def test_a_blackhole_hides_the_client_s_end(self):
        """The session is over when the server, which saw nothing of it, has given up too."""
        gives_up = threading.Event()

        def waits(connection):
            connection.send(b"220 mx\r\n")
            connection.line()
            connection.send(b"250 ok\r\n")
            gives_up.wait(TIMEOUT_S)
            return connection.is_silent_for(0.1)

        server = self.scripted(waits)
        proxy = self.proxy(server.port, rules=["to client reply after NOOP blackhole"])
        with connect(proxy.port) as client:
            client.reply()
            client.send(b"NOOP\r\n")
            proxy.journal.wait(1, event="rule")
        gives_up.set()
        self.assertEqual([True], server.wait_results(1))
        proxy.journal.wait(1, event="close")


if __name__ == "__main__":
    unittest.main()
