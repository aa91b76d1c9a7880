"""A client that pipelines as RFC 2920 allows, and says whether each reply is the one that was due.

One group of commands is written at once: the end of the last message, then MAIL, the RCPTs and
DATA of the next. Postfix names each kind of reply by its enhanced status code, so that a reply
which stands for another command is seen at once.
"""
from collections import Counter

from peers import Connection

BODY = b"Subject: one of many\r\n\r\nshort\r\n.\r\n"
RCPT_OK = b"250 2.1.5"
NO_RECIPIENT = b"554 5.5.1"


class OutOfStep(AssertionError):
    """A reply came for another command than the one that was due."""


class Pipeline:
    """Sends many messages through one connection; `replies` counts those to RCPT."""

    def __init__(self, client: Connection, recipients: int, refusal: bytes):
        self.client = client
        self.recipients = recipients
        self.refusal = refusal
        self.replies = Counter()
        self.messages = 0

    def send(self, count: int, write=None) -> None:
        """Sends so many messages; `write` may cut the bytes into segments of its own."""
        write = write or self.client.send
        pending = b""
        for _ in range(count):
            write(pending + self._envelope())
            if pending:
                self._expect(b"250 2.0.0")
            pending = self._envelope_accepted()
        write(pending + b"QUIT\r\n")
        self._expect(b"250 2.0.0")
        self._expect(b"221 2.0.0")

    def _envelope(self) -> bytes:
        recipients = [b"RCPT TO:<r%d@dest.test>\r\n" % number for number in range(self.recipients)]
        return b"MAIL FROM:<ann@example.test>\r\n" + b"".join(recipients) + b"DATA\r\n"

    def _envelope_accepted(self) -> bytes:
        """Reads the replies to the envelope; answers what is to be sent next."""
        self._expect(b"250 2.1.0")
        accepted = sum(self._expect(RCPT_OK, self.refusal) == RCPT_OK
                       for _ in range(self.recipients))
        if self._expect(b"354 ", NO_RECIPIENT) == NO_RECIPIENT:
            return self._start_again(accepted)
        self.messages += 1
        return BODY

    def _start_again(self, accepted: int) -> bytes:
        if accepted:
            raise OutOfStep(f"DATA was refused though {accepted} recipients were accepted")
        return b"RSET\r\n"

    def _expect(self, *choices: bytes) -> bytes:
        reply = self.client.reply()
        for choice in choices:
            if reply.startswith(choice):
                self.replies[choice] += 1
                return choice
        raise OutOfStep(f"{reply!r} in message {self.messages}, due was one of {choices}")
