"""Upstreams with names: looked up anew for each session, whatever the family, and nobody waits for
another one's name server."""
import os
import shutil
import socket
import unittest

from network import OWN_RESOLVER, free_port
from peers import Connection, connect
from stage import Stage


class Names(Stage):
    """The proxy sees an /etc/hosts and an /etc/resolv.conf of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        if os.geteuid() != 0 or not shutil.which("unshare"):
            raise unittest.SkipTest("a file system of one's own takes root")
        super().setUpClass()

    def proxy_with(self, hosts: str, *options, resolver: str = "", upstream: str):
        self.hosts = self.directory / f"{self._testMethodName}.hosts"
        self.hosts.write_text(hosts)
        conf = self.hosts.with_suffix(".resolv")
        conf.write_text(f"nameserver {resolver}\noptions timeout:30\n" if resolver else "")
        proxy = self.unstarted_proxy(upstream, *options)
        proxy.command = ["unshare", "--mount", *OWN_RESOLVER, str(self.hosts), str(conf),
                         *proxy.command]
        self.addCleanup(self._end, proxy)
        return proxy.start()

    def serve(self, host: str, port: int):
        """Greets whoever comes with the address it came to."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
        listener.settimeout(15)
        self.addCleanup(listener.close)
        return listener

    def meets(self, proxy, listener, host: str) -> None:
        with connect(proxy.port) as client, Connection(listener.accept()[0]) as server:
            server.send(f"220 {host}\r\n".encode())
            self.assertEqual(f"220 {host}\r\n".encode(), client.reply())

    def test_a_change_counts_from_the_next_session_on(self):
        port = free_port()
        proxy = self.proxy_with("127.0.0.2 mx.test\n", upstream=f"mx.test:{port}")
        first, second = self.serve("127.0.0.2", port), self.serve("127.0.0.3", port)
        self.meets(proxy, first, "127.0.0.2")
        self.hosts.write_text("127.0.0.3 mx.test\n")
        self.meets(proxy, second, "127.0.0.3")
        self.hosts.write_text("::1 mx.test\n")
        self.meets(proxy, self.serve("::1", port), "::1")

    def test_all_addresses_are_tried(self):
        port = free_port()
        proxy = self.proxy_with("::1 mx.test\n127.0.0.2 mx.test\n127.0.0.3 mx.test\n",
                                upstream=f"mx.test:{port}")
        self.meets(proxy, self.serve("127.0.0.3", port), "127.0.0.3")

    def test_a_name_server_that_says_nothing_holds_up_nobody_else(self):
        port, other = free_port(), free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind(("127.0.0.9", 53))
            mute.settimeout(15)
            proxy = self.proxy_with(
                "127.0.0.2 quick.test\n", "--listen", f"127.0.0.1:{other}", "--connect-timeout",
                "2s", "--upstream", f"listen=127.0.0.1:{other} slow.test:{port}",
                resolver="127.0.0.9", upstream=f"quick.test:{port}")
            quick = self.serve("127.0.0.2", port)
            waiting = [connect(other) for _ in range(8)]
            self.assertIn(b"slow", mute.recv(512))
            self.meets(proxy, quick, "127.0.0.2")
            for client in waiting:
                with client:
                    self.assertTrue(client.reply().startswith(b"421 4.3.2"))

    def test_the_end_waits_for_no_name_server(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind(("127.0.0.9", 53))
            proxy = self.proxy_with("", resolver="127.0.0.9", upstream="slow.test:25")
            mute.settimeout(15)
            with connect(proxy.port) as client:
                mute.recv(512)
                proxy.stop()
                self.assertEqual("FIN", client.ending())


if __name__ == "__main__":
    unittest.main()
