"""Profiles of devices in the path and of networks between two real programs."""
import unittest

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from letter import Letter
from test_profiles_real import SHORT_TIMER_S, ProfileTest

QUEUEING = (Postfix, Exim, OpenSmtpd)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class PixVerbFilter(ProfileTest):
    def test_every_sender_falls_back_to_helo_and_delivers(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("pix-verb-filter", kind)
                self.check_delivered_somehow(sender, letter)
                proxy.journal.wait(event="command", verb="HELO")

    def test_a_bare_250_for_ehlo_is_enough(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("pix-verb-filter:noop", kind)
                self.check_delivered_somehow(sender, letter)


class PixSplitTerminator(ProfileTest):
    WORKAROUND = {"smtp_pix_workaround_threshold_time": "0s",
                  "smtp_pix_workaround_delay_time": "1s",
                  "smtp_pix_workarounds": "delay_dotcrlf"}

    def test_the_dot_in_a_segment_of_its_own_arrives(self):
        sender, letter, _ = self.sends(
            Postfix, self.receiver.port, settings=self.WORKAROUND,
            profiles=["pix-banner-mask", "pix-split-terminator"])
        self.check_delivered(sender, letter)
        sender.wait_log("enabling PIX workarounds: delay_dotcrlf")

    def test_strictly_seen_the_workaround_itself_is_what_loses_the_dot(self):
        sender, letter, _ = self.sends(
            Postfix, self.receiver.port, settings=self.WORKAROUND, timer_s=SHORT_TIMER_S,
            profiles=["pix-banner-mask", "pix-split-terminator:strict5"])
        self.check_queued(sender, letter, "timed out while sending end of data")

    def test_receivers_do_not_mind_where_the_end_is_cut(self):
        for cut in range(1, 5):
            with self.subTest(cut):
                sender, letter, _ = self.through(f"pix-split-terminator:cut-{cut}", Postfix)
                self.check_delivered(sender, letter)


class AsaEsmtpLimits(ProfileTest):
    def test_recipient_101_ends_the_connection_and_the_mail_stays_queued(self):
        letter = Letter(recipients=tuple(f"bob{n}@dest.test" for n in range(101)))
        sender, _, proxy = self.through("asa-esmtp-limits", Postfix, letter=letter, settings={
            "smtp_destination_recipient_limit": "1000"})
        proxy.journal.wait(event="rule", mutator="finish")
        self.check_queued(sender, letter, "lost connection with")


class AsaVerbMask(ProfileTest):
    def test_every_sender_delivers_where_the_keywords_are_masked_too(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.sends(kind, self.receiver.port,
                                               profiles=["asa-ehlo-mask", "asa-verb-mask"])
                self.check_delivered_somehow(sender, letter)

    def test_bdat_that_is_offered_and_masked_brings_the_mail_back(self):
        sender, letter, _ = self.through("asa-verb-mask", Exim)
        self.check_bounced(sender, letter, b"500 5.5.2 Error: command not recognized")


class IsaRstForFin(ProfileTest):
    def test_mail_that_was_acknowledged_is_not_sent_again(self):
        for profile in ("isa-rst-for-fin:any", "isa-rst-for-fin:before-221"):
            for kind in QUEUEING:
                with self.subTest(profile, kind=kind.program):
                    sender, letter, _ = self.through(profile, kind)
                    self.check_delivered(sender, letter)


class ClavisterSmtpAlg(ProfileTest):
    def test_senders_that_look_at_ehlo_do_not_pipeline_and_deliver(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, proxy = self.through("clavister-smtp-alg", kind)
                self.check_delivered_somehow(sender, letter)
                self.assertEqual([], proxy.journal.rules(mutator="answer"))


class NatProxyTakeover(ProfileTest):
    def test_a_virus_comes_back_and_the_server_gets_nothing(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                letter = Letter(lines=[b"a virus follows", EICAR])
                sender, _, _ = self.through("nat-proxy-takeover", kind, letter=letter)
                self.check_bounced(sender, letter, b"Malware found (Eicar-Test-Signature)")


class Port25(ProfileTest):
    def test_another_relay_refuses_and_the_mail_comes_back(self):
        sender, letter, _ = self.through("port25-redirect-or-block", Postfix)
        self.check_bounced(sender, letter, b"Relaying denied")

    def test_a_block_leaves_the_mail_in_the_queue(self):
        for kind in QUEUEING:
            with self.subTest(kind.program):
                sender, letter, _ = self.through("port25-redirect-or-block:close", kind)
                sender.wait_deferred()
                self.assert_nothing_arrived(letter)


class Networks(ProfileTest):
    def check_stuck(self, sender, letter: Letter) -> None:
        """The sender gave up and keeps the letter; the server has nothing and waits on."""
        sender.wait_deferred()
        self.assertIn("timed out while sending", sender.logs())
        self.assertEqual(1, len(sender.queue()))
        self.assertEqual([], self.receiver.copies(letter))

    def test_short_mail_passes_where_full_segments_are_lost(self):
        sender, letter, _ = self.through("pmtu-blackhole:mss-1460", Postfix)
        self.check_delivered(sender, letter)

    def test_longer_mail_stays_queued_and_is_not_delivered(self):
        letter = Letter(lines=[b"a line of mail that is not short at all"] * 60)
        sender, _, _ = self.through("pmtu-blackhole", Postfix, letter=letter,
                                    timer_s=SHORT_TIMER_S)
        self.check_stuck(sender, letter)

    def test_a_window_that_closes_behind_500_kb_keeps_the_mail_in_the_queue(self):
        letter = Letter(lines=[b"x" * 70] * 8000)
        sender, _, _ = self.through("wscale-strip", Postfix, letter=letter, timer_s=SHORT_TIMER_S)
        self.check_stuck(sender, letter)


if __name__ == "__main__":
    unittest.main()
