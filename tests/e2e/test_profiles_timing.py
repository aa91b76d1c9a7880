"""Profiles of tarpits and other timing, between two real programs: what became of the mail."""
import unittest

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from test_profiles_real import ProfileTest

SHORT_TIMER_S = 2
LONG_TIMER_S = 60


class GreetPause(ProfileTest):
    def test_a_patient_sender_delivers(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("greet-pause", kind, timer_s=LONG_TIMER_S)
                self.check_delivered(sender, letter)
                self.assertEqual([], proxy.journal.rules(mutator="answer"))

    def test_a_timer_that_is_too_short_leaves_the_mail_in_the_queue(self):
        sender, letter, _ = self.through("greet-pause", Postfix, timer_s=SHORT_TIMER_S)
        self.check_queued(sender, letter, "timed out while receiving the initial server greeting")


class PostscreenTeaser(ProfileTest):
    def test_every_sender_reads_the_greeting_to_its_end(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                profile = "postscreen-teaser:drop"
                sender, letter, proxy = self.through(profile, kind, timer_s=LONG_TIMER_S)
                self.check_delivered(sender, letter)
                self.assertEqual([], proxy.journal.rules(mutator="answer"))

    def test_the_deep_tests_put_the_first_session_off(self):
        profile = "postscreen-teaser:deep"
        sender, letter, _ = self.through(profile, Postfix, timer_s=LONG_TIMER_S)
        self.check_queued(sender, letter, "450 4.3.2 Service currently unavailable")
        sender.flush()
        self.check_delivered(sender, letter)


class EarlyTalkerReject(ProfileTest):
    def test_no_sender_pipelines_where_that_is_not_offered(self):
        for kind in (Postfix, Exim, OpenSmtpd):
            with self.subTest(kind.program):
                profile = "early-talker-reject:exim-sync"
                sender, letter, proxy = self.through(profile, kind, timer_s=LONG_TIMER_S)
                self.check_delivered(sender, letter)
                self.assertEqual([], proxy.journal.rules(mutator="answer"))


class SpamdStutter(ProfileTest):
    def test_mail_of_an_unknown_client_stays_in_the_queue(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through("spamd-stutter", kind, timer_s=LONG_TIMER_S)
                sender.wait_log("Temporary failure, please try again later", 40)
                self.check_queued(sender, letter, "Temporary failure, please try again later")


class ExchangeDelayedAck(ProfileTest):
    def test_a_timer_that_is_too_short_delivers_twice(self):
        profile = "exchange-delayed-ack:30s"
        sender, letter, _ = self.through(profile, Postfix, timer_s=SHORT_TIMER_S)
        self.receiver.wait_letter(letter)
        sender.wait_deferred()
        self.assertEqual(1, len(sender.queue()))
        sender.flush()
        self.assertEqual(2, len(self.receiver.wait_letter(letter, 2)))


if __name__ == "__main__":
    unittest.main()
