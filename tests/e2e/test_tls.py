"""Inside of TLS: every mode, version and kind of key, what ends and what fails, and who may see."""
import signal
import socket
import ssl
import stat
import subprocess
import unittest

from lab.wait import is_listening, wait_until
from letter import Letter
from network import free_port
from peers import Connection, PoliteServer, ehlo
from tls_peers import KINDS, VERSIONS, Certificate, TlsSocket, trusting
from tls_stage import WITH_STARTTLS, TlsStage, stuffed

STALLED = 100
# Two buffers and OpenSSL's own; sanitizers make it more than it is.
KB_EACH_MAX = 256


class InterceptTest(TlsStage):
    """STARTTLS with TLS on both sides."""

    def test_every_version_and_kind_of_key(self):
        for version in VERSIONS:
            for kind in KINDS:
                with self.subTest(version=version, kind=kind):
                    self.check_mail(version, self.certificates[kind])

    def check_mail(self, version: str, certificate: Certificate) -> None:
        upstream = self.secure_polite(certificate.context(version))
        proxy = self.proxy(f"localhost:{upstream.server.port}", "--tls", "intercept")
        letter = Letter()
        with self.secured(proxy.port, trusting(version)) as client:
            self.send(client, letter)
            shown = client.socket.tls.getpeercert(binary_form=True)
            self.assertIn(b"mx.up.test", shown)
            self.assertEqual(b"221", client.say("QUIT")[:3])
        self.assertEqual([stuffed(letter)], upstream.messages)
        self.assertEqual(["localhost"], upstream.names)
        first, second = proxy.journal.wait(2, event="tls")
        self.assertEqual(("to server", version, "/CN=mx.up.test"),
                         (first["direction"], first["version"], first["peer"]))
        self.assertEqual(("to client", version, "asked.test"),
                         (second["direction"], second["version"], second["peer"]))

    def test_rules_see_what_passes(self):
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept", rules=[
            'to server command RCPT tls=yes answer reply="451 4.7.1 later"'])
        with self.secured(proxy.port) as client:
            client.say("EHLO again")
            client.say("MAIL FROM:<a@example.test>")
            self.assertEqual(b"451 4.7.1 later\r\n", client.say("RCPT TO:<b@dest.test>"))

    def test_the_upstream_is_resumed(self):
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept")
        for _ in range(2):
            with self.secured(proxy.port) as client:
                client.say("EHLO again")
                client.say("QUIT")
        resumed = [entry["resumed"] for entry in proxy.journal.wait(4, event="tls")
                   if entry["direction"] == "to server"]
        self.assertEqual([False, True], resumed)

    def test_each_upstream_has_a_name_and_a_session_of_its_own(self):
        """Who is asked for in SNI, and what is resumed, is not what the upstream before had."""
        upstreams = [self.secure_polite(self.ecdsa.context()) for _ in range(2)]
        ports = [free_port(), free_port()]
        hosts = ("127.0.0.1", "localhost")
        routes = []
        for port, host, upstream in zip(ports, hosts, upstreams):
            place = f"{host}:{upstream.server.port}"
            routes += ["--upstream", f"listen=127.0.0.1:{port} {place}"]
        proxy = self.proxy(upstreams[0].server.port, "--tls", "intercept", *routes,
                           more_ports=ports)
        for port in ports * 2:
            with self.secured(port) as client:
                client.say("EHLO again")
                client.say("QUIT")
        told = [entry for entry in proxy.journal.wait(8, event="tls")
                if entry["direction"] == "to server"]
        self.assertEqual([False, False, True, True], [entry["resumed"] for entry in told])
        self.assertEqual([[None], ["localhost"]],
                         [sorted(set(upstream.names), key=str) for upstream in upstreams])

    def test_a_client_that_leaves_ends_the_handshake_with_the_upstream(self):
        def never_shakes(connection):
            connection.send(b"220 mx.test\r\n")
            connection.line()
            connection.send(b"250-mx.test\r\n250 STARTTLS\r\n")
            connection.line()
            connection.send(b"220 go\r\n")
            connection.ending()
        upstream = self.scripted(never_shakes)
        proxy = self.proxy(upstream.port, "--tls", "intercept", "--tls-timeout", "1h")
        for leave in ("close", "reset"):
            with self.subTest(leave):
                client = ehlo(proxy.port)
                client.send(b"STARTTLS\r\n")
                proxy.journal.wait(event="reply", verb="STARTTLS")
                getattr(client, leave)()
                proxy.journal.wait(event="close", ending="client-closed" if leave == "close"
                                   else "client-reset")

    def test_a_handshake_that_comes_byte_by_byte(self):
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept")
        client = ehlo(proxy.port)
        client.say("STARTTLS")
        with TlsSocket(client.socket, trusting(), chunk=1).handshake() as tls:
            self.assertEqual(b"250", Connection(tls).say("EHLO again")[:3])

    def test_word_of_tls_within_tls_is_for_the_upstream(self):
        upstream = self.secure_polite(self.ecdsa.context(), STARTTLS=b"503 5.5.1 already\r\n")
        proxy, port = self.implicit(upstream.server.port, "--tls", "client")
        with self.implicit_client(port) as client:
            client.reply()
            client.say("EHLO client.lab.test")
            self.assertIn(client.say("STARTTLS")[:3], (b"503", b"454", b"502"))


