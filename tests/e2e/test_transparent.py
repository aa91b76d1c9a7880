"""Connections that were on their way to somebody else: on a router, on the sender's host, on the
receiver's; addresses are looked at from both ends."""
import os
import socket
import subprocess
import unittest
from contextlib import contextmanager
from pathlib import Path

from lab.exim import Exim
from lab.postfix import Postfix
from lab.wait import wait_until
from letter import Letter, content_of
from peers import TIMEOUT_S, Connection, connect
from proxy import binary
from topology import CLIENT, ROUTER, SERVER, OnThreeMachines

PORT = 2525
GREETING = b"220 mx.lab.test ESMTP\r\n"
IP_TRANSPARENT = 19
NET_ADMIN, NET_RAW = 1 << 12, 1 << 13


class Diverted(OnThreeMachines):
    """Connections of the client's to port 25 that go another way than they believe."""

    def divert(self, machine, *words: str) -> None:
        """Runs what `smtpchaos nft` writes, and takes it down again after the test."""
        for remove in ((), ("--remove",)):
            script = subprocess.run([binary(), "nft", *words, *remove], capture_output=True,
                                    text=True, check=True).stdout
            if remove:
                self.addCleanup(machine.run, script)
            else:
                machine.run(script)

    def proxy_on(self, machine, *options, upstream="original", **settings):
        with machine.inside():
            return self.proxy(upstream, *options, port=PORT, host="[::]", **settings)

    @contextmanager
    def server_at(self, machine=None):
        """A listener on port 25 of all the server's addresses, or those of another machine."""
        with (machine or self.net.server).inside():
            listener = socket.create_server(("::", 25), family=socket.AF_INET6,
                                            dualstack_ipv6=True)
        with listener:
            listener.settimeout(TIMEOUT_S)
            yield listener

    def meet(self, to: str, machine=None, client_machine=None) -> tuple:
        """A client reaches the server; answers their names: (client's own, seen by the server)."""
        with self.server_at(machine) as listener, (client_machine or self.net.client).inside():
            with connect(25, to) as client, Connection(accept(listener)) as at_server:
                at_server.send(GREETING)
                self.assertEqual(GREETING, client.line())
                client.send(b"NOOP\r\n")
                self.assertEqual(b"NOOP\r\n", at_server.line())
                self.assertEqual((to, 25), client.socket.getpeername()[:2])
                return client.socket.getsockname()[:2], name_of(at_server.socket)

    def heard_by_client(self, to: str, port: int = 25) -> tuple:
        """What a client hears, and how its connection ends."""
        with self.net.client.inside():
            try:
                client = connect(port, to)
            except ConnectionResetError:
                return b"", "RST"
        with client:
            ending = client.ending()
            return client.received, ending


def accept(listener: socket.socket) -> socket.socket:
    return listener.accept()[0]


def name_of(endpoint: socket.socket) -> tuple:
    """Address and port of the other end."""
    host, port = endpoint.getpeername()[:2]
    return host.removeprefix("::ffff:"), port


