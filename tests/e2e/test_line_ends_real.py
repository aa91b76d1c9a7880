"""Line ends, ends of mail and malformed replies between two real programs."""
import re
import unittest

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from lab.sendmail import Sendmail
from letter import Letter
from test_profiles_real import SHORT_TIMER_S, ProfileTest


class Smuggled(ProfileTest):
    """How many mails a receiver makes of one, by the sequence between the two."""

    VARIANTS = ("lf-lf", "lf-crlf", "crlf-lf", "cr-cr", "crcrlf-behind", "nul-before")

    def smuggle(self, receiver, variant: str) -> None:
        _, _, proxy = self.sends(
            Postfix, receiver.port, profiles=[f"smuggling-terminators:{variant}"],
            timer_s=SHORT_TIMER_S)
        proxy.journal.wait(event="close")

    @staticmethod
    def count(receiver) -> int:
        receiver.settle()
        return len([message for message in receiver.messages()
                    if b"Subject: smuggled" in message.split(b"\n\n")[0]])

    def check(self, kind, honoured: set, settings: dict = None) -> None:
        """What is smuggled may come when the session is long over, so each mail is waited for."""
        receiver = self.server(kind, f"rx-{self._testMethodName}", settings=settings)
        expected = 0
        for variant in self.VARIANTS:
            with self.subTest(variant):
                self.smuggle(receiver, variant)
                expected += variant in honoured
                self.wait_until(lambda: self.count(receiver) >= expected, "what was smuggled")
                self.assertEqual(expected, self.count(receiver))

    def test_postfix_as_debian_has_it(self):
        """smtpd_forbid_bare_newline came to 3.7 switched off; a CR before CRLF is forgotten too."""
        self.check(Postfix, {"lf-lf", "lf-crlf", "crlf-lf", "crcrlf-behind"})

    def test_postfix_that_forbids_bare_newlines(self):
        self.check(Postfix, set(), {"smtpd_forbid_bare_newline": "yes",
                                    "smtpd_forbid_bare_newline_exclusions": ""})

    def test_exim(self):
        self.check(Exim, set())

    def test_opensmtpd(self):
        self.check(OpenSmtpd, set())

    def test_sendmail(self):
        self.check(Sendmail, set())


# Exim sends mail by BDAT wherever that is offered, and there is no 354 and no dot then.
BY_DATA = ["to client reply 250 after EHLO ehlo remove=CHUNKING"]


