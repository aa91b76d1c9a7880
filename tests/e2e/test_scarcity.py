"""Where something is scarce or slow: descriptors, a peer that takes nothing, a journal that nobody
reads, a socket file left behind."""
import os
import signal
import socket
import threading
import unittest
from contextlib import ExitStack

from lab.wait import is_listening
from peers import Connection, connect
from stage import Stage

GREETING = b"220 mx.lab.test ESMTP\r\n"
DESCRIPTORS = 64
SESSIONS_THAT_FIT = DESCRIPTORS // 2 // 2  # half for everything else, two for each session


def ending_of_new_client(port: int) -> tuple:
    """How a connection ends that says nothing, and what it heard; the end may come very early."""
    try:
        with connect(port) as client:
            return client.ending(), client.received
    except ConnectionResetError:
        return "RST", b""


class ScarcityTest(Stage):
    def greeter(self):
        """A server that greets and waits for the end."""
        return self.scripted(lambda server: (server.send(GREETING), server.to_end()))

    def test_reset_reaches_a_server_that_took_nothing_for_a_while(self):
        may_read = threading.Event()
        server = self.scripted(lambda connection: (may_read.wait(), connection.ending())[1])
        self.addCleanup(may_read.set)
        client = connect(self.proxy(server.port).port)
        client.stuff(b"x" * 65536, at_most=1 << 28)
        client.reset()
        may_read.set()
        self.assertEqual(["RST"], server.wait_results(1))

    def test_server_that_tears_the_connection_at_once_was_reached(self):
        proxy = self.proxy(self.scripted(Connection.reset).port)
        for _ in range(50):
            self.assertEqual(("RST", b""), ending_of_new_client(proxy.port))

    def test_more_clients_than_descriptors_hear_421(self):
        server = self.greeter()
        proxy = self.unstarted_proxy(server.port)
        proxy.command[:0] = ["prlimit", f"--nofile={DESCRIPTORS}"]
        proxy.start()
        self.addCleanup(proxy.stop)
        with ExitStack() as stack:
            clients = [stack.enter_context(connect(proxy.port)) for _ in range(40)]
            greetings = [client.reply() for client in clients]
            self.assertEqual(SESSIONS_THAT_FIT, greetings.count(GREETING))
            self.assertEqual({b"220", b"421"}, {greeting[:3] for greeting in greetings})
            clients[0].close()
            proxy.journal.wait(event="close")
            self.assertEqual(GREETING, stack.enter_context(connect(proxy.port)).reply())

    def test_journal_that_nobody_reads_holds_up_nobody(self):
        """A pipe holds 64 KiB; the sessions' entries are more."""
        server = self.greeter()
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        proxy = self.unstarted_proxy(server.port)
        proxy.command[proxy.command.index("--journal") + 1] = str(pipe)
        proxy.start()
        self.addCleanup(proxy.stop)
        for _ in range(200):
            with connect(proxy.port) as client:
                self.assertEqual(GREETING, client.reply())
        os.set_blocking(reader, True)
        proxy.signal(signal.SIGTERM)
        with os.fdopen(reader) as journal:
            lines = journal.readlines()
        self.assertGreater(sum(map(len, lines)), 65536)
        self.assertEqual(200, sum('"close"' in line for line in lines))
        self.assertEqual(0, proxy.wait())

    def test_socket_file_left_behind_is_replaced(self):
        path = self.directory / "left.sock"
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
        self.proxy(self.greeter().port, "--listen", f"unix:{path}")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            self.assertEqual(GREETING, Connection(client).reply())

    def test_socket_file_of_another_listener_is_not(self):
        path = self.directory / "taken.sock"
        with socket.socket(socket.AF_UNIX) as taken:
            taken.bind(str(path))
            taken.listen()
            proxy = self.unstarted_proxy(1, "--listen", f"unix:{path}")
            proxy.spawn()
            self.assertEqual(69, proxy.wait())
            self.assertTrue(path.exists())
            self.assertFalse(is_listening(proxy.port))


if __name__ == "__main__":
    unittest.main()