class OnTheRouter(Diverted):
    """Neither side is told, and neither can see it by addresses."""

    def test_redirect_hides_the_proxy_from_the_client(self):
        self.divert(self.net.router, "router")
        proxy = self.proxy_on(self.net.router, "--intercept", "redirect")
        for number, to in enumerate(SERVER, 1):
            _, seen = self.meet(to)
            self.assertIn(seen[0], ("10.77.2.1", "fd77:2::1"))
            greeting = proxy.journal.wait(number, event="greeting")[-1]
            self.assertEqual(f"{bracketed(to)}:25", greeting["server"])

    def test_redirect_can_keep_the_address_of_the_client(self):
        self.divert(self.net.router, "router", "--source", "client")
        proxy = self.proxy_on(self.net.router, "--intercept", "redirect", "--source", "client")
        for number, to in enumerate(SERVER, 1):
            own, seen = self.meet(to)
            self.assertEqual(own[0], seen[0])
            proxy.journal.wait(number, event="greeting")

    def test_tproxy_keeps_address_and_port_of_the_client(self):
        self.divert(self.net.router, "router", "--intercept", "tproxy", "--interface", "left")
        proxy = self.proxy_on(self.net.router, "--intercept", "tproxy", "--source", "client")
        for number, to in enumerate(SERVER, 1):
            own, seen = self.meet(to)
            self.assertEqual(own, seen)
            proxy.journal.wait(number, event="greeting")

    def test_a_port_that_is_taken_is_not_insisted_on(self):
        port = 44_444
        self.divert(self.net.router, "router", "--intercept", "tproxy")
        self.proxy_on(self.net.router, "--intercept", "tproxy", "--source", "client")
        with self.net.router.inside(), socket.socket() as taken:
            taken.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
            taken.bind((CLIENT[0], port))
            taken.listen()
            with self.server_at() as listener, self.net.client.inside():
                with socket.create_connection((SERVER[0], 25), TIMEOUT_S, (CLIENT[0], port)):
                    with accept(listener) as at_server:
                        seen = name_of(at_server)
        self.assertEqual(CLIENT[0], seen[0])
        self.assertNotEqual(port, seen[1])

    def test_a_server_that_refuses_looks_as_it_does_without_us(self):
        for how in ("redirect", "tproxy"):
            self.divert(self.net.router, "router", "--intercept", how)
            proxy = self.proxy_on(self.net.router, "--intercept", how)
            for to in SERVER:
                self.assertEqual((b"", "RST"), self.heard_by_client(to))
            closes = proxy.journal.wait(2, event="close")
            self.assertEqual({"server-refused"}, {entry["ending"] for entry in closes})
            proxy.stop()

    def test_a_server_that_is_not_there_is_silent_and_then_gone(self):
        self.divert(self.net.router, "router")
        proxy = self.proxy_on(self.net.router, "--intercept", "redirect",
                              "--connect-timeout", "300ms")
        self.net.router.run("""nft 'table inet hole { chain out {
            type filter hook output priority 0; tcp dport 25 drop; }; }'""")
        self.addCleanup(self.net.router.run, "nft delete table inet hole")
        self.assertEqual((b"", "RST"), self.heard_by_client(SERVER[0]))
        self.assertEqual("connect-timeout", proxy.journal.wait(event="close")[0]["ending"])

    def test_the_proxy_does_not_reach_itself(self):
        self.divert(self.net.router, "router")
        proxy = self.proxy_on(self.net.router, "--intercept", "redirect")
        for to in ROUTER:
            self.assertEqual((b"", "RST"), self.heard_by_client(to, PORT))
        loops = proxy.journal.wait(2, event="error")
        self.assertEqual({"loop"}, {entry["error"] for entry in loops})
        self.assertEqual(1, proxy.output().count("it leads back to the proxy itself"))

    def test_postfix_to_exim(self):
        for how, version in (("redirect", 0), ("tproxy", 0), ("tproxy", 1)):
            with self.subTest(how, to=SERVER[version]):
                self.pass_a_letter(how, version)

    def pass_a_letter(self, how: str, version: int) -> None:
        """The mail goes through the proxy, and Exim logs Postfix's own address."""
        self.divert(self.net.router, "router", "--intercept", how, "--source", "client")
        proxy = self.proxy_on(self.net.router, "--intercept", how, "--source", "client",
                              "--workers", "2")
        with self.net.server.inside():
            exim = self.server(EximOnAllAddresses, f"exim-{how}{version}", port=25)
        with self.net.client.inside():
            postfix = self.sender(Postfix, f"postfix-{how}{version}", settings={
                "relayhost": f"[{('', 'ipv6:')[version]}{SERVER[version]}]:25",
                "inet_protocols": "all", "inet_interfaces": "loopback-only"})
            letter = Letter()
            postfix.submit(letter)
            postfix.wait_queue_empty()
        messages = exim.wait_letter(letter)
        self.assertEqual([letter.content()], [content_of(message) for message in messages])
        exim.wait_log(rf"<= \S+ H=.*\[{CLIENT[version]}\]")
        close = proxy.journal.wait(event="close")[0]
        self.assertEqual(1, close["totals"]["messages"])
        self.assertEqual(f"{bracketed(SERVER[version])}:25", close["server"])
        exim.stop()
        proxy.stop()


