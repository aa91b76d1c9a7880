"""What real mail programs were seen to do, and what a proxy must not make of it.

Each class is one habit of theirs. Mail is counted by Message-ID, and queues are looked into.
"""
import email
import unittest

from lab.aiosmtpd import Aiosmtpd
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from lab.sendmail import Sendmail
from letter import ASCII_LINES, Letter, content_of, decoded_content_of
from peers import EHLO_REPLY, Connection, ehlo
from stage import FromOneSender, Stage

SHORT_TIMER_S = 2


class DotAndQuitInOneSegment(FromOneSender):
    """Postfix and Exim take the 221 to QUIT for a delivery when the 250 to the dot is missing.

    So a lost acknowledgement is silence from there on; then the sender tries again.
    """

    RULE = "to client reply 250 after DATA once per run lose-ack"

    def test_postfix_does_not_take_the_221_for_a_delivery(self):
        self.check_delivered_twice(Postfix)

    def test_exim_does_not_take_the_221_for_a_delivery(self):
        self.check_delivered_twice(Exim)

    def check_delivered_twice(self, kind) -> None:
        receiver = self.server(Aiosmtpd, f"{kind.program}-rx")
        sender, letter, proxy = self.sends(kind, receiver.port, timer_s=SHORT_TIMER_S,
                                           rules=[self.RULE])
        receiver.wait_letter(letter)
        proxy.journal.wait(event="close")
        self.assertEqual(1, len(sender.queue()), "the sender believes it was delivered")
        sender.wait_deferred()
        sender.flush()
        sender.wait_queue_empty()
        self.assertEqual(2, len(receiver.wait_letter(letter)))


class HalfCloseBehindQuit(FromOneSender):
    """Exim ends its direction right behind QUIT, before the reply to the dot has come."""

    def test_mail_is_delivered_once_when_the_reply_comes_after_the_fin(self):
        heard = []

        def answer_after_the_fin(server: Connection) -> None:
            server.send(b"220 mx.lab.test ESMTP\r\n")
            server.line()
            server.send(EHLO_REPLY)
            heard.append(server.to_end())
            server.send(b"250 2.1.0 ok\r\n" * 3 + b"221 2.0.0 bye\r\n")

        server = self.scripted(answer_after_the_fin)
        sender, _, _ = self.sends(Exim, server.port)
        sender.wait_queue_empty()
        self.assertEqual(1, len(heard))
        self.assertIn(b"QUIT\r\n", heard[0])

    def test_mail_is_delivered_once_when_a_rule_delays_the_reply(self):
        receiver = self.server(Exim, "rx")
        sender, letter, _ = self.sends(Exim, receiver.port, rules=[
            "to client reply 250 after DATA delay time=700ms",
            "to client reply 250 after BDAT delay time=700ms"])
        sender.wait_queue_empty()
        self.assertEqual(1, len(receiver.wait_letter(letter)))


class EverythingInOneSegment(FromOneSender):
    """Offered CHUNKING, Exim sends MAIL, RCPT, BDAT, the message, QUIT and FIN in one segment."""

    def test_message_passes_and_its_chunks_are_understood(self):
        _, _, proxy = self.check_arrives()
        self.assertTrue(proxy.journal.entries(event="command", verb="BDAT"))
        self.assertFalse(proxy.journal.entries(event="command", verb="DATA"))

    def test_added_header_leaves_the_chunk_sizes_right(self):
        message, _, _ = self.check_arrives('to server body header add="X-Chaos: yes"')
        self.assertEqual("yes", email.message_from_bytes(message)["X-Chaos"])

    def test_stripped_cr_leaves_the_chunk_sizes_right(self):
        self.check_arrives("to server body strip-cr", receiver_kind=Postfix)

    def test_stripped_cr_is_gone_from_the_chunk(self):
        polite = self.polite()
        sender, letter, _ = self.sends(Exim, polite.port, rules=["to server body strip-cr"])
        sender.wait_queue_empty()
        [message] = polite.messages
        self.assertNotIn(b"\r", message)
        self.assertEqual(letter.content(), content_of(message))

    def test_hidden_chunking_brings_data_back(self):
        _, _, proxy = self.check_arrives("to client reply 250 after EHLO ehlo remove=CHUNKING")
        self.assertFalse(proxy.journal.entries(event="command", verb="BDAT"))
        self.assertTrue(proxy.journal.entries(event="command", verb="DATA"))

    def check_arrives(self, *rules, receiver_kind=Exim) -> tuple:
        receiver = self.server(receiver_kind, f"rx{len(self.cast)}")
        sender, letter, proxy = self.sends(Exim, receiver.port, rules=rules)
        sender.wait_queue_empty()
        [message] = receiver.wait_letter(letter)
        self.assertEqual(letter.content(), content_of(message))
        return message, sender, proxy


