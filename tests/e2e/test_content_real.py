"""Harm to the content of mail on its way to a real receiver, judged by a real parser of MIME."""
import email
import unittest
from email import policy
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect

from lab.exim import Exim
from lab.postfix import Postfix
from letter import Letter
from test_profiles_real import ProfileTest

GREETING = "Grüße aus Köln"
ATTACHED = bytes(range(256)) * 3


class MimeLetter(Letter):
    """A letter whose header and body are given as they stand."""

    def __init__(self, *content: str):
        super().__init__()
        self.content_lines = content

    def text(self, line_end: bytes = b"\n") -> bytes:
        header = ["From: Ann <ann@example.test>", "To: Bob <bob@dest.test>", "Subject: letter",
                  "Date: Fri, 20 Nov 2026 10:00:00 +0000", f"Message-ID: {self.message_id}",
                  "MIME-Version: 1.0"]
        return b"".join(line.encode() + line_end for line in (*header, *self.content_lines))


def plain(*lines: str, encoding: str = "8bit") -> MimeLetter:
    return MimeLetter("Content-Type: text/plain; charset=utf-8",
                      f"Content-Transfer-Encoding: {encoding}", "", *lines)


def encoded(data: bytes, width: int = 76) -> list:
    text = email.base64mime.b2a_base64(data, newline=False).decode()
    return [text[at:at + width] for at in range(0, len(text), width)]


def with_attachment() -> MimeLetter:
    return MimeLetter(
        'Content-Type: multipart/mixed; boundary="cut here"', "", "for old readers",
        "--cut here", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit", "", GREETING,
        "--cut here", "Content-Type: application/octet-stream",
        'Content-Disposition: attachment; filename="all.bin"',
        "Content-Transfer-Encoding: base64", "", *encoded(ATTACHED), "--cut here--")


class ContentTest(ProfileTest):
    def parsed(self, letter: Letter, *rules: str, kind=Postfix, profiles=(), settings=None):
        """What a reader makes of the letter, behind a proxy with these rules."""
        sender, _, _ = self.sends(kind, self.receiver.port, letter=letter, rules=rules,
                                  profiles=profiles, settings=settings)
        sender.wait_queue_empty()
        [message] = self.receiver.wait_letter(letter)
        return email.message_from_bytes(message, policy=policy.default)


class Parts(ContentTest):
    def test_the_wire_keeps_them(self):
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                message = self.parsed(with_attachment(), kind=kind)
                self.assertEqual(GREETING, message.get_body().get_content().strip())
                [attachment] = message.iter_attachments()
                self.assertEqual(ATTACHED, attachment.get_content())
                self.assertEqual([], message.defects)

    def test_a_boundary_that_is_never_found_hides_text_and_attachment(self):
        message = self.parsed(
            with_attachment(),
            'to server body part=header rewrite match=/boundary="cut/ with="boundary=\\"cat"')
        self.assertEqual([StartBoundaryNotFoundDefect], [type(one) for one in message.defects][:1])
        self.assertEqual([], list(message.iter_parts()))

    def test_without_its_last_boundary_the_mail_is_seen_to_be_cut_off(self):
        message = self.parsed(with_attachment(), "to server body matches=/^--cut here--$/ drop")
        self.assertIn(CloseBoundaryNotFoundDefect, [type(one) for one in message.defects])

    def test_a_footer_stands_where_no_reader_looks(self):
        message = self.parsed(with_attachment(), 'to server body-end footer text="scanned"')
        self.assertEqual("scanned", message.epilogue.strip())
        for part in message.walk():
            if not part.is_multipart():
                self.assertNotIn(b"scanned", part.get_payload(decode=True))

    def test_a_notice_in_place_of_the_attachment(self):
        message = self.parsed(with_attachment(), profiles=["body-replacement:exchange-strip"])
        texts = [part.get_content().strip() for part in message.iter_parts()]
        self.assertEqual([GREETING, "This attachment was removed."], texts)
        self.assertEqual([], message.defects)

    def test_a_notice_in_place_of_all_under_a_header_that_promises_parts(self):
        message = self.parsed(
            with_attachment(), "to server command DATA hold",
            'to server body contains=/filename="all.bin"/ replace-body text="removed"')
        self.assertEqual([StartBoundaryNotFoundDefect], [type(one) for one in message.defects][:1])
        self.assertIn("removed", message.get_payload())


class Letters(ContentTest):
    def test_the_wire_keeps_them(self):
        self.assertEqual(GREETING, self.parsed(plain(GREETING)).get_content().strip())

    def test_another_charset_makes_other_letters(self):
        rule = 'to server body part=header rewrite match=/charset=utf-8/ with="charset=latin1"'
        shown = self.parsed(plain(GREETING), rule).get_content().strip()
        self.assertEqual(GREETING.encode().decode("latin1"), shown)

    def test_a_charset_that_nobody_knows(self):
        rule = 'to server body part=header rewrite match=/charset=utf-8/ with="charset=x-none"'
        message = self.parsed(plain(GREETING), rule)
        self.assertEqual(GREETING.encode(), message.get_payload(decode=True).strip())
        self.assertRaises(LookupError, message.get_content)

    def test_the_eighth_bit_is_lost(self):
        shown = self.parsed(plain(GREETING), "to server body strip-8bit").get_content().strip()
        self.assertEqual("GrC<C?e aus KC6ln", shown)
        shown = self.parsed(plain(GREETING), "to server body strip-8bit with=nothing").get_content()
        self.assertEqual("Gre aus Kln", shown.strip())

    def test_encoded_mail_does_not_mind(self):
        letter = plain(*encoded(GREETING.encode()), encoding="base64")
        shown = self.parsed(letter, "to server body strip-8bit").get_content().strip()
        self.assertEqual(GREETING, shown)

    def test_a_server_without_8bitmime_makes_postfix_encode(self):
        rule = "to client reply 250 after EHLO ehlo remove=8BITMIME,SMTPUTF8"
        message = self.parsed(plain(GREETING), rule, "to server body strip-8bit")
        self.assertEqual("quoted-printable", message["Content-Transfer-Encoding"])
        self.assertEqual(GREETING, message.get_content().strip())


class LongLines(ContentTest):
    """Folded at 998 bytes, as relays do it."""

    WRAP = "to server body wrap at=998"
    UNFOLDED = {"smtp_line_length_limit": "0"}

    def test_text_gets_blanks_where_there_were_none(self):
        line = "https://example.test/" + "x" * 1200
        message = self.parsed(plain(line), self.WRAP, settings=self.UNFOLDED)
        self.assertEqual(line[:998] + "\n " + line[998:], message.get_content().strip())

    def test_base64_survives(self):
        data = bytes(range(256)) * 6
        letter = MimeLetter("Content-Type: application/octet-stream",
                            "Content-Transfer-Encoding: base64", "", *encoded(data, 4000))
        message = self.parsed(letter, self.WRAP, settings=self.UNFOLDED)
        self.assertEqual(data, message.get_content())

    def test_quoted_printable_does_not(self):
        letter = plain("y" * 996 + "=C3=BC", encoding="quoted-printable")
        message = self.parsed(letter, self.WRAP, settings=self.UNFOLDED)
        self.assertNotIn("ü", message.get_content())


if __name__ == "__main__":
    unittest.main()
