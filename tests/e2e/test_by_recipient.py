"""Several upstreams, of which the recipient says which: one proxy in front of several servers."""
import unittest

import test_pipelined
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import Postfix
from letter import Letter, content_of
from peers import connect, ehlo
from proxy import address
from stage import Stage
from test_options import USAGE, Program


class EximElsewhere(Exim):
    local_domains = ["elsewhere.test"]


def upstream(match: str, place) -> str:
    return f"match={match} {address(place)}"


class RealServers(Stage):
    """Postfix sends one mail for recipients of two servers; each gets its own."""

    def test_one_mail_for_two_servers(self):
        here, there = self.server(OpenSmtpd, "here"), self.server(EximElsewhere, "there")
        sender = self.sender(Postfix, "sender")
        proxy = self.proxy(upstream("dest.test", here.port), "--upstream",
                           upstream("*where.test", there.port), port=sender.relay_port)
        letter = Letter(recipients=("bob@dest.test", "eve@elsewhere.test", "ann@dest.test",
                                    "joe@elsewhere.test"))
        sender.submit(letter)
        self.assert_arrived(letter, here.wait_letter(letter, 2), 2)
        sender.wait_deferred()
        sender.wait_log("to=<eve@elsewhere.test>.*status=deferred.*452 4.5.3")
        self.assertEqual([], there.copies(letter))
        sender.flush()
        self.assert_arrived(letter, there.wait_letter(letter, 2), 2)
        sender.wait_queue_empty()
        for recipient in letter.recipients:
            sender.wait_log(f"to=<{recipient}>.*status=sent")
        self.assertEqual(2, len(here.copies(letter)))
        servers = [entry["server"] for entry in proxy.journal.wait(4, event="connect")]
        self.assertEqual([f"127.0.0.1:{here.port}", f"127.0.0.1:{there.port}"], servers[1::2])

    def assert_arrived(self, letter: Letter, messages: list, count: int) -> None:
        self.assertEqual([letter.content()] * count, list(map(content_of, messages)))

    def test_postfix_is_told_the_client(self):
        postfix = self.server(Postfix, "told", settings={
            "smtpd_authorized_xclient_hosts": "127.0.0.1"})
        proxy = self.proxy(upstream("dest.test", postfix.port), "--accept-proxy", "--send-xclient")
        letter = Letter()
        with connect(proxy.port) as client:
            client.send(b"PROXY TCP4 192.0.2.77 192.0.2.2 40000 25\r\n")
            client.reply()
            client.say("EHLO client.test")
            client.say(f"MAIL FROM:<{letter.sender}>")
            self.assertTrue(client.say("RCPT TO:<bob@dest.test>").startswith(b"250"))
            client.say("DATA")
            client.send(letter.text(b"\r\n").replace(b"\r\n.", b"\r\n..") + b".\r\n")
            self.assertTrue(client.reply().startswith(b"250"))
        [message] = postfix.wait_letter(letter)
        self.assertIn(b"from client.test (unknown [192.0.2.77])", message)


