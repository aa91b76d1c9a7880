"""What is written down: the journal's head, its entries, its three formats, and what never is."""
import base64
import re
import unittest

from peers import connect, ehlo
from stage import Stage

RULE = 'to client reply 250 after RCPT rewrite line="451 4.7.1 not now"'
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)")
EVENTS = {"start", "connect", "greeting", "command", "reply", "body", "body-end", "rule", "tls",
          "close", "error"}


class Mail:
    """Sends one message by hand, to one recipient."""

    def send_mail(self, port: int, recipient: str = "b@dest.test") -> bytes:
        """Answers the reply to RCPT; the message is sent whatever that was."""
        with ehlo(port) as client:
            client.say("MAIL FROM:<a@example.test>")
            reply = client.say(f"RCPT TO:<{recipient}>")
            client.say("DATA")
            client.say("Subject: x\r\n\r\nbody\r\n.")
            client.say("QUIT")
            client.to_end()
        return reply


class EntriesTest(Mail, Stage):
    def entries(self, *options, **settings) -> list:
        """The journal of a proxy through which one message went."""
        proxy = self.proxy(self.polite().port, *options, **settings)
        self.send_mail(proxy.port)
        proxy.journal.wait(event="close")
        return proxy.journal.entries()

    def test_first_line_tells_version_seed_options_and_rules(self):
        head = self.entries(rules=[RULE], seed=4711)[0]
        self.assertEqual("start", head["event"])
        self.assertEqual(4711, head["seed"])
        self.assertRegex(head["version"], r"\A\d+\.\d+\.\d+")
        self.assertIn("--upstream", str(head["options"]))
        self.assertIn(RULE, str(head["rules"]).replace("\\\\", "\\"))

    def test_seed_is_drawn_and_told_when_none_is_given(self):
        proxy = self.unstarted_proxy(self.polite().port)
        at = proxy.command.index("--seed")
        del proxy.command[at:at + 2]
        self.addCleanup(proxy.stop)
        seed = proxy.start().journal.head()["seed"]
        self.assertIn(str(seed), proxy.output())

    def test_every_event_of_a_mail_has_its_entry(self):
        entries = self.entries()[1:]
        events = [entry["event"] for entry in entries]
        self.assertEqual("connect", events[0])
        self.assertEqual("close", events[-1])
        self.assertLessEqual({"greeting", "command", "reply", "body", "body-end"}, set(events))
        self.assertLessEqual(set(events), EVENTS)
        verbs = [entry["verb"] for entry in entries if entry["event"] == "command"]
        self.assertEqual(["EHLO", "MAIL", "RCPT", "DATA", "QUIT"], verbs)
        codes = [entry["code"] for entry in entries if entry["event"] == "reply"]
        self.assertEqual([250, 250, 250, 354, 250, 221], codes)

    def test_times_are_rfc_3339_with_microseconds_and_never_go_back(self):
        times = [entry["time"] for entry in self.entries()]
        for time in times:
            self.assertRegex(time, TIME)
        self.assertEqual(sorted(times), times)

    def test_sessions_have_names_that_a_restart_does_not_use_again(self):
        names = []
        for _ in range(2):
            proxy = self.proxy(self.polite().port)
            for count in (1, 2):
                self.send_mail(proxy.port)
                proxy.journal.wait(count, event="close")
            names += [entry["session"] for entry in proxy.journal.entries(event="connect")]
        self.assertEqual(4, len(set(names)))

    def test_lines_of_a_silent_session_are_there_soon(self):
        proxy = self.proxy(self.polite().port)
        with connect(proxy.port) as client:
            client.reply()
            proxy.journal.wait(event="greeting", timeout_s=2)

    def test_rule_tells_what_it_did(self):
        [entry] = [entry for entry in self.entries(rules=[RULE]) if entry["event"] == "rule"]
        self.assertEqual(RULE, entry["rule"])
        self.assertEqual("rewrite", entry["mutator"])
        self.assertEqual("to client", entry["direction"])
        self.assertIn("250 2.0.0 ok", entry["before"])
        self.assertIn("451 4.7.1 not now", entry["after"])

    def test_drawn_parameters_are_told(self):
        entries = self.entries(rules=["to client reply 250 after RCPT delay time=1ms..9ms"])
        [entry] = [entry for entry in entries if entry["event"] == "rule"]
        self.assertRegex(str(entry["parameters"]["time"]), r"\A[1-9](\.\d+)?ms\Z|\A\d+us\Z")

    def test_rule_of_a_profile_names_it(self):
        entries = self.entries(profiles=["pix-banner-mask"], rules=[RULE])
        rules = [entry for entry in entries if entry["event"] == "rule"]
        self.assertEqual(["pix-banner-mask", None], [entry.get("profile") for entry in rules])

    def test_close_carries_totals_and_how_it_ended(self):
        close = self.entries()[-1]
        self.assertIn("ending", close)
        self.assertEqual(1, close["totals"]["messages"])
        self.assertEqual(5, close["totals"]["commands"])

    def test_binary_bytes_make_a_line_that_parses(self):
        proxy = self.proxy(self.polite().port)
        with ehlo(proxy.port) as client:
            client.say("VRFY \0\x01\x7f\"\\")
            client.send(b"NOOP \xff\xfe\r\n")
            client.reply()
        proxy.journal.wait(event="close")
        self.assertEqual(1, len(proxy.journal.entries(event="command", verb="VRFY")))


