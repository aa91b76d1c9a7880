"""With no rule the proxy is a wire: every sender reaches every receiver as if it were not there."""
import unittest

from lab.aiosmtpd import Aiosmtpd
from lab.dovecot import Dovecot
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix, SmtpSink
from lab.sendmail import Sendmail
from letter import Letter, content_of
from network import free_port
from stage import Stage


class AllSenders:
    """Each sender sends one message to `receiver`; it arrives once, and its bytes are exact."""

    receiver = None

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.at_receiver = cls.server(cls.receiver, "receiver")

    def test_from_postfix(self):
        self.check_queueing(Postfix)

    def test_from_exim(self):
        self.check_queueing(Exim)

    def test_from_opensmtpd(self):
        self.check_queueing(OpenSmtpd)

    def test_from_sendmail(self):
        self.check_queueing(Sendmail)

    def test_from_one_shot_clients(self):
        self.check_clients("msmtp", "swaks", "curl", "smtplib")

    def test_from_nodemailer(self):
        self.need("nodemailer")
        self.check_clients("nodemailer")

    def check_clients(self, *names: str) -> None:
        proxy = self.proxy(self.at_receiver.port)
        clients = self.clients()
        for name in names:
            with self.subTest(name):
                letter = Letter()
                status, said = getattr(clients, name)(proxy.port, letter)
                self.assertEqual(0, status, said)
                self.check_arrived(letter)

    def check_queueing(self, kind) -> None:
        sender = self.sender(kind, kind.program)
        proxy = self.proxy(self.at_receiver.port, port=sender.relay_port)
        letter = Letter()
        sender.submit(letter)
        sender.wait_queue_empty()
        self.check_arrived(letter)
        self.assertEqual([], proxy.journal.rules())

    def check_arrived(self, letter: Letter) -> None:
        messages = self.at_receiver.wait_letter(letter)
        self.assertEqual(1, len(messages))
        self.assertEqual(letter.content(), content_of(messages[0]))


class ToPostfix(AllSenders, Stage):
    receiver = Postfix


class ToExim(AllSenders, Stage):
    receiver = Exim


class ToOpenSmtpd(AllSenders, Stage):
    receiver = OpenSmtpd


class ToSendmail(AllSenders, Stage):
    receiver = Sendmail


class ToAiosmtpd(AllSenders, Stage):
    receiver = Aiosmtpd


class ToDovecotByLmtp(Stage):
    """Postfix hands mail to Dovecot by LMTP, which answers the dot once for each recipient."""

    def test_each_recipient_gets_its_reply_and_its_copy(self):
        dovecot = self.server(Dovecot, "dovecot")
        port = free_port()
        postfix = self.server(Postfix, "postfix", relay_port=port, settings={
            "relayhost": "", "default_transport": f"lmtp:inet:127.0.0.1:{port}"})
        self.proxy(dovecot.port, port=port)
        letter = Letter(recipients=("bob@dest.test", "eve@dest.test"))
        postfix.submit(letter)
        postfix.wait_queue_empty()
        self.assertEqual(2, len(dovecot.wait_letter(letter, 2)))


class ManySessionsAtOnce(Stage):
    """Postfix's smtp-source before its smtp-sink."""

    MESSAGES, SESSIONS, SIZE = 1_000, 50, 20_000

    def test_every_message_passes(self):
        sink = self.server(SmtpSink, "sink")
        proxy = self.proxy(sink.port)
        sink.source(proxy.port, self.MESSAGES, self.SESSIONS, self.SIZE)
        closes = proxy.journal.wait(self.MESSAGES, event="close")
        self.assertEqual(self.MESSAGES, sum(entry["totals"]["messages"] for entry in closes))


if __name__ == "__main__":
    unittest.main()