class BareLf(ProfileTest):
    def through_two(self, relay: str, gateway: str, kind) -> tuple:
        """The relay damages the line ends, the gateway behind it minds them."""
        behind = self.proxy(self.receiver.port, profiles=[gateway])
        return self.sends(kind, behind.port, profiles=[relay])

    def test_qmail_makes_mail_wait_that_will_never_pass(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                sender, letter, _ = self.through_two("bare-lf-reject:all-lines", "bare-lf-reject",
                                                     kind)
                sender.wait_deferred()
                self.assertEqual(1, len(sender.queue()))
                self.assert_nothing_arrived(letter)

    def test_postfix_refuses_it_for_good(self):
        sender, letter, _ = self.through_two("bare-lf-reject:one-line", "bare-lf-reject:postfix",
                                             Postfix)
        self.check_bounced(sender, letter, b"Error: bare <LF> received")

    def test_right_lines_pass(self):
        sender, letter, _ = self.through("bare-lf-reject", Postfix)
        self.check_delivered(sender, letter)


class LongLines(ProfileTest):
    UNFOLDED = {"smtp_line_length_limit": "0"}

    def test_folding_relay_changes_the_text(self):
        letter = Letter([b"x" * 990 + b"0123456789"])
        sender, _, _ = self.through("long-line:postfix", Postfix, letter=letter,
                                     settings=self.UNFOLDED)
        sender.wait_queue_empty()
        [message] = self.receiver.wait_letter(letter)
        self.assertIn(b"x01234567\n 89", message.replace(b"\r\n", b"\n"))

    def test_line_that_ends_the_connection_keeps_mail_queued(self):
        letter = Letter([b"x" * 1100])
        sender, _, _ = self.through("long-line", Postfix, letter=letter,
                                     settings=self.UNFOLDED)
        sender.wait_deferred()
        self.assert_nothing_arrived(letter)


class Closes(ProfileTest):
    def test_mail_stays_queued(self):
        for variant in ("after-354", "after-354-reset", "after-dot", "after-dot-reset"):
            for kind in (Postfix, Exim):
                with self.subTest(variant, kind=kind.program):
                    profile = f"close-instead-of-reply:{variant}"
                    sender, letter, _ = self.through(profile, kind, rules=BY_DATA)
                    sender.wait_deferred()
                    self.assertEqual(1, len(sender.queue()))
                    self.assert_nothing_arrived(letter)

    def test_large_mail_stays_queued(self):
        letter = Letter([b"x" * 70] * 500)
        for variant in ("mid-data", "mid-data-reset"):
            for kind in (Postfix, Exim):
                with self.subTest(variant, kind=kind.program):
                    sender, _, _ = self.through(f"close-instead-of-reply:{variant}", kind,
                                                rules=BY_DATA, letter=letter)
                    sender.wait_deferred()
                    self.assert_nothing_arrived(letter)

    def test_postfix_tries_helo_behind_an_end_at_ehlo(self):
        sender, letter, _ = self.through("close-instead-of-reply:after-ehlo", Postfix)
        sender.wait_deferred()
        self.assert_nothing_arrived(letter)


class Swapped(ProfileTest):
    """One of two recipients is refused, and Postfix pipelines."""

    settings = {"smtpd_recipient_restrictions":
                "check_recipient_access inline:{nobody@dest.test=REJECT}"}
    RECIPIENTS = ("nobody@dest.test", "bob@dest.test")

    def refused(self, **chaos) -> str:
        """Whom the author is told about. Bob has the mail."""
        letter = Letter(recipients=self.RECIPIENTS)
        sender, _, proxy = self.sends(Postfix, self.receiver.port, letter=letter, **chaos)
        [bounce] = sender.wait_messages(1)
        sender.wait_queue_empty()
        [message] = self.receiver.wait_letter(letter)
        self.assertIn(b"Delivered-To: bob@dest.test", message)
        self.assertEqual(1, len(proxy.journal.rules(mutator="swap")))
        return re.search(rb"^Final-Recipient: rfc822; (\S+)", bounce, re.MULTILINE)[1].decode()

    def test_commands_that_change_places_keep_their_replies(self):
        self.assertEqual("nobody@dest.test",
                         self.refused(rules=["to server command RCPT once swap"]))

    def test_replies_that_change_places_deceive_the_author(self):
        self.assertEqual("bob@dest.test",
                         self.refused(profiles=["malformed-reply-lines:swapped"]))


class MalformedReplies(ProfileTest):
    """What became of the mail, by kind of reply and by sender."""

    def outcome(self, variant: str, kind) -> str:
        sender, letter, proxy = self.through(f"malformed-reply-lines:{variant}", kind,
                                             rules=BY_DATA, timer_s=SHORT_TIMER_S)
        proxy.journal.wait(event="close")
        self.receiver.settle()
        self.wait_until(lambda: not sender.queue() or self.has_deferred(sender), "rest")
        copies = len(self.receiver.copies(letter))
        self.assertLessEqual(copies, 1)
        kept = "kept" if sender.queue() else "bounced" if sender.messages() else "done"
        return f"{'delivered' if copies else 'lost'}, {kept}"

    @staticmethod
    def has_deferred(sender) -> bool:
        return re.search(sender.deferred, sender.logs()) and sender.is_resting()

    def check(self, kind, expected: dict) -> None:
        for variant, outcome in expected.items():
            with self.subTest(variant):
                self.assertEqual(outcome, self.outcome(variant, kind))

    def test_postfix(self):
        self.check(Postfix, {
            "lf-only": "delivered, done",
            "blank-first": "delivered, kept",
            "byte-by-byte": "delivered, done",
            "code-only": "delivered, done",
            "mixed-codes": "delivered, done",
            "no-code": "lost, bounced",
            "unended": "delivered, done",
            "wrong-enhanced": "delivered, done",
            "over-long": "delivered, done",
        })

    def test_exim(self):
        """Its timer runs for a reply as a whole, where Postfix waits anew for each byte."""
        self.check(Exim, {
            "lf-only": "delivered, done",
            "blank-first": "delivered, kept",
            "byte-by-byte": "lost, kept",
            "code-only": "delivered, done",
            "mixed-codes": "lost, bounced",
            "no-code": "lost, kept",
            "unended": "delivered, done",
            "wrong-enhanced": "delivered, done",
            "over-long": "delivered, done",
        })


if __name__ == "__main__":
    unittest.main()