class ModesTest(TlsStage):
    """TLS on one side only, and TLS from the first byte."""

    def test_to_the_client_only(self):
        upstream = self.polite()
        proxy = self.proxy(upstream.port, "--tls", "client")
        letter = Letter()
        with self.secured(proxy.port) as client:
            self.send(client, letter)
            client.say("QUIT")
        self.assertEqual([stuffed(letter)], upstream.messages)
        self.assertNotIn(b"STARTTLS\r\n", upstream.commands)
        self.assertEqual(["to client"], [entry["direction"] for entry
                                         in proxy.journal.wait(event="tls")])

    def test_to_the_server_only(self):
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "server")
        letter = Letter()
        with ehlo(proxy.port) as client:
            self.assertNotIn(b"STARTTLS", client.say("EHLO again"))
            self.send(client, letter)
            client.say("QUIT")
        self.assertEqual([stuffed(letter)], upstream.messages)
        self.assertEqual(["to server"], [entry["direction"] for entry
                                         in proxy.journal.wait(event="tls")])

    def test_implicit_to_an_upstream_with_starttls(self):
        """What the client has encrypted does not go on in clear."""
        upstream = self.secure_polite(self.ecdsa.context())
        proxy, port = self.implicit(upstream.server.port, "--tls", "intercept")
        letter = Letter()
        with self.implicit_client(port) as client:
            client.reply()
            self.assertNotIn(b"STARTTLS", client.say("EHLO client.lab.test"))
            self.send(client, letter)
            client.say("QUIT")
        self.assertEqual([stuffed(letter)], upstream.messages)
        self.assertEqual({"to client", "to server"}, {entry["direction"] for entry
                                                      in proxy.journal.wait(2, event="tls")})

    def test_implicit_to_a_plain_upstream(self):
        upstream = self.polite()
        _, port = self.implicit(upstream.port)
        self.check_implicit(self.implicit_client(port), upstream)

    def test_plain_to_an_implicit_upstream(self):
        upstream, address = self.implicit_upstream()
        proxy = self.proxy(address)
        self.check_implicit(ehlo(proxy.port), upstream, greeted=True)

    def test_implicit_on_both_sides(self):
        upstream, address = self.implicit_upstream()
        _, port = self.implicit(address)
        self.check_implicit(self.implicit_client(port), upstream)

    def test_openssl_on_both_sides(self):
        upstream = free_port()
        self.begin_openssl_server(upstream)
        _, port = self.implicit(f"smtps:127.0.0.1:{upstream}")
        result = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-ign_eof",
             "-verify_return_error", "-CAfile", f"{self.authority()}/ca.pem", "-verify_hostname",
             "mx.up.test"], input=b"EHLO x\nCLOSE\n", capture_output=True, timeout=15,
            check=False)
        self.assertIn(b"x OLHE\n", result.stdout, result.stderr)

    def begin_openssl_server(self, port: int) -> None:
        """s_server, which answers each line with itself, the wrong way round."""
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", str(port), "-cert", self.ecdsa.file, "-key",
             self.ecdsa.key, "-rev", "-quiet"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until(lambda: is_listening(port), "openssl s_server")

    def implicit_upstream(self) -> tuple:
        polite = PoliteServer()

        def script(connection: Connection) -> None:
            tls = TlsSocket(connection.socket, self.ecdsa.context(), server_side=True)
            polite(Connection(tls.handshake()))
        polite.server = self.scripted(script)
        return polite, f"smtps:127.0.0.1:{polite.server.port}"

    def check_implicit(self, client: Connection, upstream, greeted=False) -> None:
        letter = Letter()
        with client:
            if not greeted:
                self.assertEqual(b"220", client.reply()[:3])
            self.send(client, letter)
            self.assertEqual(b"221", client.say("QUIT")[:3])
        self.assertEqual([stuffed(letter)], upstream.messages)


