"""`smtpchaos send`: with real receivers, with servers that behave badly, and what it tells."""
import signal
import threading
import unittest

from built_in import Sink, send, start_send, wait_sent
from lab.aiosmtpd import Aiosmtpd
from lab.dovecot import Dovecot
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.place import make
from lab.postfix import Postfix
from lab.sendmail import Sendmail
from letter import Letter, content_of
from network import free_port
from stage import Stage

TO_LAB = ("--from", "ann@example.test", "--to", "bob@dest.test")


class ToReceivers(Stage):
    """Every receiver takes a file's message unchanged, and many made-up ones on one connection."""

    def check(self, kind, *options):
        receiver = self.server(kind, self._testMethodName)
        letter = Letter()
        sent = send(receiver.port, *TO_LAB, "--message", "-", *options, text=letter.text())
        self.assertEqual(0, sent.status, sent.out + sent.err)
        [message] = receiver.wait_letter(letter)
        self.assertEqual(letter.content(), content_of(message))
        sent = send(receiver.port, *TO_LAB, "--count", 20, "--connections", 2, "--keep", 10,
                    *options)
        self.assertEqual(0, sent.status, sent.out + sent.err)
        subjects = [line for message in receiver.wait_messages(21)
                    for line in message.splitlines() if line.startswith(b"Subject: smtpchaos")]
        self.assertEqual({b"Subject: smtpchaos test message %d" % n for n in range(1, 21)},
                         set(subjects))
        self.assertEqual(20, len(subjects))

    def test_postfix(self):
        self.check(Postfix)

    def test_exim(self):
        self.check(Exim)

    def test_opensmtpd(self):
        self.check(OpenSmtpd)

    def test_sendmail(self):
        self.check(Sendmail)

    def test_aiosmtpd(self):
        self.check(Aiosmtpd)

    def test_dovecot_by_lmtp(self):
        self.check(Dovecot, "--lmtp")

    def test_postfix_by_bdat(self):
        self.check(Postfix, "--chunking")

    def test_exim_by_bdat(self):
        self.check(Exim, "--chunking")

    def test_postfix_without_pipelining(self):
        self.check(Postfix, "--pipelining", "off")


class SendStage(Stage):
    def sink(self, *options) -> Sink:
        sink = Sink(make(self.directory / self._testMethodName), *options)
        self.addCleanup(sink.stop)
        return sink.start()

    def put_off_first(self, times: int, reply: bytes = b"451 4.7.1 Greylisted\r\n"):
        """A server that puts off its first recipients."""
        class Greylisting(dict):
            left = times

            def get(self, verb, default=None):
                if verb == "RCPT" and self.left > 0:
                    self.left -= 1
                    return reply
                return super().get(verb, default)
        polite = self.polite(EHLO=b"250 mx.lab.test\r\n")
        polite.replies = Greylisting(polite.replies)
        return polite


