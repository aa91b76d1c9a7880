"""What security gateways do to mail between two real programs: the profiles of that group."""
import unittest

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from letter import Letter, content_of
from test_profiles_real import SHORT_TIMER_S, ProfileTest

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def infected(**options) -> Letter:
    return Letter([b"before", EICAR, b"after"], **options)


class BlockedMail(ProfileTest):
    """Before a receiver that logs what it got."""

    def check_refused(self, profile: str, text: bytes, kinds=(Postfix, Exim)) -> None:
        for kind in kinds:
            with self.subTest(kind.program):
                sender, letter, _ = self.through(profile, kind, letter=infected())
                self.check_bounced(sender, letter, text)

    def check_clean_mail_passes(self, profile: str) -> None:
        sender, letter, _ = self.through(profile, Postfix)
        self.check_delivered(sender, letter)

    def test_paloalto_bounces_with_a_code_of_no_rfc_and_leaves_the_server_waiting(self):
        sender, letter, proxy = self.through("paloalto-541", Postfix, letter=infected())
        [bounce] = sender.wait_messages(1)
        self.assertIn(b"541 5.4.1 Content blocked", b" ".join(bounce.split()))
        sender.wait_queue_empty()
        self.assertEqual([], self.receiver.copies(letter))
        self.assertEqual([], proxy.journal.entries(event="close"))

    def test_fortigate_cuts_the_server_off(self):
        self.check_refused("fortigate-splice", b"blocked because it contains a virus")
        self.check_clean_mail_passes("fortigate-splice")

    def test_gateway_antivirus_bounces_and_hangs_up(self):
        self.check_refused("gav-5xx-close", b"552 Message blocked")
        self.check_refused("gav-5xx-close:watchguard", b"554 Transaction Failed")

    def test_store_and_forward_bounces_and_the_server_hears_rset(self):
        self.check_refused("fsecure-store-forward", b"554 Infected by", (Postfix, OpenSmtpd))
        self.check_clean_mail_passes("fsecure-store-forward")

    def test_keepalive_to_the_server_harms_nothing(self):
        rules = ["to server command DATA hold noop=200ms", "to server body-end delay time=1s"]
        sender, letter, _ = self.sends(Postfix, self.receiver.port, rules=rules)
        self.check_delivered(sender, letter)


class StoreAndForward(ProfileTest):
    settings = {"smtpd_recipient_restrictions":
                "check_recipient_access inline:{nobody@dest.test=REJECT}"}

    def test_one_refused_recipient_ends_the_session_for_all(self):
        letter = Letter(recipients=("nobody@dest.test", "bob@dest.test"))
        sender, _, _ = self.through("fsecure-store-forward", Postfix, letter=letter)
        sender.wait_deferred()
        self.assertEqual(1, len(sender.queue()))
        self.assert_nothing_arrived(letter)


