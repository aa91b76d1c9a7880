"""Each profile between two real programs: what arrived, what bounced, what stayed in the queue."""
import email
import time
import unittest
from datetime import datetime

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from lab.sendmail import Sendmail
from letter import Letter, content_of, decoded_content_of
from peers import ehlo
from stage import FromOneSender

SHORT_TIMER_S = 2


class ProfileTest(FromOneSender):
    """A test class with a receiver, `kind`, that lives as long as the class."""

    kind = Postfix
    settings = None

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.receiver = cls.server(cls.kind, "receiver", settings=cls.settings)

    def through(self, profile: str, kind, **options) -> tuple:
        return self.sends(kind, self.receiver.port, profiles=[profile], **options)

    def check_delivered(self, sender, letter: Letter) -> bytes:
        """The letter arrived once, unchanged, and the sender is done with it."""
        message = self.check_delivered_somehow(sender, letter)
        self.assertEqual(letter.content(), content_of(message))
        return message

    def check_delivered_somehow(self, sender, letter: Letter) -> bytes:
        """Likewise, but it may have been re-encoded, for a server without ESMTP takes no 8-bit."""
        sender.wait_queue_empty()
        [message] = self.receiver.wait_letter(letter)
        self.assertEqual(letter.content(), decoded_content_of(message))
        return message

    def check_bounced(self, sender, letter: Letter, text: bytes) -> None:
        """The author got the mail back with the text; the recipient got nothing."""
        [bounce] = sender.wait_messages(1)
        self.assertIn(text, b" ".join(bounce.split()))
        sender.wait_queue_empty()
        self.assert_nothing_arrived(letter)

    def check_queued(self, sender, letter: Letter, text: str) -> None:
        """The sender keeps the letter and noted why; the recipient got nothing."""
        sender.wait_deferred()
        self.assertIn(text, sender.logs())
        self.assertEqual(1, len(sender.queue()))
        self.assertEqual([], sender.messages())
        self.assert_nothing_arrived(letter)

    def assert_nothing_arrived(self, letter: Letter) -> None:
        self.receiver.settle()
        self.assertEqual([], self.receiver.copies(letter))


