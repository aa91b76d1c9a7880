"""The message that the tests send, and how what arrived is compared with it."""
import email
import itertools

NUMBERS = itertools.count(1)
FIRST_LINE = b"=== from here on every byte counts ==="

# What relays have been seen to damage: leading dots, blank and long lines, spaces at line ends,
# what looks like a header or the start of an mbox, a soft line break.
ASCII_LINES = [
    b"", b".", b"..", b".dot", b" leading blank", b"trailing blank ", b"trailing tab\t",
    b"From here", b"Subject: not a header", b"equals=3D=", b"x" * 900, b"--", b"", b"", b"end"]
EIGHT_BIT_LINES = ["grüße".encode(), b"latin \xe4\xf6\xfc", b"\x80\xff high"]


class Letter:
    """One message from ann@example.test with a Message-ID of its own."""

    sender = "ann@example.test"

    def __init__(self, lines=None, recipients=("bob@dest.test",)):
        self.recipients = recipients
        self.message_id = f"<{next(NUMBERS)}.letter@example.test>"
        self.lines = [FIRST_LINE, *(lines if lines is not None else ASCII_LINES + EIGHT_BIT_LINES)]

    def text(self, line_end: bytes = b"\n") -> bytes:
        header = [b"From: Ann <ann@example.test>", b"To: Bob <bob@dest.test>", b"Subject: letter",
                  b"Date: Fri, 20 Nov 2026 10:00:00 +0000",
                  b"Message-ID: " + self.message_id.encode(), b"MIME-Version: 1.0",
                  b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
        return b"".join(line + line_end for line in (*header, b"", *self.lines))

    def content(self) -> bytes:
        """What has to arrive unchanged."""
        return b"\n".join(self.lines)


def decoded_content_of(message: bytes) -> bytes:
    """The same of a message that may have been re-encoded on its way."""
    return content_of(email.message_from_bytes(message).get_payload(decode=True))


def content_of(message: bytes) -> bytes:
    """The part of a delivered message that has to be unchanged, with its line ends made LF.

    Programs keep messages with line ends of their own and differ about a last one.
    """
    start = message.find(FIRST_LINE)
    return message[max(start, 0):].replace(b"\r\n", b"\n").rstrip(b"\n")