class OnTheHostsThemselves(Diverted):
    """The proxy runs where the sender does, or where the receiver does."""

    def test_what_the_sender_sends(self):
        self.divert(self.net.client, "sender", "--user", "nobody")
        proxy = self.proxy_on(self.net.client, "--intercept", "redirect", "--user", "nobody")
        for number, to in enumerate(SERVER, 1):
            _, seen = self.meet(to)
            self.assertEqual(CLIENT[number - 1], seen[0])
            proxy.journal.wait(number, event="greeting")

    def test_what_the_sender_sends_told_by_a_mark(self):
        self.divert(self.net.client, "sender", "--mark", "77")
        proxy = self.proxy_on(self.net.client, "--intercept", "redirect", "--mark", "77")
        self.meet(SERVER[0])
        proxy.journal.wait(event="greeting")

    def test_a_proxy_that_intercepts_itself_finds_out(self):
        self.divert(self.net.client, "sender", "--mark", "77")
        proxy = self.proxy_on(self.net.client, "--intercept", "redirect", "--workers", "2")
        for to in SERVER:
            self.assertEqual((b"", "RST"), self.heard_by_client(to))
        loops = proxy.journal.wait(2, error="loop")
        self.assertEqual(2, len(loops))

    def test_what_the_receiver_is_sent(self):
        for how in ("redirect", "tproxy"):
            self.divert(self.net.server, "receiver", "--intercept", how)
            proxy = self.proxy_on(self.net.server, "--intercept", how)
            for number, to in enumerate(SERVER, 1):
                self.meet(to)
                proxy.journal.wait(number, event="greeting")
            proxy.stop()


class Rights(Diverted):
    """What the proxy may do, and what it no longer may when it runs."""

    def test_root_becomes_another_user_and_keeps_only_what_it_needs(self):
        for options, kept in (((), 0), (("--source", "client"), NET_ADMIN | NET_RAW)):
            proxy = self.proxy_on(self.net.router, "--intercept", "tproxy", "--user", "nobody",
                                  *options)
            status = status_of(proxy)
            self.assertEqual({"65534"}, set(status["Uid"].split()))
            self.assertEqual(["65534"], status["Groups"].split())
            self.assertEqual(kept, int(status["CapPrm"], 16))
            self.assertEqual(kept, int(status["CapEff"], 16))
            self.divert(self.net.router, "router", "--intercept", "tproxy")
            own, seen = self.meet(SERVER[0])
            self.assertEqual(bool(kept), own == seen)
            proxy.stop()

    def test_one_capability_is_enough(self):
        for name, kept in (("net_raw", NET_RAW), ("net_admin", NET_ADMIN)):
            proxy = self.as_nobody(self.proxy_for_tproxy(), name)
            with self.net.router.inside():
                proxy.start()
            self.addCleanup(proxy.stop)
            self.assertEqual(kept, int(status_of(proxy)["CapEff"], 16))
            self.divert(self.net.router, "router", "--intercept", "tproxy")
            own, seen = self.meet(SERVER[0])
            self.assertEqual(own, seen)
            proxy.stop()

    def test_what_is_missing_is_named(self):
        for options, said in ((("--intercept", "tproxy"), "tproxy needs the capability"),
                              (("--source", "client"), "--source client needs the capability"),
                              (("--mark", "1"), "--mark needs the capability")):
            proxy = self.as_nobody(self.unstarted_proxy("sink", *options, host="[::]"))
            proxy.spawn()
            self.assertEqual(os.EX_NOPERM, proxy.wait())
            self.assertIn(f"{said} CAP_NET_ADMIN or CAP_NET_RAW, and this process has neither",
                          proxy.output())

    def test_only_root_becomes_another_user(self):
        proxy = self.as_nobody(self.unstarted_proxy("sink", "--user", "root"))
        proxy.spawn()
        self.assertEqual(os.EX_NOPERM, proxy.wait())
        self.assertIn("only root can become another user", proxy.output())

    def proxy_for_tproxy(self):
        return self.unstarted_proxy("original", "--intercept", "tproxy", "--source", "client",
                                    port=PORT, host="[::]")

    @staticmethod
    def as_nobody(proxy, *capabilities: str):
        """Makes the proxy start as nobody, with capabilities that root has lent to it."""
        proxy.directory.chmod(0o777)
        lent = ",".join(f"+{name}" for name in capabilities)
        lend = ["--inh-caps", lent, "--ambient-caps", lent] if capabilities else []
        proxy.command = ["setpriv", "--reuid", "nobody", "--regid", "65534", "--clear-groups",
                         *lend, *proxy.command]
        return proxy


def status_of(proxy) -> dict:
    """What the kernel tells about the process, once it has begun its work."""
    wait_until(lambda: "listening on" in proxy.output(), "the proxy to begin")
    lines = Path(f"/proc/{proxy.process.pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class EximOnAllAddresses(Exim):
    """Exim as the server of a network, not only of its own host."""

    def _main(self) -> dict:
        return super()._main() | {"local_interfaces": "<; ::0 ; 0.0.0.0", "disable_ipv6": "false"}


if __name__ == "__main__":
    unittest.main()