class RepliesUnderPipelining(FromOneSender):
    """Postfix pairs replies with pipelined commands by their order alone."""

    PEOPLE = ("ann@dest.test", "bob@dest.test", "cat@dest.test", "dan@dest.test")

    def sends_to_all(self, *rules) -> tuple:
        receiver = self.server(Postfix, f"rx{len(self.cast)}")
        return receiver, *self.sends(Postfix, receiver.port, Letter(recipients=self.PEOPLE),
                                     rules=rules)

    def test_made_up_reply_stands_for_its_own_recipient(self):
        receiver, sender, letter, _ = self.sends_to_all(
            'to server command RCPT matches=/<bob@/ answer reply="550 5.1.1 no bob here"')
        sender.wait_queue_empty()
        self.assertEqual({"ann", "cat", "dan"}, delivered_to(receiver.wait_letter(letter, 3)))
        [bounce] = sender.wait_messages(1)
        self.assertIn(b"<bob@dest.test>", bounce)
        self.assertIn(b"no bob here", bounce)
        self.assertNotIn(b"<cat@dest.test>", bounce)

    def test_rewritten_replies_defer_their_own_recipients(self):
        receiver, sender, letter, _ = self.sends_to_all(
            'to client reply 250 after RCPT every 2nd rewrite line="451 4.7.1 not now"')
        sender.wait_log(r"to=<dan@dest\.test>.*status=deferred.*451 4\.7\.1 not now")
        sender.wait_log(r"to=<bob@dest\.test>.*status=deferred.*451 4\.7\.1 not now")
        self.assertNotRegex(sender.logs(), r"to=<(ann|cat)@dest\.test>.*status=(deferred|bounced)")
        # Only the client was told of a refusal; the server has all four.
        self.assertEqual(4, len(receiver.wait_letter(letter, 4)))
        self.assertEqual(1, len(sender.queue()))

    def test_reply_to_an_added_command_is_swallowed(self):
        receiver, sender, letter, _ = self.sends_to_all(
            'to server command RCPT insert line="NOOP" where=after')
        sender.wait_queue_empty()
        self.assertEqual(4, len(receiver.wait_letter(letter, 4)))
        self.assertEqual([], sender.messages())


class EarlyReplyWithinTheBody(FromOneSender):
    """A 554 in the middle of DATA is read only behind the dot, and taken for the answer to it."""

    EARLY = b"554 5.7.1 enough of this\r\n"

    def refuse_early(self, server: Connection) -> bytes:
        server.send(b"220 mx.lab.test ESMTP\r\n")
        for reply in (EHLO_REPLY, b"250 ok\r\n", b"250 ok\r\n", b"354 go ahead\r\n"):
            server.line()
            server.send(reply)
        server.line()
        server.send(self.EARLY)
        rest = server.until(b"\r\n.\r\n")
        server.line()
        server.send(b"221 2.0.0 bye\r\n")
        return rest

    def test_client_hears_it_before_its_message_has_ended(self):
        server = self.scripted(self.refuse_early)
        rule = 'to client reply 250 after RCPT rewrite line="250 2.1.5 fine"'
        for rules in ((), (rule,)):
            with self.subTest(rules), ehlo(self.proxy(server.port, rules=rules).port) as client:
                for command in ("MAIL FROM:<a@example.test>", "RCPT TO:<b@dest.test>", "DATA"):
                    client.say(command)
                client.send(b"Subject: half\r\n")
                self.assertEqual(self.EARLY, client.reply())
                client.send(b"\r\nrest\r\n.\r\n")
                self.assertEqual(b"221 2.0.0 bye\r\n", client.say("QUIT"))
        self.assertEqual([b"\r\nrest\r\n.\r\n"] * 2, server.wait_results(2))

    def test_postfix_bounces_with_its_text(self):
        sender, _, _ = self.sends(Postfix, self.scripted(self.refuse_early).port)
        [bounce] = sender.wait_messages(1)
        self.assertIn(b"enough of this", bounce)
        sender.wait_queue_empty()