class OutcomesTest(SendStage):
    def test_summary_for_people(self):
        sent = send(self.polite().port)
        self.assertEqual(0, sent.status)
        self.assertRegex(sent.out, r"\Asent 1 message in [\d.]+ s: [\d.]+/s, .*\n"
                                   r"  delivered +1\n  latency +p50 .*\n\Z")
        self.assertEqual("", sent.err)

    def test_summary_for_programs(self):
        polite = self.polite(dot=b"554 5.7.1 No\r\n")
        sent = send(polite.port, "--count", 3, "--json")
        told = sent.json()
        self.assertEqual(1, sent.status)
        self.assertEqual({"554": 3}, told["refused"])
        self.assertEqual((3, 0, 0, 0), tuple(told[name] for name in (
            "sent", "delivered", "lost", "timed_out")))
        self.assertGreater(told["seconds"], 0)
        self.assertGreater(told["messages_per_second"], 0)
        self.assertGreaterEqual(told["latency_ms"]["p99"], told["latency_ms"]["p50"])

    def test_refusals_name_the_place_and_the_words(self):
        for verb, where in (("greeting", "greeting"), ("MAIL", "MAIL"), ("RCPT", "RCPT"),
                            ("DATA", "DATA"), ("dot", "end of message")):
            with self.subTest(where):
                replies = {"EHLO": b"250 mx\r\n", verb: b"550 5.7.1 Not\x07 today\r\n"}
                sent = send(self.polite(**replies).port)
                self.assertEqual(1, sent.status)
                self.assertRegex(sent.out, rf"(?m)^  refused +1  550 at {where}: "
                                           r"5\.7\.1 Not\\x07 today$")

    def test_helo_after_ehlo_was_refused(self):
        polite = self.polite(EHLO=b"501 5.5.4 Invalid domain name\r\n")
        self.assertEqual(0, send(polite.port, "--helo", "me.test").status)
        self.assertEqual([b"EHLO me.test\r\n", b"HELO me.test\r\n"], polite.commands[:2])

    def test_connection_that_ends_is_told(self):
        def leave(connection):
            connection.send(b"220 mx\r\n")
            connection.line()
        sent = send(self.scripted(leave).port)
        self.assertEqual(1, sent.status)
        self.assertRegex(sent.out, r"(?m)^  lost +1  at EHLO: the server closed the connection$")

    def test_torn_connection_is_told(self):
        def tear(connection):
            connection.send(b"220 mx\r\n")
            connection.line()
            connection.reset()
        sent = send(self.scripted(tear).port)
        self.assertEqual(1, sent.status)
        self.assertRegex(sent.out, r"(?m)^  lost +1  at EHLO: connection reset by peer$")

    def test_silent_server_is_given_up(self):
        sent = send(self.scripted(lambda connection: connection.to_end()).port,
                    "--timeout", "300ms", "--json")
        self.assertEqual(1, sent.status)
        self.assertEqual(1, sent.json()["timed_out"])

    def test_server_that_takes_no_mail_bytes_is_given_up(self):
        ended = threading.Event()

        def stall(connection):
            connection.send(b"220 mx\r\n")
            for reply in (b"250 mx\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
                connection.line()
                connection.send(reply)
            ended.wait(15)
        sent = send(self.scripted(stall).port, "--size", "100MB", "--timeout", "500ms", "--json")
        ended.set()
        self.assertEqual((1, 1), (sent.status, sent.json()["timed_out"]))

    def test_nobody_there_is_69_and_one_line(self):
        for count in (1, 1000):
            sent = send(free_port(), "--count", count, "--connections", 5, "--json")
            self.assertEqual((69, ""), (sent.status, sent.out))
            self.assertRegex(sent.err, r"\Asmtpchaos: cannot connect to 127\.0\.0\.1:\d+: "
                                       r"connection refused\n\Z")

    def test_dialogue(self):
        sent = send(self.polite().port, "--verbose", "--helo", "me.test", "--size", "500B")
        lines = sent.err.splitlines()
        self.assertEqual(["S: 220 mx.lab.test ESMTP", "C: EHLO me.test"], lines[:2])
        for line in ("C: MAIL FROM:<sender@example.test> SIZE=500", "C: DATA",
                     "C: (500 bytes of mail)", "C: .", "C: QUIT", "S: 221 2.0.0 bye"):
            self.assertIn(line, lines)


class AgainTest(SendStage):
    def test_comes_back_after_a_4xx(self):
        polite = self.put_off_first(2)
        sent = send(polite.port, "--retry", 3, "--retry-after", "100ms", "--json")
        told = sent.json()
        self.assertEqual((0, 1, 3), (sent.status, told["delivered"], told["attempts"]))
        self.assertEqual(({"451": 2}, {}), (told["put_off"], told["refused"]))
        self.assertGreaterEqual(told["seconds"], 0.2)
        self.assertEqual(1, len(polite.messages))

    def test_gives_up_after_the_last_attempt(self):
        sent = send(self.put_off_first(9).port, "--retry", 2, "--retry-after", "10ms", "--json")
        told = sent.json()
        self.assertEqual((1, 0, 3), (sent.status, told["delivered"], told["attempts"]))
        self.assertEqual(({"451": 2}, {"451": 1}), (told["put_off"], told["refused"]))

    def test_does_not_come_back_after_a_5xx(self):
        sent = send(self.put_off_first(9, b"550 no\r\n").port, "--retry", 2, "--json")
        self.assertEqual((1, 1), (sent.status, sent.json()["attempts"]))

    def test_second_attempt_is_for_those_who_have_it_not(self):
        polite = self.put_off_first(1)
        sent = send(polite.port, "--to", "a@x.test", "--to", "b@x.test", "--retry", 1,
                    "--retry-after", "10ms", "--json")
        self.assertEqual((0, 1), (sent.status, sent.json()["delivered"]))
        self.assertEqual([b"RCPT TO:<a@x.test>\r\n", b"RCPT TO:<b@x.test>\r\n",
                          b"RCPT TO:<a@x.test>\r\n"],
                         [line for line in polite.commands if line.startswith(b"RCPT")])

    def test_comes_through_a_greylist(self):
        sink = self.sink()
        proxy = self.proxy(sink.port, rules=[
            'to server command RCPT first 1 per triplet answer reply="451 4.7.1 Greylisted"'])
        sent = send(proxy.port, "--count", 5, "--connections", 5, "--retry", 5,
                    "--retry-after", "50ms", "--json")
        self.assertEqual((0, {"451": 1}), (sent.status, sent.json()["put_off"]))
        self.assertEqual(5, len(sink.messages()))


class LoadTest(SendStage):
    def test_count_connections_and_keep(self):
        sink = self.sink()
        sent = send(sink.port, "--count", 1000, "--connections", 10, "--keep", 25, "--json")
        self.assertEqual((0, 1000), (sent.status, sent.json()["delivered"]))
        messages = sink.messages()
        ids = {line for message in messages for line in message.splitlines()
               if line.startswith(b"Message-ID")}
        self.assertEqual((1000, 1000), (len(messages), len(ids)))
        self.assertRegex(sink.stop(), r"1000 messages for 1000 recipients, 1024000 bytes, 4\d ")

    def test_rate(self):
        told = send(self.sink().port, "--count", 30, "--rate", 100, "--connections", 3, "--keep",
                    100, "--json").json()
        self.assertEqual(30, told["delivered"])
        self.assertGreaterEqual(told["seconds"], 0.29)

    def test_size_is_exact_and_large_mail_is_whole(self):
        sink = self.sink("--size-limit", "30MB")
        for size in (300, 1024, 4567, 29_999_999):
            for way in ((), ("--chunking",)):
                with self.subTest(size=size, way=way):
                    sent = send(sink.port, "--size", size, *way, "--json")
                    self.assertEqual((0, size), (sent.status, sent.json()["bytes"]))
                    message = sink.messages()[-1]
                    self.assertEqual(size, len(message) - message.index(b"Message-ID"))
                    self.assertTrue(message.endswith(b"\r\n"))
        self.assertEqual(1, send(sink.port, "--size", "31MB").status)

    def test_file_with_every_line_ending(self):
        sink = self.sink()
        text = b"Subject: x\n\n.\n..\r\nlone\rcr\n\n.end"
        send(sink.port, "--message", "-", text=text)
        [message] = sink.messages()
        self.assertTrue(message.endswith(
            b"test\r\nSubject: x\r\n\r\n.\r\n..\r\nlone\rcr\r\n\r\n.end\r\n"))

    def test_server_that_refuses_some_connections(self):
        turn = iter(range(1000))

        def moody(connection):
            if next(turn) % 2:
                connection.send(b"421 4.3.2 Busy\r\n")
            else:
                polite(connection)
        polite = self.polite()
        sent = send(self.scripted(moody).port, "--count", 10, "--json")
        self.assertEqual((1, 5, {"421": 5}), (
            sent.status, sent.json()["delivered"], sent.json()["refused"]))


    def test_latency_knows_the_slow_from_the_usual(self):
        proxy = self.proxy(self.sink().port, rules=[
            "to client reply 250 after DATA first 1 per run delay time=400ms"])
        latency = send(proxy.port, "--count", 50, "--json").json()["latency_ms"]
        self.assertGreaterEqual(latency["p99"], 400)
        self.assertLess(latency["p50"], 200)


class SignalsTest(SendStage):
    def test_first_begins_no_further_message(self):
        sink = self.sink()
        process = start_send(sink.port, "--count", 10_000, "--rate", 100, "--keep", 10, "--json")
        self.wait_until(lambda: len(sink.messages()) >= 5, "five messages")
        process.send_signal(signal.SIGINT)
        sent = wait_sent(process)
        told = sent.json()
        self.assertEqual((1, 10_000), (sent.status, told["sent"] + told["not_sent"]))
        self.assertEqual(told["delivered"], len(sink.messages()))
        self.assertEqual(told["sent"], told["delivered"])

    def test_second_does_not_wait(self):
        server = self.scripted(lambda connection: connection.to_end())
        process = start_send(server.port, "--json")
        server.wait_connections(1)
        process.send_signal(signal.SIGTERM)
        while process.poll() is None and server.threads[-1].is_alive():
            process.send_signal(signal.SIGTERM)
        sent = wait_sent(process)
        self.assertEqual((1, 1), (sent.status, sent.json()["lost"]))


class MistakesTest(Stage):
    def check(self, status: int, words: str, *options):
        sent = send(free_port(), *options)
        self.assertEqual((status, ""), (sent.status, sent.out))
        self.assertRegex(sent.err, rf"\Asmtpchaos: [^\n]*{words}[^\n]*\n\Z")

    def test_each(self):
        self.check(64, "from.*no mail address", "--from", "a b@x")
        self.check(64, "to.*no mail address", "--to", "<>")
        self.check(64, "to.*no mail address", "--to", "a@x\r\nDATA")
        self.check(64, "helo", "--helo", "a b")
        self.check(64, "subject", "--subject", "a\nb")
        self.check(64, "--size", "--size", "1KB", "--message", "-")
        self.check(64, "count", "--count", "0")
        self.check(66, "/nowhere/mail: No such file", "--message", "/nowhere/mail")


if __name__ == "__main__":
    unittest.main()
