"""Postfix and Exim with STARTTLS on both sides: mail arrives, and rules see all of it."""
import shutil
import unittest

from lab.exim import Exim
from lab.postfix import Postfix
from letter import Letter, content_of
from tls_peers import Certificate
from tls_stage import TlsStage

POSTFIX_CERTIFICATE = "/etc/postfix/tls.pem"
EXIM_CERTIFICATE = "/etc/exim4/tls.pem"


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
        self.wait_until(proxy.journal.rules, "the rule in the journal")
        self.assertEqual(1, len(proxy.journal.rules()))


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