class FormatsTest(Mail, Stage):
    def text(self, form: str) -> str:
        proxy = self.proxy(self.polite().port, "--journal-format", form, rules=[RULE])
        self.send_mail(proxy.port)
        proxy.stop()
        return proxy.journal.file.read_text()

    def test_text_is_for_people(self):
        text = self.text("text")
        self.assertIn("RCPT TO:<b@dest.test>", text)
        self.assertIn("451 4.7.1 not now", text)
        self.assertNotIn("\x1b", text, "colours belong on a terminal")

    def test_exchange_is_the_protocol_log_that_administrators_read(self):
        lines = self.text("exchange").splitlines()
        fields = next(line for line in lines if line.startswith("#Fields:"))
        self.assertIn("date-time,connector-id,session-id,sequence-number,local-endpoint,"
                      "remote-endpoint,event,data,context", fields.replace(" ", ""))
        at = fields.split(":", 1)[1].strip().split(",").index("event")
        events = [line.split(",")[at] for line in lines if not line.startswith("#")]
        self.assertEqual("+", events[0])
        self.assertEqual("-", events[-1])
        self.assertLessEqual(set("<>*"), set(events))

    def test_dash_is_standard_output(self):
        proxy = self.unstarted_proxy(self.polite().port)
        proxy.command[proxy.command.index("--journal") + 1] = "-"
        self.addCleanup(proxy.stop)
        self.send_mail(proxy.start().port)
        self.wait_until(lambda: '"event":"close"' in proxy.output().replace(": ", ":"),
                        "the close on standard output")


class SecretsTest(Stage):
    """AUTH passes through whole and is written down without its secrets, in every format."""

    PLAIN = base64.b64encode(b"\0ann\0sesame-open").decode()
    USER = base64.b64encode(b"ann-the-user").decode()
    WORD = base64.b64encode(b"sesame-login").decode()

    def authenticate(self, connection) -> list:
        connection.send(b"220 mx ESMTP\r\n")
        heard = []
        for reply in (b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n", b"235 2.7.0 fine\r\n", b"334 \r\n",
                      b"535 5.7.8 no\r\n", b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n",
                      b"235 2.7.0 fine\r\n", b"221 bye\r\n"):
            heard.append(connection.line())
            connection.send(reply)
        return heard

    def test_secrets_pass_but_are_never_written(self):
        for form in ("json", "text", "exchange"):
            with self.subTest(form):
                self.check_masked(form)

    def check_masked(self, form: str) -> None:
        said = ["EHLO c", f"AUTH PLAIN {self.PLAIN}", "AUTH PLAIN", self.PLAIN, "AUTH LOGIN",
                self.USER, self.WORD, "QUIT"]
        server = self.scripted(self.authenticate)
        proxy = self.proxy(server.port, "--journal-format", form,
                           rules=["to server command AUTH delay time=1ms"])
        with connect(proxy.port) as client:
            client.reply()
            for line in said:
                client.say(line)
            client.to_end()
        self.assertEqual([[f"{line}\r\n".encode() for line in said]], server.wait_results(1))
        proxy.stop()
        written = proxy.journal.file.read_text()
        self.assertIn("AUTH", written)
        for secret in (self.PLAIN, self.USER, self.WORD):
            self.assertNotIn(secret, written)


class BlastRadiusTest(Mail, Stage):
    """Rules that are only decided, only for some recipients, only for a while."""

    def test_dry_run_decides_and_does_nothing(self):
        proxy = self.proxy(self.polite().port, "--dry-run", rules=[RULE])
        self.assertEqual(b"250", self.send_mail(proxy.port)[:3])
        self.assertEqual(1, len(proxy.journal.wait(event="rule")))

    def test_only_recipient_spares_all_others(self):
        proxy = self.proxy(self.polite().port, "--only-recipient", "*@chaos.test", rules=[RULE])
        self.assertEqual(b"250", self.send_mail(proxy.port, "bob@dest.test")[:3])
        self.assertEqual(b"451", self.send_mail(proxy.port, "bob@chaos.test")[:3])

    def test_rules_switch_off_after_a_time(self):
        proxy = self.proxy(self.polite().port, "--for", "2s", rules=[RULE])
        self.assertEqual(b"451", self.send_mail(proxy.port)[:3])
        self.wait_until(lambda: self.send_mail(proxy.port)[:3] == b"250", "the rules to be off")


if __name__ == "__main__":
    unittest.main()
