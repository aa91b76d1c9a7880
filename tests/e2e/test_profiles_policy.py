"""Profiles of receivers with a policy, between two real programs: what became of the mail."""
import unittest

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from letter import Letter
from peers import ehlo
from test_profiles_real import ProfileTest

QUEUEING = (Postfix, Exim, OpenSmtpd)


class ProviderThrottle(ProfileTest):
    def test_421_for_mail_leaves_it_in_the_queue(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("provider-throttle", kind)
                self.check_queued(sender, letter, "TSS04")

    def test_a_4xx_code_counts_although_its_text_says_permanently(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("provider-throttle:yahoo-ts03", kind)
                self.check_queued(sender, letter, "permanently deferred")

    def test_553_comes_back_to_the_author(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("provider-throttle:yahoo-tss09", kind)
                self.check_bounced(sender, letter, b"Retrying will NOT succeed")

    def test_six_lines_of_421_behind_the_mail_leave_it_in_the_queue(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("provider-throttle:gmail-unsolicited", kind)
                self.check_queued(sender, letter, "unusual rate")

    def test_421_for_rcpt_leaves_it_in_the_queue(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("provider-throttle:apple", kind)
                self.check_queued(sender, letter, "excessive volume")


class SizeAndRcptLimits(ProfileTest):
    """Twelve recipients where ten are taken."""

    def twelve(self) -> Letter:
        return Letter(recipients=tuple(f"bob{n}@dest.test" for n in range(12)))

    def test_recipients_beyond_the_limit_are_delivered_later(self):
        letter = self.twelve()
        profile = "size-and-rcpt-limits:exim-recipients"
        sender, _, _ = self.through(profile, Postfix, letter=letter)
        self.assertEqual(10, len(self.receiver.wait_letter(letter, 10)))
        sender.wait_deferred()
        sender.flush()
        sender.wait_queue_empty()
        self.assertEqual(12, len(self.receiver.wait_letter(letter, 12)))
        self.assertEqual([], sender.messages())

    def test_postfix_takes_552_for_final(self):
        """RFC 5321 section 4.5.3.1.10 would have it taken for 452."""
        letter = self.twelve()
        profile = "size-and-rcpt-limits:exim-recipients-552"
        sender, _, _ = self.through(profile, Postfix, letter=letter)
        [bounce] = sender.wait_messages(1)
        self.assertIn(b"552 too many recipients", bounce)
        sender.wait_queue_empty()
        self.assertEqual(10, len(self.receiver.wait_letter(letter, 10)))

    def test_one_recipient_a_transaction_reaches_all_in_the_end(self):
        letter = Letter(recipients=("bob@dest.test", "eve@dest.test"))
        sender, _, _ = self.through("size-and-rcpt-limits:gmail", Postfix, letter=letter)
        self.assertEqual(1, len(self.receiver.wait_letter(letter)))
        sender.wait_deferred()
        sender.flush()
        sender.wait_queue_empty()
        self.assertEqual(2, len(self.receiver.wait_letter(letter, 2)))

    def test_no_room_leaves_mail_in_the_queue(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("size-and-rcpt-limits:postfix-space", kind)
                self.check_queued(sender, letter, "452 4.3.1")


class CalloutDelay(ProfileTest):
    def test_the_first_attempt_is_put_off_and_the_second_delivers(self):
        sender, letter, proxy = self.through("callout-delay", Postfix, timer_s=20)
        proxy.journal.wait(event="rule", mutator="delay")
        sender.wait_log("Address verification in progress", 20)
        self.check_queued(sender, letter, "Address verification in progress")
        sender.flush()
        self.check_delivered(sender, letter)

    def test_a_timer_that_is_too_short_leaves_it_in_the_queue(self):
        sender, letter, _ = self.through("callout-delay", Postfix, timer_s=2)
        self.check_queued(sender, letter, "timed out")


class OddCodes(ProfileTest):
    def test_a_code_that_nobody_knows_counts_by_its_first_digit(self):
        for variant, text in ("stalwart-422", "422 4.2.2"), ("barracuda-420", "420 Service"):
            for kind in (Postfix, Exim):
                with self.subTest(f"{variant} {kind.program}"):
                    sender, letter, _ = self.through(f"odd-codes:{variant}", kind)
                    self.check_queued(sender, letter, text)

    def test_the_code_counts_where_the_enhanced_code_says_something_else(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("odd-codes:contradiction", kind)
                self.check_bounced(sender, letter, b"550 4.7.1")
                sender, letter, _ = self.through("odd-codes:contradiction-transient", kind)
                self.check_queued(sender, letter, "450 5.7.1")

    def test_a_domain_that_takes_no_mail(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("odd-codes:domain-556", kind)
                self.check_bounced(sender, letter, b"nullMX")

    def test_nothing_is_delivered_without_354(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                _, letter, proxy = self.through("odd-codes:data-250", kind)
                proxy.journal.wait(event="close")
                self.assert_nothing_arrived(letter)


class ConnLimit421(ProfileTest):
    def test_a_second_session_is_turned_away_and_mail_is_delivered_when_the_first_has_ended(self):
        rule = "to server connect limit-sessions max=1"
        sender = self.sender(Postfix, "tx-limit")
        proxy = self.proxy(self.receiver.port, port=sender.relay_port, rules=[rule])
        with ehlo(proxy.port):
            letter = Letter()
            sender.submit(letter)
            self.check_queued(sender, letter, "too many connections")
        proxy.journal.wait(2, event="close")
        sender.flush()
        self.check_delivered(sender, letter)

    def test_sessions_within_a_minute_are_counted(self):
        profile = "conn-limit-421:sendmail-rate"
        sender = self.sender(Postfix, "tx-rate")
        proxy = self.proxy(self.receiver.port, port=sender.relay_port, profiles=[profile])
        for _ in range(10):
            with ehlo(proxy.port):
                pass
        letter = Letter()
        sender.submit(letter)
        self.check_queued(sender, letter, "Connection rate limit exceeded")


class MagicRecipients(ProfileTest):
    def test_each_recipient_fares_as_its_address_asks(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                letter = Letter(recipients=("bob@dest.test", "bounce+550@dest.test",
                                            "bounce+451@dest.test"))
                sender, _, _ = self.through("magic-recipients", kind, letter=letter)
                self.assertEqual(1, len(self.receiver.wait_letter(letter)))
                [bounce] = sender.wait_messages(1)
                self.assertIn(b"bounce+550@dest.test", bounce)
                sender.wait_deferred()
                self.assertEqual(1, len(sender.queue()))
                self.assertIn("451", sender.logs())


class WrongProtocolBytes(ProfileTest):
    def test_postfix_takes_no_mail_behind_a_request_of_http(self):
        sender, letter, _ = self.through("wrong-protocol-bytes:send-http", Postfix)
        self.receiver.wait_log("GET / HTTP/1.1")
        sender.wait_deferred()
        self.assertEqual(1, len(sender.queue()))
        self.assert_nothing_arrived(letter)


if __name__ == "__main__":
    unittest.main()
