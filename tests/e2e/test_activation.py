"""Sockets that a service manager hands over, and Unix sockets on both sides."""
import os
import socket
import subprocess
import unittest

from lab.dovecot import Dovecot
from lab.postfix import Postfix
from letter import Letter
from peers import Connection
from proxy import binary
from stage import Stage

LAUNCH = """
import os, sys
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])
"""


class Activation(Stage):
    """The proxy's descriptors from 3 on are listening sockets."""

    def launch(self, *listeners: socket.socket, count: int = None):
        """A proxy that has been handed the sockets."""
        server = self.polite()
        proxy = self.unstarted_proxy(server.port)
        at = proxy.command.index("--listen")
        proxy.command[at + 1] = "systemd"
        shift = [f"exec {number}<&{listener.fileno()};"
                 for number, listener in enumerate(listeners, 30)]
        order = [f"exec {number}<&{number + 27};" for number in range(3, 3 + len(listeners))]
        proxy.command = ["bash", "-c", f"{' '.join(shift + order)} exec \"$@\"", "-", "python3",
                         "-c", LAUNCH, str(len(listeners) if count is None else count), binary(),
                         *proxy.command[1:]]
        for listener in listeners:
            os.set_inheritable(listener.fileno(), True)
        self.spawn(proxy, listeners)
        return proxy

    def spawn(self, proxy, listeners) -> None:
        with open(proxy.directory / "output", "ab") as output:
            proxy.process = subprocess.Popen(
                proxy.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                pass_fds=[listener.fileno() for listener in listeners])

    def test_sessions_come_through_all_of_them(self):
        path = self.directory / "activated"
        with socket.create_server(("127.0.0.1", 0)) as inet, socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(path))
            unix.listen()
            proxy = self.launch(inet, unix)
            self.addCleanup(self._end, proxy)
            for family, name in ((socket.AF_INET, inet.getsockname()),
                                 (socket.AF_UNIX, str(path))):
                endpoint = socket.socket(family)
                endpoint.connect(name)
                with Connection(endpoint) as client:
                    self.assertEqual(b"220 mx.lab.test ESMTP\r\n", client.line())
                    self.assertTrue(client.say("QUIT").startswith(b"221"))
        self.assertTrue(path.exists(), "the file is its owner's")

    def test_nothing_was_handed_over(self):
        proxy = self.launch(count=0)
        self.assertEqual(os.EX_UNAVAILABLE, proxy.wait())
        self.assertIn("--listen systemd: no service manager", proxy.output())

    def test_what_is_no_listener_is_refused(self):
        with socket.socket() as plain:
            proxy = self.launch(plain)
            self.assertEqual(os.EX_UNAVAILABLE, proxy.wait())
        self.assertIn("ListenStream=", proxy.output())


class DovecotAtAPath(Dovecot):
    """Dovecot's LMTP server at a Unix socket too."""

    def configure(self) -> None:
        super().configure()
        file = self.directory / "conf/dovecot.conf"
        file.write_text(file.read_text().replace(
            "inet_listener lmtp", f"unix_listener {self.directory}/lmtp {{\n    mode = 0666\n  }}\n"
            "  inet_listener lmtp"))


class UnixSockets(Stage):
    """Postfix's LMTP client and Dovecot's LMTP server on one host, as they usually are."""

    def test_postfix_to_dovecot(self):
        dovecot = self.server(DovecotAtAPath, "dovecot")
        postfix = self.sender(Postfix, "postfix", settings={
            "relayhost": "", "default_transport": f"lmtp:unix:{self.directory}/in"})
        proxy = self.proxy(f"unix:{dovecot.directory}/lmtp", "--listen",
                           f"unix:{self.directory}/in")
        (self.directory / "in").chmod(0o666)
        letter = Letter(recipients=("bob@dest.test", "eve@dest.test"))
        postfix.submit(letter)
        postfix.wait_queue_empty()
        self.assertEqual(2, len(dovecot.wait_letter(letter, 2)))
        close = proxy.journal.wait(event="close")[0]
        self.assertEqual("unix", close["client"])
        self.assertEqual(f"unix:{dovecot.directory}/lmtp", close["server"])


if __name__ == "__main__":
    unittest.main()