class CommandsBehindTheDot(Stage):
    """Servers differ about commands pipelined behind the dot; through the proxy each is itself."""

    REST = (b"Subject: x\r\n\r\nbody\r\n.\r\n"
            b"MAIL FROM:<c@example.test>\r\nRCPT TO:<d@dest.test>\r\nDATA\r\n"
            b"Subject: y\r\n\r\nbody\r\n.\r\nQUIT\r\n")

    def test_opensmtpd(self):
        self.assertIn(b"500", self.check_same(OpenSmtpd))

    def test_exim(self):
        self.check_same(Exim)

    def test_sendmail(self):
        self.check_same(Sendmail)

    def test_postfix(self):
        self.check_same(Postfix)

    def check_same(self, kind) -> list:
        """The codes are those that the server gives without a proxy; answers them."""
        server = self.server(kind, kind.program)
        direct = self.codes(server.port)
        rules = ['to client reply 250 after RSET rewrite line="250 2.0.0 never"']
        self.assertEqual(direct, self.codes(self.proxy(server.port).port))
        self.assertEqual(direct, self.codes(self.proxy(server.port, rules=rules).port))
        return direct

    def codes(self, port: int) -> list:
        with ehlo(port) as client:
            for command in ("MAIL FROM:<a@example.test>", "RCPT TO:<b@dest.test>", "DATA"):
                client.say(command)
            client.send(self.REST)
            client.finish()
            return [line[:3] for line in client.to_end().splitlines()]


class HiddenEightBitMime(FromOneSender):
    """Without 8BITMIME, Postfix and Sendmail re-encode; Exim and OpenSMTPD send 8-bit anyway."""

    # Whoever offers SMTPUTF8 takes 8-bit as well, says RFC 6531, and Postfix relies on it.
    RULE = "to client reply 250 after EHLO ehlo remove=8BITMIME,SMTPUTF8"

    def test_postfix_sends_quoted_printable(self):
        self.check_encoding(Postfix, "quoted-printable")

    def test_sendmail_encodes_as_it_sees_fit(self):
        self.check_encoding(Sendmail, "base64", "quoted-printable")

    def test_exim_sends_8_bit_anyway(self):
        self.check_encoding(Exim, "8bit")

    def test_opensmtpd_sends_8_bit_anyway(self):
        self.check_encoding(OpenSmtpd, "8bit")

    def check_encoding(self, kind, *encodings: str) -> None:
        receiver = self.server(Aiosmtpd, f"rx-{kind.program}")
        sender, letter, _ = self.sends(kind, receiver.port, rules=[self.RULE])
        sender.wait_queue_empty()
        [received] = receiver.wait_letter(letter)
        message = email.message_from_bytes(received)
        self.assertIn(message["Content-Transfer-Encoding"].lower(), encodings)
        self.assertEqual(letter.content(), decoded_content_of(received))


class MaskedWords(FromOneSender):
    """A starred greeting, masked keywords and XXXX for EHLO: every sender still delivers."""

    RULES = {"greeting": 'to client greeting mask keep="20 "',
             "keywords": "to client reply 250 after EHLO ehlo "
                         "mask=PIPELINING,8BITMIME,SIZE,CHUNKING,DSN",
             "verb": "to server command EHLO mask char=X"}

    def test_postfix_delivers(self):
        self.check_delivers(Postfix)

    def test_exim_delivers(self):
        self.check_delivers(Exim)

    def test_opensmtpd_delivers(self):
        self.check_delivers(OpenSmtpd)

    def test_sendmail_delivers(self):
        self.check_delivers(Sendmail)

    def check_delivers(self, kind) -> None:
        receiver = self.server(Postfix, f"rx-{kind.program}")
        for name, rule in self.RULES.items():
            with self.subTest(name):
                sender = self.sender(kind, f"{kind.program}-{name}")
                proxy = self.proxy(receiver.port, port=sender.relay_port, rules=[rule])
                letter = Letter(ASCII_LINES)
                sender.submit(letter)
                sender.wait_queue_empty()
                self.assertEqual(1, len(receiver.wait_letter(letter)))
                self.wait_until(proxy.journal.rules, "the rule in the journal")


