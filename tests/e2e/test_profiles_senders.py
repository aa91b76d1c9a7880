"""Profiles that expose mistakes of senders, before real ones that make none."""
import unittest

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from test_profiles_real import SHORT_TIMER_S, ProfileTest

QUEUEING = (Postfix, Exim, OpenSmtpd)


class NoRetryOn4xx(ProfileTest):
    def test_every_sender_comes_again_and_delivers_once(self):
        for variant in ("rcpt-450-4.7.1", "rcpt-422", "data-452-4.3.0"):
            for kind in QUEUEING:
                with self.subTest(variant, kind=kind.program):
                    sender, letter, _ = self.through(f"no-retry-on-4xx:{variant}", kind)
                    self.check_queued(sender, letter, "Try again later")
                    sender.flush()
                    self.check_delivered(sender, letter)


class MidSession421(ProfileTest):
    def test_mail_stays_queued_wherever_421_comes(self):
        for variant in ("mail", "rcpt", "data", "dot"):
            with self.subTest(variant):
                sender, letter, _ = self.through(f"421-mid-session:{variant}", Postfix)
                self.check_queued(sender, letter, "Service closing transmission channel")

    def test_421_for_quit_changes_nothing(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("421-mid-session:quit", kind)
                self.check_delivered(sender, letter)


class WaitsForever(ProfileTest):
    def test_silence_in_place_of_the_greeting_ends_with_the_senders_timer(self):
        sender, letter, _ = self.through("waits-forever:banner", Postfix, timer_s=SHORT_TIMER_S)
        self.check_queued(sender, letter, "timed out while receiving the initial server greeting")

    def test_silence_after_quit_does_not_touch_the_mail(self):
        sender, letter, _ = self.through("waits-forever:quit", Postfix, timer_s=SHORT_TIMER_S)
        self.check_delivered(sender, letter)


class NoQuit(ProfileTest):
    def test_mail_is_delivered_although_quit_is_lost_or_not_answered(self):
        for variant in ("lost", "closed"):
            with self.subTest(variant):
                sender, letter, _ = self.through(f"no-quit:{variant}", Postfix,
                                                 timer_s=SHORT_TIMER_S)
                self.check_delivered(sender, letter)

    def test_every_sender_says_quit(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("no-quit:watch", kind)
                self.check_delivered(sender, letter)
                proxy.journal.wait(event="close")
                self.assertEqual([], proxy.journal.rules(mutator="note"))


class TalksOutOfTurn(ProfileTest):
    def test_no_sender_speaks_before_its_turn(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("talks-out-of-turn:fast", kind)
                self.check_delivered(sender, letter)
                self.assertEqual([], proxy.journal.rules(mutator="note"))


class EhloStateBugs(ProfileTest):
    def test_every_sender_reads_replies_of_several_lines_and_segments(self):
        for profile in ("ehlo-state-bugs", "ehlo-state-bugs:split-in-segments"):
            for kind in QUEUEING:
                with self.subTest(profile, kind=kind.program):
                    sender, letter, _ = self.through(profile, kind)
                    self.check_delivered(sender, letter)

    def test_every_sender_falls_back_to_helo(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("ehlo-state-bugs:no-ehlo", kind)
                self.check_delivered_somehow(sender, letter)


if __name__ == "__main__":
    unittest.main()
