"""Postfix and Exim with STARTTLS on both sides: mail arrives, and rules see all of it."""
import shutil
import ssl
import unittest

from built_in import send
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from letter import Letter, content_of
from peers import Connection, ehlo
from tls_peers import Certificate, TlsSocket, trusting
from tls_stage import TlsStage

POSTFIX_CERTIFICATE = "/etc/postfix/tls.pem"
EXIM_CERTIFICATE = "/etc/exim4/tls.pem"

# Each fault in the handshake with a server, and what its client hears in the end: a server that
# fails is given up, and is there for the next session.
TO_SERVER = {
    "tls cut=hello": b"454", "tls reset=hello": b"454", "tls cut=within": b"454",
    "tls alert=internal_error": b"454", 'tls garbage="\\x15\\x00\\xff" at=before': b"454",
    'tls plain="EHLO again" at=before': b"454", "tls fragment=7B": b"220",
    "tls stall=within time=20ms": b"220", "tls highest=1.2": b"220", "no-close-notify": b"220",
    'inject-plaintext text="RSET"': b"220",
}


class RealTest(TlsStage):
    """Each server and each sender, with TLS made anew in between."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.receivers = {
            Postfix: cls.server(with_certificate(Postfix, cls.certificates["rsa"]), "to-postfix",
                                settings={"smtpd_tls_security_level": "encrypt",
                                          "smtpd_tls_chain_files": POSTFIX_CERTIFICATE}),
            Exim: cls.server(with_certificate(Exim, cls.certificates["ecdsa"]), "to-exim",
                             settings={"tls_advertise_hosts": "*",
                                       "tls_certificate": EXIM_CERTIFICATE}),
        }

    def test_postfix_that_insists_to_postfix(self):
        self.check(Postfix, Postfix, {"smtp_tls_security_level": "encrypt"})

    def test_postfix_that_insists_to_exim(self):
        self.check(Postfix, Exim, {"smtp_tls_security_level": "encrypt"})

    def test_exim_to_postfix(self):
        self.check(Exim, Postfix, {})

    def test_exim_to_exim(self):
        self.check(Exim, Exim, {})

    def test_what_servers_make_of_a_fault(self):
        for kind, receiver in self.receivers.items():
            for fault, answer in TO_SERVER.items():
                with self.subTest(server=kind.program, fault=fault):
                    proxy = self.proxy(receiver.port, "--tls", "intercept", "--tls-timeout",
                                       "2s", rules=[f"to server tls {fault}"])
                    with ehlo(proxy.port) as client:
                        self.assertEqual(answer, client.say("STARTTLS")[:3])
                        if answer == b"220":
                            tls = TlsSocket(client.socket, trusting()).handshake()
                            self.assertEqual(b"250", Connection(tls).say("EHLO again")[:3])
                    self.assertEqual([], proxy.journal.entries(error="injected"))

    def test_opensmtpd_grants_what_it_cannot_do(self):
        """Debian 12's, older than OpenSSL 3, fails in each handshake, without us as with us."""
        receiver = self.server(WithTls, "to-opensmtpd")
        with ehlo(receiver.port) as client:
            self.assertEqual(b"220", client.say("STARTTLS")[:3])
            with self.assertRaises(ssl.SSLError):
                TlsSocket(client.socket, trusting()).handshake()
        proxy = self.proxy(receiver.port, "--tls", "intercept")
        with ehlo(proxy.port) as client:
            self.assertEqual(b"454", client.say("STARTTLS")[:3])
        self.assertRegex(proxy.journal.wait(event="tls", direction="to server")[0]["reason"],
                         "internal error")

    def test_opensmtpd_behind_a_proxy_that_makes_tls_for_it(self):
        """From the first byte: it takes no second EHLO, which follows from STARTTLS."""
        receiver = self.server(OpenSmtpd, "plain-opensmtpd")
        proxy, port = self.implicit(receiver.port)
        sent = send(port, "--tls", "implicit", "--from", "ann@me.test", "--to", "bob@dest.test")
        self.assertEqual(0, sent.status, sent.err)
        receiver.wait_messages(1)
        self.assertEqual(["to client"], [entry["direction"] for entry
                                         in proxy.journal.wait(event="tls")])

    def check(self, sender_kind, receiver_kind, settings: dict) -> None:
        receiver = self.receivers[receiver_kind]
        sender = self.sender(sender_kind, f"from{len(self.cast)}", settings=settings)
        proxy = self.proxy(receiver.port, "--tls", "intercept", port=sender.relay_port, rules=[
            "to client reply 250 after RCPT tls=yes delay time=1ms"])
        letter = Letter()
        sender.submit(letter)
        messages = receiver.wait_letter(letter)
        sender.wait_queue_empty()
        self.assertEqual([letter.content()], [content_of(message) for message in messages])
        self.assertEqual({"to client", "to server"},
                         {entry["direction"] for entry in proxy.journal.wait(2, event="tls")})
        self.assertEqual(1, len(proxy.journal.wait(event="rule")))


class WithTls(OpenSmtpd):
    """With a certificate of its own, in the places that its manual names."""

    LISTEN = 'pki {host} cert "/etc/ssl/mx.pem"\npki {host} key "/etc/ssl/private/mx.key"\nlisten'

    def configure(self) -> None:
        super().configure()
        file = self.directory / "conf/smtpd.conf"
        text = file.read_text().replace("listen", self.LISTEN.format(host=self.host_name), 1)
        file.write_text(text.replace(" hostname ", f" tls pki {self.host_name} hostname ", 1))
        self.certificate = Certificate(self.directory, self.host_name)

    def launch(self) -> None:
        self.box.shell(f"install -D -m 644 {self.certificate.file} /etc/ssl/mx.pem;"
                       f"install -D -m 600 {self.certificate.key} /etc/ssl/private/mx.key")
        super().launch()


def with_certificate(kind, certificate: Certificate):
    """The same server, with the certificate in its folder for configuration."""

    class WithCertificate(kind):
        def configure(self) -> None:
            super().configure()
            file = self.directory / "conf/tls.pem"
            file.write_bytes(certificate.key.read_bytes() + certificate.file.read_bytes())
            # The key is read as root, or as the user that the program has become.
            file.chmod(0o644)
            shutil.chown(file, 0, 0)
    return WithCertificate


if __name__ == "__main__":
    unittest.main()
