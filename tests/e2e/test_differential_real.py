"""`smtpchaos differential` between real mail servers: the ends of mail that are published as SMTP
smuggling come out of it, and what the replies tell is what is stored."""
import json
import unittest

from lab.aiosmtpd import Aiosmtpd
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from lab.sendmail import Sendmail
from stage import Stage
from test_differential import differential, markers

KINDS = (Postfix, Exim, OpenSmtpd, Sendmail, Aiosmtpd)

# Who ends mail at it. The first three are Postfix's CVE-2023-51764 and OpenSMTPD's way of reading
# lines; OpenSMTPD compares its lines up to a NUL. Sendmail since CVE-2023-51765 refuses mail with
# lone CRs and LFs; Exim since CVE-2023-51766 and aiosmtpd since CVE-2024-27305 read them as text.
PUBLISHED = {
    "LF . LF": {"postfix", "opensmtpd"},
    "LF . CRLF": {"postfix", "opensmtpd"},
    "CRLF . LF": {"postfix", "opensmtpd"},
    "CRLF . CRCRLF": {"postfix"},
    "CRCRLF . CRCRLF": {"postfix"},
    "CRLF . NUL CRLF": {"opensmtpd"},
    "CRLF . CR": set(),
    "LF . CR": set(),
    "CR . LF": set(),
    "CR . CR": set(),
    "CR . CRLF": set(),
    "CRLF NUL . CRLF": set(),
}


class RealReceivers(Stage):
    """All sequences, all receivers, once."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.receivers = {kind.program: cls.server(kind, kind.program) for kind in KINDS}
        places = [f"{name}=127.0.0.1:{server.port}" for name, server in cls.receivers.items()]
        result = differential(*places, "--json", "--all", "--timeout", "20s", timeout_s=550)
        if result.returncode != 1:
            raise AssertionError(result.stderr)
        cls.rows = json.loads(result.stdout)["sequences"]

    def counts(self, sequence: str, what: str = "messages") -> dict:
        row = next(row for row in self.rows if row["sequence"] == sequence)
        return {name: outcome[what] for name, outcome in row["receivers"].items()}

    def test_the_true_end_ends_mail_for_all(self):
        self.assertEqual(dict.fromkeys(self.receivers, 2), self.counts("CRLF . CRLF"))
        self.assertEqual(dict.fromkeys(self.receivers, 4), self.counts("CRLF . CRLF", "commands"))

    def test_the_published_sequences_end_mail_for_some(self):
        for sequence, who in PUBLISHED.items():
            with self.subTest(sequence):
                found = {name for name, mails in self.counts(sequence).items() if mails == 2}
                self.assertEqual(who, found)

    def test_lone_line_ends_are_refused_by_sendmail_alone(self):
        for sequence in "CR . CR", "LF . LF", "CRLF . LF":
            replies = self.counts(sequence, "replies")
            self.assertEqual([421], replies.pop("sendmail"))
            self.assertTrue(all(codes[0] == 250 for codes in replies.values()), replies)

    def test_what_they_replied_is_what_they_stored(self):
        for name, server in self.receivers.items():
            server.settle()
            stored = markers(server.messages())
            told = {row["sequence"]: row["receivers"][name]["messages"] for row in self.rows}
            kept = {row["sequence"]: len(stored & set(row["markers"])) for row in self.rows}
            with self.subTest(name):
                self.assertEqual(told, kept)


if __name__ == "__main__":
    unittest.main()
