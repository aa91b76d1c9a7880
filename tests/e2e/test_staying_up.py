"""What happens around the proxy, and must not bring it down: servers that come and go, clients in
crowds, peers that never read, HUP under load."""
import signal
import socket
import threading
import unittest

from lab.postfix import SmtpSink
from network import free_port
from peers import TIMEOUT_S, Connection, connect
from stage import Stage

GREETING = b"220 mx.lab.test ESMTP\r\n"
CROWD = 500
MESSAGES = 3000


class Upstreams(Stage):
    def test_one_that_flaps_is_reached_whenever_it_is_there(self):
        port = free_port()
        proxy = self.proxy(port)
        for turn in range(20):
            there = turn % 2 == 1
            listener = socket.create_server(("127.0.0.1", port)) if there else None
            with connect(proxy.port) as client:
                if there:
                    with Connection(listener.accept()[0]) as server:
                        server.send(GREETING)
                        self.assertEqual(GREETING, client.line())
                    listener.close()
                else:
                    self.assertEqual(b"421", client.reply()[:3])
                client.to_end()
        endings = [entry["ending"] for entry in proxy.journal.wait(20, event="close")]
        self.assertEqual(10, endings.count("server-refused"))
        self.assertEqual(10, endings.count("server-closed"))


class Crowds(Stage):
    def test_a_storm_of_connections_is_served_to_the_last(self):
        """All of them are there before the proxy looks; none is refused, none forgotten."""
        server = self.scripted(lambda end: (end.send(GREETING), end.to_end()))
        proxy = self.proxy(server.port)
        proxy.signal(signal.SIGSTOP)
        clients = [connect(proxy.port) for _ in range(CROWD)]
        proxy.signal(signal.SIGCONT)
        for client in clients:
            self.assertEqual(GREETING, client.line())
            client.close()
        self.assertEqual(CROWD, len(proxy.journal.wait(CROWD, event="close")))

    def test_a_storm_that_is_gone_before_it_is_accepted_leaves_nothing(self):
        server = self.scripted(lambda end: end.ending())
        proxy = self.proxy(server.port)
        proxy.signal(signal.SIGSTOP)
        for _ in range(CROWD):
            connect(proxy.port).reset()
        proxy.signal(signal.SIGCONT)
        with connect(proxy.port) as client:
            client.finish()
            client.to_end()
        connects = proxy.journal.wait(event="connect")
        self.wait_until(lambda: len(proxy.journal.entries(event="close")) == len(
            proxy.journal.entries(event="connect")), "an end for each beginning")
        self.assertTrue(connects)


class NeverRead(Stage):
    """The memory that a session may take is bounded, whoever it is that takes nothing."""

    LINE = b"250-" + b"x" * 500 + b"\r\n"
    MEMORY_MOST_KB = 16 * 1024

    def check_bounded(self, talker: Connection, proxy, line: bytes) -> None:
        before = proxy.memory_kb("VmRSS")
        taken = talker.stuff(line * 100, at_most=1 << 27)
        self.assertLess(taken, 1 << 27)
        self.assertLess(proxy.memory_kb("VmRSS") - before, self.MEMORY_MOST_KB)

    def meet(self, rules) -> tuple:
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        proxy = self.proxy(listener.getsockname()[1], "--idle-timeout", "2s", rules=rules)
        client = connect(proxy.port)
        listener.settimeout(TIMEOUT_S)
        return proxy, client, Connection(listener.accept()[0])

    def test_client(self):
        for rules in ((), ("to client reply 599 drop",)):
            proxy, client, server = self.meet(rules)
            with client, server:
                server.send(GREETING)
                self.check_bounded(server, proxy, self.LINE)
                [close] = proxy.journal.wait(event="close")
                self.assertEqual("idle-timeout", close["ending"])

    def test_server(self):
        for rules in ((), ("to server command VRFY drop",)):
            proxy, client, server = self.meet(rules)
            with client, server:
                self.check_bounded(client, proxy, b"NOOP " + self.LINE)
                [close] = proxy.journal.wait(event="close")
                self.assertEqual("idle-timeout", close["ending"])


class HupUnderLoad(Stage):
    """Rules and certificates are read again while Postfix's load generator is at work."""

    def test_no_session_is_dropped_and_no_message_lost(self):
        self.need("postfix")
        profile = self.directory / "hup.profile"
        profile.write_text("to server command VRFY drop\n")
        sink = self.server(SmtpSink, "sink")
        proxy = self.proxy(sink.port, "--workers", "2", profiles=[profile])
        done = threading.Event()
        nagging = threading.Thread(target=self.nag, args=(proxy, done))
        nagging.start()
        try:
            # It gives up, with an error, at the first reply or end that it did not expect.
            sink.source(proxy.port, MESSAGES, 20, 1000)
        finally:
            done.set()
            nagging.join()
        closes = proxy.journal.wait(MESSAGES, event="close", timeout_s=60)
        self.assertEqual(MESSAGES, sum(close["totals"]["messages"] for close in closes))
        # It closes with RST, lest it run out of ports; but only behind the reply to QUIT.
        self.assertLessEqual({close["ending"] for close in closes},
                             {"client-closed", "server-closed", "client-reset"})
        self.assertGreater(proxy.output().count("rules read again"), 10)

    @staticmethod
    def nag(proxy, done: threading.Event) -> None:
        while not done.wait(0.05):
            proxy.signal(signal.SIGHUP)


if __name__ == "__main__":
    unittest.main()
