"""The PROXY protocol: from HAProxy, to Postfix, and what becomes of headers that are none."""
import shutil
import socket
import struct
import subprocess
import unittest
from pathlib import Path

from lab.postfix import Postfix
from lab.wait import wait_listening
from letter import Letter
from network import free_port
from peers import connect
from stage import Stage

V2 = b"\r\n\r\n\0\r\nQUIT\n"
V4 = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2") + struct.pack(">HH", 40_000, 25)
HAPROXY = """\
defaults
  mode tcp
  timeout connect 5s
  timeout client 20s
  timeout server 20s
listen mail
  bind 127.0.0.1:{port}
  server smtpchaos 127.0.0.1:{upstream} {how}
"""


def v2(command: int, family: int, body: bytes = b"") -> bytes:
    return V2 + bytes([command, family]) + struct.pack(">H", len(body)) + body


GOOD = {b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n": "192.0.2.1:40000",
        b"PROXY TCP6 2001:db8::1 2001:db8::2 40000 25\r\n": "[2001:db8::1]:40000",
        b"PROXY UNKNOWN\r\n": None,
        v2(0x21, 0x11, V4): "192.0.2.1:40000",
        v2(0x20, 0x00): None}
BAD = (b"EHLO client.test\r\n", b"PROXY TCP4 192.0.2.1 192.0.2.2 40000\r\n", b"PROXY " + b"x" * 200,
       b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\n" + b" " * 107, v2(0x21, 0x12, V4),
       v2(0x31, 0x11, V4), V2 + b"\x21\x11\xff\xff")


class Accepting(Stage):
    """Every connection begins with a header."""

    def test_the_client_is_who_the_header_says(self):
        server = self.polite()
        proxy = self.proxy(server.port, "--accept-proxy")
        for number, (header, name) in enumerate(GOOD.items(), 1):
            with self.subTest(header):
                client = connect(proxy.port)
                for at in range(len(header)):
                    client.send(header[at:at + 1])
                own = "%s:%d" % client.socket.getsockname()
                client.send(b"QUIT\r\n")
                self.assertEqual(b"220 mx.lab.test ESMTP\r\n221 2.0.0 bye\r\n", client.to_end())
                client.close()
                close = proxy.journal.wait(number, event="close")[-1]
                self.assertEqual(name or own, close["client"])

    def test_nothing_is_said_before_the_header(self):
        server = self.polite()
        proxy = self.proxy(server.port, "--accept-proxy", "--max-sessions", "2")
        clients = [connect(proxy.port) for _ in range(3)]
        self.assertEqual("FIN", clients[2].ending())
        self.assertEqual(b"", clients[2].received)
        for client in clients[:2]:
            self.assertTrue(client.is_silent_for(0.2))
            client.send(b"PROXY UNKNOWN\r\n")
            self.assertEqual(b"220 mx.lab.test ESMTP\r\n", client.line())
            client.close()
        clients[2].close()

    def test_bad_headers_are_torn_and_written_down(self):
        server = self.polite()
        proxy = self.proxy(server.port, "--accept-proxy")
        for number, header in enumerate(BAD, 1):
            with self.subTest(header):
                client = connect(proxy.port)
                client.send(header)
                self.assertEqual("RST", client.ending())
                self.assertEqual(b"", client.received)
                entry = proxy.journal.wait(number, error="bad-proxy-header")[-1]
                self.assertTrue(entry["reason"])
                client.close()
        with connect(proxy.port) as client:
            client.send(b"PROXY TCP4")
            client.finish()
            self.assertEqual("RST", client.ending())
        self.assertEqual([], server.commands)

    def test_a_header_that_does_not_come_keeps_nobody_up(self):
        proxy = self.proxy(self.polite().port, "--accept-proxy", "--workers", "2")
        with connect(proxy.port) as first, connect(proxy.port) as second:
            first.send(b"PROXY ")
            proxy.stop()
            self.assertEqual(("RST", "RST"), (first.ending(), second.ending()))

    def test_from_haproxy(self):
        server = self.polite()
        proxy = self.proxy(server.port, "--accept-proxy")
        for number, how in enumerate(("send-proxy", "send-proxy-v2"), 1):
            port = self.haproxy(proxy.port, how)
            with connect(port) as client:
                client.send(b"QUIT\r\n")
                self.assertEqual(b"220 mx.lab.test ESMTP\r\n221 2.0.0 bye\r\n", client.to_end())
                own = "%s:%d" % client.socket.getsockname()
            close = proxy.journal.wait(number, event="close")[-1]
            self.assertEqual(own, close["client"])

    def haproxy(self, upstream: int, how: str) -> int:
        """Starts HAProxy, which sends all that comes to the port it answers on to the upstream."""
        if not shutil.which("haproxy", path="/usr/sbin:/usr/bin"):
            raise AssertionError("haproxy is not installed; lab/host-packages names it")
        port = free_port()
        file = Path(self.directory) / f"haproxy-{how}.cfg"
        file.write_text(HAPROXY.format(port=port, upstream=upstream, how=how))
        process = subprocess.Popen(["/usr/sbin/haproxy", "-db", "-f", file])
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        wait_listening(port)
        return port