class CheckpointPermanentScanFailure(ProfileTest):
    NAME = "checkpoint-permanent-scan-failure"

    def test_mail_bounces_and_nothing_is_delivered(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.through(self.NAME, kind)
                self.check_bounced(sender, letter, b"Permanent scan failure. Email Session ID: {")

    def test_mail_that_passes_the_inspection_is_marked(self):
        sender, letter, _ = self.through(f"{self.NAME}:large", Postfix)
        message = email.message_from_bytes(self.check_delivered(sender, letter))
        self.assertRegex(message["X-CheckPoint"], r"\A\{[0-9A-F]{8}-[0-9A-F]-3A6A8C0-7B6\}\Z")

    def test_told_variant_delivers_and_bounces(self):
        sender, letter, _ = self.through(f"{self.NAME}:told", Postfix)
        [bounce] = sender.wait_messages(1)
        self.assertIn(b"Permanent scan failure", bounce)
        self.assertEqual(1, len(self.receiver.wait_letter(letter)))


class ExchangeLfDotBeforeAStrictReceiver(ProfileTest):
    kind = Exim

    def test_both_wait_until_the_senders_timer_fires_and_the_mail_stays_queued(self):
        sender, letter, proxy = self.through("exchange-lf-dot", Postfix, timer_s=SHORT_TIMER_S)
        self.check_queued(sender, letter, "timed out while sending end of data")
        proxy.journal.wait(event="close")
        self.assert_nothing_arrived(letter)


class ExchangeLfDotBeforeALenientReceiver(ProfileTest):
    def test_mail_arrives(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("exchange-lf-dot", kind)
                self.check_delivered(sender, letter)
                [rule] = proxy.journal.rules(mutator="terminator")
                self.assertEqual("\\n.\\r\\n", rule["after"])


class GreylistVariants(ProfileTest):
    def test_mail_is_put_off_and_an_early_retry_too(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("greylist-variants", kind)
                self.check_queued(sender, letter, "Greylisted")
                sender.flush()
                proxy.journal.wait(2, event="rule", mutator="greylist")
                self.check_queued(sender, letter, "Greylisted")

    def test_mail_is_delivered_once_the_wait_is_over(self):
        rule = 'to server command RCPT greylist wait=1s reply="451 4.7.1 Greylisted"'
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.sends(kind, self.receiver.port, rules=[rule])
                self.check_queued(sender, letter, "Greylisted")
                over = time.monotonic() + 1.0
                self.wait_until(lambda: time.monotonic() > over, "the wait to be over")
                sender.flush()
                self.check_delivered(sender, letter)

    def test_whole_message_is_put_off_behind_its_end(self):
        sender, letter, _ = self.through("greylist-variants:end-of-data", Postfix)
        self.check_queued(sender, letter, "Greylisted")


class ExchangeBackPressure(ProfileTest):
    TEXT = "452 4.3.1 Insufficient system resources"

    def test_mail_stays_queued_when_452_stands_for_the_greeting(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("exchange-back-pressure", kind)
                self.check_queued(sender, letter, self.TEXT)
                self.assertEqual([], proxy.journal.entries(event="command", verb="MAIL"))

    def test_mail_stays_queued_when_452_stands_for_mail(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("exchange-back-pressure:mail", kind)
                self.check_queued(sender, letter, self.TEXT)

    def test_mail_is_delivered_when_the_pressure_is_gone(self):
        rule = f'to client greeting once per run greeting text="{self.TEXT}"'
        sender, letter, _ = self.sends(Postfix, self.receiver.port, rules=[rule])
        self.check_queued(sender, letter, self.TEXT)
        sender.flush()
        self.check_delivered(sender, letter)


class ExchangeTarpit(ProfileTest):
    settings = {"smtpd_recipient_restrictions":
                "check_recipient_access inline:{nobody@dest.test=REJECT}"}

    def test_refusals_wait_and_mail_is_delivered(self):
        letter = Letter(recipients=("bob@dest.test", "nobody@dest.test"))
        sender, _, proxy = self.through("exchange-tarpit", Postfix, letter=letter)
        self.check_delivered(sender, letter)
        [delay] = proxy.journal.rules(mutator="delay")
        self.assertEqual("5s", delay["parameters"]["time"])
        self.assertIn("554 5.7.1", delay["before"])
        self.assertGreaterEqual(self.lasted_s(proxy), 5.0)
        [bounce] = sender.wait_messages(1)
        self.assertIn(b"nobody@dest.test", bounce)

    def lasted_s(self, proxy) -> float:
        """How long the session took, by the journal's own clock."""
        first, last = (proxy.journal.wait(event=event)[0]["time"] for event in ("connect", "close"))
        return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


class ExchangeEhlo501(ProfileTest):
    def test_sender_falls_back_to_helo_and_delivers(self):
        for kind in (Postfix, Exim, OpenSmtpd, Sendmail):
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("exchange-ehlo-501:any-name", kind)
                self.check_delivered_somehow(sender, letter)
                self.assertTrue(proxy.journal.entries(event="command", verb="HELO"))

    def test_name_with_a_dot_behind_it_is_refused(self):
        sender, letter, _ = self.through("exchange-ehlo-501", Postfix,
                                         settings={"smtp_helo_name": "client.lab.test."})
        self.check_bounced(sender, letter, b"501 5.5.4 Invalid Address")

    def test_right_name_is_fine(self):
        sender, letter, proxy = self.through("exchange-ehlo-501", Postfix)
        self.check_delivered(sender, letter)
        self.assertEqual([], proxy.journal.rules())


class BannerPolicyText(ProfileTest):
    def test_every_sender_delivers(self):
        for kind in (Postfix, Exim, OpenSmtpd, Sendmail):
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("banner-policy-text", kind)
                self.check_delivered(sender, letter)
                [rule] = proxy.journal.rules()
                self.assertIn("Business and Professions Code", rule["after"])

    def test_sender_that_looks_for_esmtp_says_helo_and_delivers(self):
        sender, letter, proxy = self.through("banner-policy-text:california", Postfix,
                                             settings={"smtp_always_send_ehlo": "no"})
        self.check_delivered_somehow(sender, letter)
        self.assertTrue(proxy.journal.entries(event="command", verb="HELO"))
        self.assertFalse(proxy.journal.entries(event="command", verb="EHLO"))


class DnsblReject(ProfileTest):
    def test_mail_bounces_with_the_text(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("dnsbl-reject", kind)
                self.check_bounced(sender, letter, b"blocked using zen.spamhaus.org")

    def test_521_for_the_greeting_keeps_mail_out(self):
        sender, letter, _ = self.through("dnsbl-reject:postscreen", Exim)
        self.assert_nothing_arrived(letter)
        sender.wait_log("521 5.7.1 Service unavailable")


class PixBannerMask(ProfileTest):
    def test_every_sender_delivers(self):
        for kind in (Exim, OpenSmtpd, Sendmail):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("pix-banner-mask", kind)
                self.check_delivered(sender, letter)

    def test_postfix_recognises_the_firewall(self):
        sender, letter, proxy = self.through("pix-banner-mask", Postfix, settings={
            "smtp_pix_workaround_threshold_time": "0s", "smtp_pix_workaround_delay_time": "1s",
            "smtp_pix_workarounds": "delay_dotcrlf"})
        sender.wait_log("enabling PIX workarounds: delay_dotcrlf")
        self.check_delivered(sender, letter)
        [rule] = proxy.journal.rules(mutator="mask")
        self.assertEqual(len(rule["before"]), len(rule["after"]))


class AsaEhloMask(ProfileTest):
    kind = Exim
    settings = {"tls_advertise_hosts": "*"}

    def test_starttls_is_offered_without_the_firewall_only(self):
        proxy = self.proxy(self.receiver.port, profiles=["asa-ehlo-mask"])
        for port, offered in ((self.receiver.port, True), (proxy.port, False)):
            with ehlo(port) as client:
                self.assertEqual(offered, b"STARTTLS" in client.say("EHLO client.lab.test"))

    def test_sender_that_may_use_tls_delivers_in_the_clear(self):
        sender, letter, proxy = self.through("asa-ehlo-mask", Postfix,
                                             settings={"smtp_tls_security_level": "may"})
        self.check_delivered_somehow(sender, letter)
        self.assertEqual([], proxy.journal.entries(event="command", verb="STARTTLS"))
        self.assertEqual(1, len(proxy.journal.entries(event="command", verb="MAIL")))

    def test_sender_that_must_use_tls_keeps_the_mail(self):
        sender, letter, _ = self.through("asa-ehlo-mask", Postfix,
                                         settings={"smtp_tls_security_level": "encrypt"})
        self.check_queued(sender, letter, "TLS is required, but was not offered")


class LostFinal250(ProfileTest):
    def test_mail_is_delivered_again_with_each_attempt(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("lost-final-250", kind, timer_s=SHORT_TIMER_S)
                self.receiver.wait_letter(letter)
                sender.wait_deferred()
                self.assertEqual(1, len(sender.queue()))
                sender.flush()
                self.assertEqual(2, len(self.receiver.wait_letter(letter, 2)))
                self.assertEqual(1, len(sender.queue()))

    def test_once_variant_hears_the_second_acknowledgement(self):
        sender, letter, _ = self.through("lost-final-250:once", Postfix, timer_s=SHORT_TIMER_S)
        sender.wait_deferred()
        sender.flush()
        sender.wait_queue_empty()
        self.assertEqual(2, len(self.receiver.wait_letter(letter, 2)))


if __name__ == "__main__":
    unittest.main()