class SilentDrop(ProfileTest):
    def test_mail_vanishes_with_a_250(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("clamsmtp-silent-drop", kind, letter=infected())
                sender.wait_queue_empty()
                self.assertEqual([], sender.messages())
                self.assert_nothing_arrived(letter)

    def test_clean_mail_is_marked(self):
        sender, letter, _ = self.through("clamsmtp-silent-drop", Postfix)
        message = self.check_delivered(sender, letter)
        self.assertIn(b"X-Virus-Scanned: ClamAV using ClamSMTP", message)

    def test_infected_mail_is_marked_and_delivered(self):
        sender, letter, _ = self.through("clamsmtp-silent-drop:pass", Postfix, letter=infected())
        self.assertIn(b"X-Virus-Infected:", self.check_delivered(sender, letter))


class BodyReplacement(ProfileTest):
    kind = Exim

    def test_another_mail_is_delivered(self):
        sender, letter, _ = self.through("body-replacement", Postfix, letter=infected())
        sender.wait_queue_empty()
        [message] = self.receiver.wait_letter(letter)
        self.assertIn(b"contains contaminated file eicar.com", message)
        self.assertNotIn(b"EICAR-STANDARD", message)

    def test_chunked_mail_passes_unscanned(self):
        sender, letter, proxy = self.through("body-replacement", Exim, letter=infected())
        self.assertIn(EICAR, self.check_delivered(sender, letter))
        self.assertTrue(proxy.journal.entries(event="command", verb="BDAT"))


class KeepAlive(ProfileTest):
    LINES = 'to client reply {} after DATA keep-alive line="250-Scanning" every=300ms count=3'

    def test_the_last_line_counts(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.sends(kind, self.receiver.port,
                                               rules=[self.LINES.format(250)])
                self.check_delivered(sender, letter)

    def test_contradiction_goes_by_the_last_line(self):
        rules = ["to server command DATA hold",
                 'to server body-end answer reply="554 5.7.1 Virus detected."',
                 self.LINES.format(554)]
        sender, letter, _ = self.sends(Postfix, self.receiver.port, rules=rules)
        self.check_bounced(sender, letter, b"554 5.7.1 Virus detected.")

    def test_an_end_in_the_midst_of_the_reply_delivers_twice(self):
        rules = [self.LINES.format(250),
                 "to client reply 250 after DATA once per run finish after=42"]
        sender, letter, _ = self.sends(Postfix, self.receiver.port, rules=rules)
        sender.wait_deferred()
        sender.flush()
        sender.wait_queue_empty()
        self.assertEqual(2, len(self.receiver.wait_letter(letter, 2)))


class DesktopScanners(ProfileTest):
    def test_avast_signs_every_mail(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("avast-header-insert", kind)
                message = self.check_delivered(sender, letter)
                self.assertIn(b"X-Antivirus: Avast (VPS 210113-0, 01/12/2021)", message)

    def test_timeout_protection_keeps_the_server(self):
        rule = "to server body dribble-header name=X-Symantec-TimeoutProtection count=3 gap=300ms"
        sender, letter, _ = self.sends(Postfix, self.receiver.port, rules=[rule])
        message = self.check_delivered(sender, letter)
        for i in range(3):
            self.assertIn(b"X-Symantec-TimeoutProtection: %d" % i, message)

    def test_worm_stopper_lets_the_fifth_mail_wait(self):
        sender = self.sender(Postfix, "worm", timer_s=SHORT_TIMER_S)
        self.proxy(self.receiver.port, port=sender.relay_port, profiles=["mcafee-wormstopper"])
        letters = [Letter() for _ in range(5)]
        for letter in letters[:4]:
            sender.submit(letter)
            self.check_delivered(sender, letter)
        sender.submit(letters[4])
        sender.wait_deferred()
        self.assertEqual(1, len(sender.queue()))
        self.assert_nothing_arrived(letters[4])


class Reputation(ProfileTest):
    def test_mail_is_kept_when_554_stands_for_the_greeting(self):
        sender, letter, _ = self.through("gateway-reputation", Postfix)
        self.check_queued(sender, letter, "refused to talk to me: 554-esa10")

    def test_listed_address_bounces_and_dynamic_one_waits(self):
        sender, letter, _ = self.through("gateway-reputation:trend", Postfix)
        self.check_bounced(sender, letter, b"blocked using Trend Micro RBL+")
        sender, letter, _ = self.through("gateway-reputation:trend-dynamic", Exim)
        self.check_queued(sender, letter, "450 Service temporarily unavailable")


class Outcomes(ProfileTest):
    def test_false_accept_loses_mail(self):
        rule = "to server body-end false-accept"
        sender, letter, _ = self.sends(Exim, self.receiver.port, rules=[rule])
        sender.wait_queue_empty()
        self.assertEqual([], sender.messages())
        self.assert_nothing_arrived(letter)

    def test_deliver_twice_doubles_mail(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                rules = ["to client reply 250 after EHLO ehlo remove=CHUNKING",
                         "to server command DATA deliver-twice"]
                sender, letter, _ = self.sends(kind, self.receiver.port, rules=rules)
                sender.wait_queue_empty()
                first, second = self.receiver.wait_letter(letter, 2)
                self.assertEqual(content_of(first), content_of(second))


if __name__ == "__main__":
    unittest.main()
