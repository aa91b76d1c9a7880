"""A real verifier of DKIM signatures, and what each harm does to them on the way."""
import subprocess
import sys
import unittest

# Debian's own library, whichever Python runs the tests.
sys.path.append("/usr/lib/python3/dist-packages")
import dkim
from lab.exim import Exim
from lab.postfix import Postfix
from letter import FIRST_LINE, Letter
from test_profiles_real import ProfileTest

SELECTOR, DOMAIN = b"lab", b"example.test"
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id"]


def openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True,
                          check=True).stdout


class SignedLetter(Letter):
    """A letter with a signature over its usual fields and all of its body."""

    def __init__(self, key: bytes, canonicalize: tuple, lines: list):
        super().__init__(lines)
        self.key = key
        self.canonicalize = canonicalize

    def text(self, line_end: bytes = b"\n") -> bytes:
        plain = super().text(b"\r\n")
        signature = dkim.sign(plain, SELECTOR, DOMAIN, self.key, include_headers=SIGNED,
                              canonicalize=self.canonicalize)
        return (signature + plain).replace(b"\r\n", line_end)


class DkimTest(ProfileTest):
    RELAXED, SIMPLE = (b"relaxed", b"relaxed"), (b"simple", b"simple")
    LINES = [b"a line", b"with  blanks ", b".dot", b"y" * 400 + b" " + b"z" * 400, b"end"]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.key = openssl("genrsa", "-traditional", "2048")
        public = openssl("rsa", "-pubout", "-outform", "DER", stdin=cls.key)
        cls.record = b"v=DKIM1; k=rsa; p=" + openssl("base64", "-A", stdin=public)

    def verifies(self, message: bytes) -> bool:
        crlf = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return dkim.verify(crlf, dnsfunc=lambda name, timeout=5: self.record)

    def holds(self, canonicalize: tuple, *rules: str, kind=Postfix, lines=None) -> bool:
        letter = SignedLetter(self.key, canonicalize, lines or self.LINES)
        sender, _, _ = self.sends(kind, self.receiver.port, letter=letter, rules=rules)
        sender.wait_queue_empty()
        [message] = self.receiver.wait_letter(letter)
        self.assertIn(FIRST_LINE, message)
        return self.verifies(message)

    def test_the_wire_keeps_signatures(self):
        for kind in (Postfix, Exim):
            for canonicalize in (self.RELAXED, self.SIMPLE):
                with self.subTest(kind.program, canonicalize=canonicalize):
                    self.assertTrue(self.holds(canonicalize, kind=kind))

    def test_rules_that_do_not_touch_content_keep_them(self):
        self.assertTrue(self.holds(self.SIMPLE, "to server body drip chunk=100 gap=1ms"))
        self.assertTrue(self.holds(self.SIMPLE, "to server command DATA hold"))

    def test_footer_breaks_them(self):
        self.assertFalse(self.holds(self.RELAXED, 'to server body-end footer text="scanned"'))

    def test_refolding_breaks_simple_and_not_relaxed(self):
        rule = "to server body header refold=Subject"
        self.assertFalse(self.holds(self.SIMPLE, rule))
        self.assertTrue(self.holds(self.RELAXED, rule))

    def test_a_second_signed_field_breaks_them_and_an_unsigned_one_does_not(self):
        self.assertFalse(self.holds(self.RELAXED, 'to server body header add="Subject: other"'))
        self.assertTrue(self.holds(self.RELAXED, 'to server body header add="X-Antivirus: Clean"'))

    def test_wrapped_replaced_truncated_and_corrupted_bodies_break_them(self):
        for rule in ("to server body wrap at=500",
                     "to server body matches=/^a line/ corrupt bytes=9",
                     "to server body overstuff",
                     'to server body matches=/with/ rewrite match=/with/ with="without"'):
            with self.subTest(rule):
                self.assertFalse(self.holds(self.RELAXED, rule))

    def test_stripped_bits_break_them(self):
        lines = ["grüße".encode()]
        self.assertTrue(self.holds(self.RELAXED, lines=lines))
        self.assertFalse(self.holds(self.RELAXED, "to server body strip-8bit", lines=lines))


if __name__ == "__main__":
    unittest.main()