POSTSCREEN = """\
127.0.0.1:{port} inet n - n - 1 postscreen
smtpd pass - - n - - smtpd
dnsblog unix - - n - 0 dnsblog
tlsproxy unix - - n - 0 tlsproxy
"""


class BehindPostscreen(Postfix):
    """Postfix whose port is postscreen's, which hands clients that pass to smtpd."""

    def configure(self) -> None:
        super().configure()
        master = self.directory / "conf/master.cf"
        first, rest = master.read_text().split("\n", 1)
        self_at_port = f"127.0.0.1:{self.port} inet n - n - - smtpd"
        if first != self_at_port:
            raise AssertionError(f"{first!r} is not {self_at_port!r}")
        master.write_text(POSTSCREEN.format(port=self.port) + rest)


class Sending(Stage):
    """Servers are told in a header."""

    def test_it_is_the_first_that_the_server_hears(self):
        for version, begins in (("v1", b"PROXY TCP4 127.0.0.1 127.0.0.1 "), ("v2", V2)):
            with self.subTest(version):
                server = self.scripted(lambda connection: connection.to_end())
                proxy = self.proxy(server.port, "--send-proxy", version)
                with connect(proxy.port) as client:
                    port = client.socket.getsockname()[1]
                    client.send(b"EHLO x\r\n")
                    client.finish()
                    client.to_end()
                [heard] = server.wait_results(1)
                self.assertTrue(heard.startswith(begins), heard)
                self.assertTrue(heard.endswith(b"EHLO x\r\n"), heard)
                self.assertIn(struct.pack(">HH", port, proxy.port) if version == "v2"
                              else f" {port} {proxy.port}\r\n".encode(), heard)

    def test_a_header_is_handed_on(self):
        server = self.scripted(lambda connection: connection.to_end())
        proxy = self.proxy(server.port, "--accept-proxy", "--send-proxy", "v1")
        header = b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 25\r\n"
        with connect(proxy.port) as client:
            client.send(v2(0x21, 0x11, V4) + b"QUIT\r\n")
            client.finish()
            client.to_end()
        self.assertEqual([header + b"QUIT\r\n"], server.wait_results(1))

    def test_to_postfix(self):
        self.check(self.server(Postfix, "postfix-behind",
                               settings={"smtpd_upstream_proxy_protocol": "haproxy"}))

    def test_to_postscreen(self):
        postfix = self.server(BehindPostscreen, "postscreen", settings={
            "postscreen_upstream_proxy_protocol": "haproxy", "postscreen_greet_wait": "1s",
            "postscreen_cache_map": ""})
        self.check(postfix)
        self.assertEqual(2, postfix.logs().count("PASS NEW [192.0.2.77]:40000"))

    def check(self, postfix) -> None:
        for version in ("v1", "v2"):
            proxy = self.proxy(postfix.port, "--accept-proxy", "--send-proxy", version)
            letter = Letter()
            with connect(proxy.port) as client:
                client.send(b"PROXY TCP4 192.0.2.77 192.0.2.2 40000 25\r\n")
                self.assertTrue(client.reply().startswith(b"220"))
                for line in ("EHLO x.test", f"MAIL FROM:<{letter.sender}>",
                             f"RCPT TO:<{letter.recipients[0]}>", "DATA"):
                    client.say(line)
                client.send(letter.text(b"\r\n").replace(b"\r\n.", b"\r\n..") + b".\r\n")
                self.assertTrue(client.reply().startswith(b"250"))
                client.say("QUIT")
            [message] = postfix.wait_letter(letter)
            self.assertIn(b"(unknown [192.0.2.77])", message)


if __name__ == "__main__":
    unittest.main()