class Timers(FromOneSender):
    """A sender whose timer fires leaves; the mail stays queued and the next attempt is served."""

    def test_silence_at_the_greeting(self):
        self.check_timer("to client greeting once per run delay time=20s", copies=1)

    def test_silence_behind_the_dot(self):
        self.check_timer("to client reply 250 after DATA once per run delay time=20s", copies=2)

    def test_blackhole_at_recipient(self):
        self.check_timer("to server command RCPT once per run blackhole", copies=1)

    def check_timer(self, rule: str, copies: int) -> None:
        for kind in (Postfix, Exim):
            with self.subTest(kind.program):
                self.check_sender(kind, rule, copies)

    def check_sender(self, kind, rule: str, copies: int) -> None:
        receiver = self.server(Aiosmtpd, f"rx{len(self.cast)}")
        sender, letter, _ = self.sends(kind, receiver.port, timer_s=1, rules=[rule])
        sender.wait_deferred()
        self.assertEqual(1, len(sender.queue()))
        sender.flush()
        sender.wait_queue_empty()
        self.assertEqual(copies, len(receiver.wait_letter(letter, copies)))


class OneSessionForSeveralLetters(FromOneSender):
    """OpenSMTPD keeps a session open for a while and uses it for the next letter."""

    def test_second_letter_goes_through_the_same_session(self):
        receiver = self.server(Exim, "rx")
        sender, first, proxy = self.sends(OpenSmtpd, receiver.port)
        sender.wait_queue_empty()
        second = Letter()
        sender.submit(second)
        sender.wait_queue_empty()
        for letter in (first, second):
            self.assertEqual(1, len(receiver.wait_letter(letter)))
        self.assertEqual(1, len(proxy.journal.entries(event="connect")))
        self.assertEqual(2, len(proxy.journal.entries(event="command", verb="MAIL")))


class NoQuit(Stage):
    """nodemailer closes without QUIT once it has its 250."""

    def test_mail_is_delivered_once(self):
        self.need("nodemailer")
        receiver = self.server(Postfix, "rx")
        proxy = self.proxy(receiver.port)
        letter = Letter()
        status, said = self.clients().nodemailer(proxy.port, letter)
        self.assertEqual(0, status, said)
        proxy.journal.wait(event="close")
        self.assertEqual([], proxy.journal.entries(event="command", verb="QUIT"))
        self.assertEqual(1, len(receiver.wait_letter(letter)))


class BareLineFeeds(Stage):
    """curl, and smtplib given bytes, send bare LF as it stands; and so it has to arrive."""

    def test_from_curl(self):
        self.check_bare("curl")

    def test_from_smtplib(self):
        self.check_bare("smtplib")

    def check_bare(self, name: str) -> None:
        receiver = self.server(Aiosmtpd, f"rx-{name}")
        letter = Letter([b"bare", b"line", b"feeds"])
        proxy = self.proxy(receiver.port, rules=["to client reply 250 after RCPT delay time=1ms"])
        status, said = getattr(self.clients(), name)(proxy.port, letter, b"\n")
        self.assertEqual(0, status, said)
        [message] = receiver.wait_letter(letter)
        self.assertEqual(letter.text(b"\n"), message.removesuffix(b"\r\n"))


def delivered_to(messages: list) -> set:
    """The local parts that Postfix delivered these messages to."""
    return {email.message_from_bytes(message)["Delivered-To"].split("@")[0] for message in messages}


if __name__ == "__main__":
    unittest.main()
