"""What real TLS clients and servers make of each thing that can be done to a handshake."""
import ssl
import unittest

from lab.wait import wait_until
from peers import Connection, connect, ehlo
from tls_peers import TlsSocket, trusting
from tls_stage import TlsStage


class ClientFaultsTest(TlsStage):
    """Faults in the handshake with the client, which is Python's with OpenSSL."""

    def tried(self, rule: str, version: str = None, context=None) -> TlsSocket:
        """A client that has come as far as its handshake comes."""
        upstream = self.polite()
        self.chaos = self.proxy(upstream.port, "--tls", "client", rules=[rule])
        client = ehlo(self.chaos.port)
        self.addCleanup(client.close)
        self.assertEqual(b"220", client.say("STARTTLS")[:3])
        return TlsSocket(client.socket, context or trusting(version),
                         server_name="mx.up.test").handshake()

    def fails(self, rule: str, version: str = None) -> str:
        """How the client puts it."""
        with self.assertRaises((ssl.SSLError, ConnectionError)) as caught:
            self.tried(rule, version)
        trouble = self.chaos.journal.wait(event="tls", direction="to client")[0]
        self.assertNotIn("version", trouble)
        return getattr(caught.exception, "reason", None) or type(caught.exception).__name__

    def test_the_highest_version(self):
        self.assertEqual("TLSv1.2", self.tried("to client tls tls highest=1.2").tls.version())

    def test_a_version_that_the_client_does_not_want(self):
        self.assertIn("PROTOCOL_VERSION", self.fails("to client tls tls lowest=1.3", "TLSv1.2"))

    def test_the_cipher(self):
        rule = 'to client tls tls ciphers="ECDHE-ECDSA-CHACHA20-POLY1305"'
        self.assertEqual("ECDHE-ECDSA-CHACHA20-POLY1305", self.tried(rule).tls.cipher()[0])

    def test_an_alert(self):
        self.assertIn("ALERT_HANDSHAKE_FAILURE",
                      self.fails("to client tls tls alert=handshake_failure"))

    def test_a_cut(self):
        for moment in ("before", "hello", "within"):
            with self.subTest(moment):
                self.assertIn(self.fails(f"to client tls tls cut={moment}", "TLSv1.2"),
                              ("ConnectionAbortedError", "BrokenPipeError",
                               "ConnectionResetError"))

    def test_a_reset(self):
        for moment in ("before", "hello", "within"):
            with self.subTest(moment):
                self.assertIn(self.fails(f"to client tls tls reset={moment}", "TLSv1.2"),
                              ("ConnectionResetError", "BrokenPipeError"))

    def test_plain_text_in_place_of_the_answer(self):
        rule = 'to client tls tls plain="454 4.7.0 TLS not available"'
        self.assertEqual("WRONG_VERSION_NUMBER", self.fails(rule))

    def test_a_stall_that_ends(self):
        for moment in ("before", "hello", "within"):
            with self.subTest(moment):
                tls = self.tried(f"to client tls tls stall={moment} time=50ms", "TLSv1.2")
                self.assertEqual(b"250", Connection(tls).say("EHLO again")[:3])

    def test_small_records(self):
        for version in ("TLSv1.2", "TLSv1.3"):
            with self.subTest(version):
                tls = self.tried("to client tls tls fragment=16B", version)
                self.assertEqual(b"250", Connection(tls).say("EHLO again")[:3])

    def test_no_tickets(self):
        tls = self.tried("to client tls tls tickets=no", "TLSv1.2")
        self.assertFalse(tls.tls.session.has_ticket)

    def test_no_close_notify(self):
        tls = self.tried("to client tls no-close-notify")
        client = Connection(tls)
        client.say("QUIT")
        client.to_end()
        self.assertTrue(tls.was_cut)

    def test_certificates_that_a_careful_client_refuses(self):
        careful = ssl.create_default_context(cafile=f"{self.authority()}/ca.pem")
        for kind, words in (("expired", "expired"), ("not-yet-valid", "not yet valid"),
                            ("wrong-name", "mismatch"), ("self-signed", "self-signed"),
                            ("untrusted", "self-signed"), ("weak", "key too weak"),
                            ("missing-intermediate", "unable to get local issuer")):
            with self.subTest(kind), self.assertRaises(ssl.SSLError) as caught:
                self.tried(f"to client tls certificate kind={kind}", context=careful)
            self.assertIn(words, str(caught.exception))


class ServerFaultsTest(TlsStage):
    """Faults in the handshake with the server: the client hears what became of it."""

    def heard(self, rule: str, *options) -> bytes:
        """What STARTTLS is answered with."""
        upstream = self.secure_polite(self.ecdsa.context())
        proxy = self.proxy(upstream.server.port, "--tls", "intercept", *options, rules=[rule])
        with ehlo(proxy.port) as client:
            return client.say("STARTTLS")[:3]

    def test_a_server_that_is_treated_badly_is_given_up(self):
        for how in ("cut=hello", "reset=hello", "alert=internal_error", 'garbage="\\x00\\x01"'):
            with self.subTest(how):
                self.assertEqual(b"454",
                                 self.heard(f"to server tls tls {how}", "--tls-timeout", "500ms"))

    def test_a_server_does_not_mind_small_records(self):
        self.assertEqual(b"220", self.heard("to server tls tls fragment=7B"))

    def test_clear_text_behind_close_notify_in_the_midst_of_a_mail(self):
        heard = []

        def script(connection: Connection) -> None:
            connection.send(b"220 mx.lab.test ESMTP\r\n")
            tls = None
            while line := connection.line():
                connection.send(b"354 go\r\n" if line == b"DATA\r\n" else b"250 ok\r\n")
                if line == b"DATA\r\n":
                    break
            tls = connection.socket
            heard.append(connection.to_end())
            heard.append(tls.incoming.read() or tls.endpoint.recv(1000))

        def secured(connection: Connection) -> None:
            context = self.ecdsa.context()
            script(Connection(TlsSocket(connection.socket, context, server_side=True).handshake()))
        upstream = self.scripted(secured)
        proxy = self.proxy(f"smtps:127.0.0.1:{upstream.port}", rules=[
            'to server body inject-plaintext text="RSET"'])
        with connect(proxy.port) as client:
            client.reply()
            for command in ("EHLO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA"):
                client.say(command)
            client.send(b"Subject: x\r\n\r\none\r\ntwo\r\n")
            wait_until(lambda: len(heard) == 2, "the clear text")
        self.assertTrue(heard[1].startswith(b"RSET\r\n"), heard)


if __name__ == "__main__":
    unittest.main()