class FailureTest(TlsStage):
    """Handshakes that fail or never end, and certificates that are not believed."""

    def test_a_handshake_that_never_ends_is_ended(self):
        upstream = self.polite()
        proxy, port = self.implicit(upstream.port, "--tls-timeout", "300ms")
        with Connection(socket.create_connection(("127.0.0.1", port))) as client:
            client.send(b"\x16\x03\x01\x02\x00")
            client.ending()
        close = proxy.journal.wait(event="close")[0]
        self.assertEqual("tls-failed", close["ending"])

    def test_an_upstream_that_never_answers_the_hello_is_given_up(self):
        upstream = self.scripted(lambda connection: connection.to_end())
        proxy = self.proxy(f"smtps:127.0.0.1:{upstream.port}", "--tls-timeout", "300ms")
        with Connection(socket.create_connection(("127.0.0.1", proxy.port))) as client:
            client.ending()
        self.assertEqual("tls-failed", proxy.journal.wait(event="close")[0]["ending"])
        self.assertTrue(upstream.wait_results(1)[0].startswith(b"\x16\x03\x01"))

    def test_an_upstream_that_tears_the_connection_at_its_word_for_tls(self):
        def script(connection: Connection) -> None:
            for reply in (b"220 hello\r\n", WITH_STARTTLS):
                connection.send(reply)
                connection.line()
            proxy.signal(signal.SIGSTOP)
            connection.send(b"220 go ahead\r\n")
            connection.reset()
            proxy.signal(signal.SIGCONT)
        proxy = self.proxy(self.scripted(script).port, "--tls", "intercept")
        with ehlo(proxy.port) as client:
            self.assertEqual(b"454", client.say("STARTTLS")[:3])

    def test_a_client_that_speaks_no_tls(self):
        upstream = self.polite()
        proxy, port = self.implicit(upstream.port)
        with Connection(socket.create_connection(("127.0.0.1", port))) as client:
            client.send(b"EHLO client.lab.test\r\n")
            client.ending()
        entry = proxy.journal.wait(event="tls")[0]
        self.assertIn("wrong version number", str(entry))

    def test_stalled_handshakes_hold_little(self):
        upstream = self.polite()
        proxy, port = self.implicit(upstream.port)
        before = proxy.memory_kb("VmRSS")
        stalled = [Connection(socket.create_connection(("127.0.0.1", port)))
                   for _ in range(STALLED)]
        for client in stalled:
            self.addCleanup(client.close)
            client.send(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc" + bytes(8000))
        proxy.journal.wait(STALLED, event="connect")
        self.assertLess((proxy.memory_kb("VmRSS") - before) / STALLED, KB_EACH_MAX)

    def test_an_upstream_that_is_not_believed(self):
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept", "--verify",
                           f"ca:{self.certificates['rsa'].file}")
        with ehlo(proxy.port) as client:
            self.assertEqual(b"454", client.say("STARTTLS")[:3])
        self.assertIn("self-signed certificate", str(proxy.journal.wait(event="tls")[0]))

    def test_an_upstream_that_is_believed_by_its_digest(self):
        upstream = self.secure_polite(self.ecdsa.context())
        der = ssl.PEM_cert_to_DER_cert(self.ecdsa.file.read_text())
        digest = subprocess.run(["openssl", "dgst", "-sha256", "-r"], input=der, check=True,
                                capture_output=True).stdout.decode().split()[0]
        proxy = self.proxy(upstream.server.port, "--tls", "intercept", "--verify",
                           f"pin:sha256:{digest}")
        with self.secured(proxy.port) as client:
            client.say("QUIT")

    def test_one_that_is_not_believed_may_be_gone_on_with(self):
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept", "--verify", "system",
                           "--verify-failure", "go-on")
        with self.secured(proxy.port) as client:
            client.say("QUIT")
        self.assertIn("self-signed certificate", str(proxy.journal.wait(event="tls")[0]))