class ScriptedServers(Stage):
    """What clients hear, in order and one reply to each command."""

    def test_pipelined_commands_have_their_replies(self):
        here, there = self.polite(), self.polite()
        proxy = self.proxy(upstream("dest.test", here.port), "--upstream",
                           upstream("elsewhere.test", there.port))
        mail = "MAIL FROM:<a@b.test>\r\nRCPT TO:<x@{}>\r\nRCPT TO:<y@{}>\r\nDATA\r\ntext\r\n.\r\n"
        with ehlo(proxy.port) as client:
            client.send((mail.format("dest.test", "elsewhere.test")
                         + mail.format("elsewhere.test", "nowhere.test") + "QUIT\r\n").encode())
            codes = [client.reply()[:3] for _ in range(11)]
            self.assertEqual(b"", client.to_end())
        expected = b"250 250 452 354 250 250 250 550 354 250 221"
        self.assertEqual(expected.split(), codes)

    def test_rules_see_what_every_client_hears(self):
        proxy = self.proxy(upstream("*", self.polite().port), rules=[
            'to client greeting rewrite line="220 mx.test"',
            'to client reply 250 after EHLO ehlo add=SMTPUTF8',
            'to server command RCPT first 1 per session answer reply="451 4.7.1 wait"',
            'to client reply 250 after DATA rewrite line="250 2.0.0 yes"'])
        with connect(proxy.port) as client:
            self.assertEqual(b"220 mx.test\r\n", client.reply())
            self.assertIn(b"SMTPUTF8", client.say("EHLO c.test"))
            client.say("MAIL FROM:<a@b.test>")
            self.assertEqual(b"451 4.7.1 wait\r\n", client.say("RCPT TO:<x@dest.test>"))
            self.assertTrue(client.say("RCPT TO:<x@dest.test>").startswith(b"250"))
            client.say("DATA")
            self.assertEqual(b"250 2.0.0 yes\r\n", client.say("text\r\n."))

    def test_a_server_that_is_down_is_not_the_others_trouble(self):
        here = self.polite()
        proxy = self.proxy(upstream("dest.test", here.port), "--upstream",
                           upstream("down.test", "127.0.0.1:1"), "--upstream",
                           upstream("nobody.test", "nobody.invalid:25"))
        with ehlo(proxy.port) as client:
            client.say("MAIL FROM:<a@b.test>")
            for domain in ("down.test", "nobody.test"):
                self.assertTrue(client.say(f"RCPT TO:<x@{domain}>").startswith(b"451 4.4.1"))
            self.assertTrue(client.say("RCPT TO:<x@dest.test>").startswith(b"250"))
        errors = proxy.journal.wait(2, event="error")
        self.assertEqual(["127.0.0.1:1", "nobody.invalid:25"],
                         [entry["server"] for entry in errors])

    def test_a_server_that_says_nothing_is_given_up(self):
        mute = self.scripted(lambda connection: connection.to_end())
        proxy = self.proxy(upstream("*", mute.port), "--connect-timeout", "300ms")
        with ehlo(proxy.port) as client:
            client.say("MAIL FROM:<a@b.test>")
            self.assertTrue(client.say("RCPT TO:<x@dest.test>").startswith(b"451 4.4.1"))
            self.assertTrue(client.say("QUIT").startswith(b"221"))
            self.assertEqual("FIN", client.ending())
        self.assertEqual([b""], mute.wait_results(1))

    def test_ends_are_carried_over(self):
        def leaves_behind_354(connection):
            connection.send(b"220 mx\r\n")
            for reply in (b"250 mx\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
                connection.line()
                connection.send(reply)
            connection.line()
            connection.reset()
        server = self.scripted(leaves_behind_354)
        proxy = self.proxy(upstream("*", server.port))
        with ehlo(proxy.port) as client:
            for line in ("MAIL FROM:<a@b.test>", "RCPT TO:<x@dest.test>", "DATA"):
                client.say(line)
            client.send(b"text\r\n")
            self.assertEqual("RST", client.ending())
        [close] = proxy.journal.wait(1, event="close")
        self.assertEqual("server-reset", close["ending"])

    def test_a_large_mail_passes_with_bounded_memory(self):
        def takes_slowly(connection):
            connection.send(b"220 mx\r\n")
            for reply in (b"250 mx\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
                connection.line()
                connection.send(reply)
            size = len(connection.until(b"\r\n.\r\n"))
            connection.send(b"250 taken\r\n")
            return size
        server = self.scripted(takes_slowly)
        proxy = self.proxy(upstream("*", server.port))
        text = b"0123456789" * 7 + b"\r\n"
        before = proxy.memory_kb("VmHWM")
        with ehlo(proxy.port) as client:
            for line in ("MAIL FROM:<a@b.test>", "RCPT TO:<x@dest.test>", "DATA"):
                client.say(line)
            client.send(text * 150_000 + b".\r\n")
            self.assertTrue(client.reply().startswith(b"250"))
        self.assertEqual([len(text) * 150_000 + 3], server.wait_results(1))
        self.assertLess(proxy.memory_kb("VmHWM") - before, 16_000)


class InStep(test_pipelined.PipelinedTest):
    """Thousands of pipelined messages, some without recipients that are left."""

    def proxy(self, place, *options, **settings):
        return super().proxy(upstream("*", place), *options, **settings)


class Refused(Program):
    """What does not go together is said at the start."""

    def test_tls_with_the_server(self):
        for mode in ("intercept", "server"):
            self.check_refused(self.run_proxy("--upstream", "match=a.test mx:25", "--tls", mode),
                               USAGE, "upstream: match= goes with --tls off, pass or client only")
        self.check_refused(self.run_proxy("--upstream", "match=a.test smtps:mx:465"),
                           USAGE, "match= and smtps: do not go together")

    def test_xforward(self):
        self.check_refused(self.run_proxy("--upstream", "match=a.test mx:25", "--send-xforward"),
                           USAGE, "match= and --send-xforward do not go together")

    def test_a_listener_that_is_not_there(self):
        self.check_refused(self.run_proxy("--upstream", "listen=127.0.0.1:1 mx:25"), USAGE,
                           "upstream: there is no --listen 127.0.0.1:1")

    def test_patterns(self):
        self.check_refused(self.run_proxy("--upstream", "match= mx:25"), USAGE, "is no pattern")


if __name__ == "__main__":
    unittest.main()