class EndingTest(TlsStage):
    """close_notify, FIN and RST are three things, and are carried as what they are."""

    def begin(self, script) -> Connection:
        def secured(connection: Connection):
            tls = TlsSocket(connection.socket, self.ecdsa.context(), server_side=True)
            return script(Connection(tls.handshake()))
        self.upstream = self.scripted(secured)
        self.chaos, port = self.implicit(f"smtps:127.0.0.1:{self.upstream.port}")
        return self.implicit_client(port)

    @staticmethod
    def hears(connection: Connection) -> tuple:
        connection.send(b"220 hello\r\n")
        heard = connection.to_end()
        answer = (heard, connection.socket.was_cut)
        connection.send(b"221 still here\r\n")
        connection.finish()
        return answer

    def test_one_direction_ends_with_close_notify(self):
        with self.begin(self.hears) as client:
            client.reply()
            client.send(b"QUIT\r\n")
            client.finish()
            self.assertEqual(b"221 still here\r\n", client.to_end())
            self.assertFalse(client.socket.was_cut)
        self.assertEqual([(b"QUIT\r\n", False)], self.upstream.wait_results(1))

    def test_one_direction_is_cut_off(self):
        with self.begin(self.hears) as client:
            client.reply()
            client.send(b"QUIT\r\n")
            client.socket.cut()
            self.assertEqual(b"221 still here\r\n", client.to_end())
        self.assertEqual([(b"QUIT\r\n", True)], self.upstream.wait_results(1))
        self.assertEqual("tls-cut", self.chaos.journal.wait(event="error")[0]["error"])

    def test_a_reset_is_a_reset(self):
        def script(connection: Connection) -> str:
            connection.send(b"220 hello\r\n")
            return connection.ending()
        client = self.begin(script)
        client.reply()
        client.reset()
        self.assertEqual(["RST"], self.upstream.wait_results(1))


class FilesTest(TlsStage):
    """The files that TLS needs and makes."""

    def test_the_certificate_that_was_given_is_shown_and_read_again(self):
        upstream = self.polite()
        given = Certificate(self.directory, "given.test")
        proxy, port = self.implicit(upstream.port, "--certificate", given.file, "--key", given.key)
        self.assertIn(b"given.test", self.shown(port))
        other = Certificate(self.directory, "other.test")
        given.file.write_bytes(other.file.read_bytes())
        given.key.write_bytes(other.key.read_bytes())
        proxy.signal(signal.SIGHUP)
        wait_until(lambda: "certificates read again" in proxy.output(), "the certificate")
        self.assertIn(b"other.test", self.shown(port))

    def shown(self, port: int) -> bytes:
        with self.implicit_client(port) as client:
            return client.socket.tls.getpeercert(binary_form=True)

    def test_keys_are_logged_for_their_owner_alone(self):
        keys = self.directory / "keys"
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept", "--keylog", keys)
        with self.secured(proxy.port) as client:
            client.say("QUIT")
        self.assertEqual(0o600, stat.S_IMODE(keys.stat().st_mode))
        labels = [line.split()[0] for line in keys.read_text().splitlines()]
        self.assertEqual(2, labels.count("CLIENT_TRAFFIC_SECRET_0"))
        self.assertEqual({3}, {len(line.split()) for line in keys.read_text().splitlines()})

    def test_keys_that_others_could_read_are_not_logged(self):
        keys = self.directory / "open"
        keys.touch(0o644)
        proxy = self.unstarted_proxy(1, "--tls", "intercept", "--keylog", str(keys))
        proxy.spawn()
        self.assertEqual(74, proxy.wait())
        self.assertIn("others may read it", proxy.output())


if __name__ == "__main__":
    unittest.main()
