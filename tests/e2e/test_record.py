"""Sessions of real programs are recorded and go the same again; any change is noticed."""
import base64
import json
import os
import re
import signal
import ssl
import stat
import subprocess
import unittest

from lab.dovecot import Dovecot
from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.place import make
from lab.postfix import Postfix
from lab.sendmail import Sendmail
from letter import Letter
from peers import Connection, connect, ehlo
from proxy import binary
from recordings import Replay
from stage import Stage
from tls_stage import TlsStage

# Weights, chances, delays, answers, memory between sessions, harm to bytes, silences.
RULES = [
    "to server command MAIL weight 1 delay time=1ms..20ms",
    "to server command MAIL weight 2 pass",
    'to server command RCPT first 1 per triplet answer reply="451 4.7.1 Not now, {recipient}"',
    "to client reply 250 chance 1/2 drip chunk=3 gap=1ms",
    "to client greeting delay time=5ms..20ms",
    "both ways body chance 1/8 bare-lf",
    "to server body-end slice after=2 gap=2ms",
]
HARMLESS = [RULES[3], RULES[4], RULES[6]]
SECRET = b"0penSesame!"


class RecordStage(Stage):
    """Proxies that record; `recordings` answers the files so far."""

    def recorded(self, upstream, *options, **settings):
        self.folder = self.directory / f"{self._testMethodName}-recordings"
        return self.proxy(upstream, "--record", str(self.folder), *options, **settings)

    def files(self) -> list:
        return sorted(self.folder.iterdir())

    def check_same(self, proxy, sessions: int = 1) -> list:
        """All sessions have ended and go the same again; answers what replay said."""
        proxy.stop()
        replay = Replay(self.folder)
        self.assertEqual((0, ""), (replay.status, replay.err))
        lines = [line for line in replay.out.splitlines() if line.startswith("same ")]
        self.assertGreaterEqual(len(lines), sessions)
        self.assertEqual(len(self.files()), len(lines))
        self.assertNotIn("breaks off", replay.out)
        return lines


class RealProgramsTest(RecordStage):
    def test_postfix_to_exim(self):
        self.check_queueing(Postfix, Exim)

    def test_exim_to_postfix(self):
        self.check_queueing(Exim, Postfix)

    def test_opensmtpd_to_sendmail(self):
        self.check_queueing(OpenSmtpd, Sendmail, rules=HARMLESS)

    def test_sendmail_to_opensmtpd(self):
        self.check_queueing(Sendmail, OpenSmtpd, rules=HARMLESS)

    def test_clients_to_exim_under_rules(self):
        exim = self.server(Exim, "exim-for-clients")
        proxy = self.recorded(exim.port, rules=RULES[:2] + RULES[3:], seed=11)
        self.send_with_all(proxy)
        self.check_same(proxy, 4)

    def test_clients_to_postfix_in_chaos(self):
        postfix = self.server(Postfix, "postfix-for-clients")
        proxy = self.recorded(postfix.port, profiles=["chaos", "chaos:hostile"], seed=5)
        for _ in range(3):
            self.send_with_all(proxy)
        self.check_same(proxy, 12)

    def test_lmtp(self):
        dovecot = self.server(Dovecot, "dovecot")
        proxy = self.recorded(dovecot.port, rules=RULES[3:])
        with connect(proxy.port) as client:
            client.reply()
            for line in ("LHLO me.test", "MAIL FROM:<a@example.test>", "RCPT TO:<b@dest.test>",
                         "RCPT TO:<c@dest.test>", "DATA", "Subject: x\r\n\r\nbody\r\n."):
                client.say(line)
            client.reply()
            client.say("QUIT")
        self.check_same(proxy)

    def send_with_all(self, proxy) -> None:
        clients = self.clients()
        for name in ("msmtp", "swaks", "curl", "smtplib"):
            getattr(clients, name)(proxy.port, Letter())

    def check_queueing(self, sender_kind, receiver_kind, rules=RULES) -> None:
        receiver = self.server(receiver_kind, f"rx{len(self.cast)}")
        sender = self.sender(sender_kind, f"tx{len(self.cast)}")
        proxy = self.recorded(receiver.port, port=sender.relay_port, rules=rules)
        letters = [Letter() for _ in range(2)]
        for letter in letters:
            sender.submit(letter)
        proxy.journal.wait(1, event="close")
        if rules == RULES:
            sender.flush()
        for letter in letters:
            receiver.wait_letter(letter)
        sender.wait_queue_empty()
        self.check_same(proxy)


class TlsTest(TlsStage, RecordStage):
    """Under TLS the recording has what stood in it, and what became of the handshakes."""

    def intercepting(self, rules):
        server = self.secure_polite(self.ecdsa.context()).server
        return self.recorded(server.port, "--tls", "intercept", rules=rules)

    def test_starttls(self):
        proxy = self.intercepting([
            "to client reply 250 after RCPT tls=yes delay time=1ms"])
        with self.secured(proxy.port) as client:
            self.assertEqual(b"250", client.say("EHLO again.test")[:3])
            client.say("QUIT")
        lines = self.check_same(proxy)
        text = self.files()[0].read_text()
        self.assertEqual(1, len(lines))
        self.assertRegex(text, r"\ncall \d+ secured client\tTLSv1\.3\t")
        self.assertRegex(text, r"\ncall \d+ in to-server EHLO again\.test\\r\\n\n")

    def test_a_handshake_that_fails(self):
        proxy = self.intercepting([
            "to client tls tls alert=handshake_failure at=hello"])
        with self.assertRaises((ssl.SSLError, OSError)):
            self.secured(proxy.port)
        self.check_same(proxy)
        self.assertRegex(self.files()[0].read_text(), r"\ncall \d+ failed client ")


def asks_for_secrets(connection: Connection) -> None:
    """A server that takes any name and password, and any other word for AUTH."""
    asked = 0
    connection.send(b"220 mx.lab.test ESMTP\r\n")
    while line := connection.line():
        if b"AUTH LOGIN" in line:
            asked = 2
            connection.send(b"334 VXNlcm5hbWU6\r\n")
        elif asked:
            asked -= 1
            connection.send(b"334 UGFzc3dvcmQ6\r\n" if asked else b"235 2.7.0 ok\r\n")
        else:
            connection.send(b"235 2.7.0 ok\r\n" if b"AUTH" in line else b"250 2.0.0 ok\r\n")


class SecretsTest(RecordStage):
    """What AUTH says stands in no recording, whatever rules make of it, unless asked for."""

    FORMS = [base64.b64encode(b"\0ann\0" + SECRET), base64.b64encode(SECRET), SECRET]

    def log_in(self, port: int) -> None:
        with ehlo(port) as client:
            client.say("AUTH PLAIN " + self.FORMS[0].decode())
        with ehlo(port) as client:
            client.say("AUTH LOGIN")
            if client.say(self.FORMS[1].decode())[:3] == b"334":
                client.say(self.FORMS[1].decode())
            client.say("MAIL FROM:<seen@example.test>")

    def kept(self) -> list:
        written = b"".join(file.read_bytes() for file in self.files())
        self.assertIn(b"seen@example.test", written)
        return [form for form in self.FORMS if form in written]

    def check(self, *options, **settings) -> list:
        server = self.scripted(asks_for_secrets)
        proxy = self.recorded(server.port, *options, **settings)
        self.log_in(proxy.port)
        self.check_same(proxy, 2)
        return self.kept()

    def test_they_are_masked(self):
        self.assertEqual([], self.check())

    def test_they_are_masked_when_rules_spoil_the_word(self):
        self.assertEqual([], self.check(rules=[
            'to server command AUTH rewrite line="XAUTH {line}"']))

    def test_they_are_masked_when_the_proxy_asks_for_them(self):
        self.assertEqual([], self.check(rules=[
            'to server command AUTH answer reply="334 VXNlcm5hbWU6"']))

    def test_they_are_kept_on_request(self):
        self.assertEqual(self.FORMS[:2], self.check("--record-secrets"))


class ChangesTest(RecordStage):
    """Each kind of change is found, with its place: a replay that is equal means something."""

    def setUp(self):
        proxy = self.recorded(self.polite().port, rules=RULES[:3] + [
            "to client reply 250 chance 1/2 drip chunk=3 gap=1ms..9ms"], seed=3)
        with ehlo(proxy.port) as client:
            for _ in range(4):
                client.say("MAIL FROM:<ann@example.test>")
                client.say("RCPT TO:<bob@dest.test>")
                client.say("RSET")
            client.say("QUIT")
            client.to_end()
        self.check_same(proxy)
        self.text = self.files()[0].read_text()

    def replay(self, text: str) -> Replay:
        file = self.directory / f"{self._testMethodName}.recording"
        file.write_text(text)
        return Replay(file)

    def check_differs(self, pattern: str, replacement: str) -> Replay:
        changed, count = re.subn(pattern, replacement, self.text, count=1, flags=re.MULTILINE)
        self.assertEqual(1, count, pattern)
        replay = self.replay(changed)
        self.assertEqual(1, replay.status, replay.out + replay.err)
        self.assertRegex(replay.out, r"\Adiffers ")
        self.assertRegex(replay.err, r"\A\S+\.recording:\d+: it went otherwise at call \d+, ")
        return replay

    def test_another_seed(self):
        self.check_differs("^seed 3$", "seed 4")

    def test_another_rule(self):
        self.check_differs("drip chunk=3", "drip chunk=4")

    def test_a_rule_less(self):
        self.check_differs(r"^rule .*first 1 per triplet.*\n", "")

    def test_another_answer_of_the_memory(self):
        self.check_differs(r"^recall 1 ", "recall 2 ")

    def test_bytes_that_left_changed(self):
        replay = self.check_differs(r"^(call \d+ out to-client )451", r"\g<1>452")
        line = 1 + self.text[:re.search(r"(?m)^call \d+ out to-client 451", self.text).start()
                             ].count("\n")
        self.assertIn(f".recording:{line}: ", replay.err)
        self.assertRegex(replay.err, r"(?m)^    - call .*452 4\.7\.1 Not now")
        self.assertRegex(replay.err, r"(?m)^    \+ call .*451 4\.7\.1 Not now")

    def test_bytes_that_came_changed(self):
        self.check_differs(r"^(call \d+ in to-server )MAIL", r"\g<1>NOOP")

    def test_a_wish_withdrawn(self):
        self.check_differs(r"^wish read read,write (\d+)$", r"wish read read \1")

    def test_another_deadline(self):
        self.check_differs(r"^(wish \S+ \S+ \d+)\d$", r"\g<1>x")

    def test_another_line_of_the_journal(self):
        self.check_differs(r'"mutator":"answer"', '"mutator":"answers"')

    def test_a_line_of_the_journal_less(self):
        self.check_differs(r'^journal .*"event":"close".*\n', "")

    def test_a_call_less(self):
        self.check_differs(r"^call \d+ connected\n", "")

    def test_a_recording_that_breaks_off_is_the_same_so_far(self):
        replay = self.replay(self.text[:len(self.text) * 2 // 3])
        self.assertEqual((0, ""), (replay.status, replay.err))
        self.assertIn("breaks off", replay.out)

    def test_what_is_no_recording(self):
        for text, place in (("hello\n", 1), ("", 1), (self.text.replace("seed 3", "seed x"), 4),
                            (self.text.replace("\ncall ", "\ncall now", 1), None),
                            (self.text + "call 1 tick\n", None)):
            with self.subTest(text[-40:]):
                replay = self.replay(text)
                self.assertEqual(65, replay.status, replay.err)
                self.assertRegex(replay.err, rf"\A\S+\.recording:{place or '[0-9]+'}: ")
        self.assertEqual(66, Replay(self.directory / "missing").status)
        self.assertEqual(66, Replay(make(self.directory / "empty")).status)


class FilesTest(RecordStage):
    def send_some(self, proxy, count: int = 1) -> None:
        for _ in range(count):
            with ehlo(proxy.port) as client:
                client.say("QUIT")
                client.to_end()

    def test_each_session_has_a_file_for_its_owner_alone(self):
        proxy = self.recorded(self.polite().port)
        self.send_some(proxy, 3)
        self.check_same(proxy, 3)
        self.assertEqual(0o700, stat.S_IMODE(self.folder.stat().st_mode))
        self.assertEqual({0o600}, {stat.S_IMODE(file.stat().st_mode) for file in self.files()})
        names = {entry["session"] for entry in proxy.journal.entries(event="connect")}
        self.assertEqual(names, {file.stem for file in self.files()})

    def test_the_journal_stands_in_it_too(self):
        proxy = self.recorded(self.polite().port, rules=RULES)
        self.send_some(proxy)
        self.check_same(proxy)
        lines = self.files()[0].read_text().splitlines()
        written = [json.loads(line[8:]) for line in lines if line.startswith("journal ")]
        self.assertEqual(proxy.journal.entries()[1:], written)

    def test_rules_switched_within_a_session(self):
        proxy = self.recorded(self.polite().port, rules=[
            'to server command NOOP answer reply="250 spared"'])
        with ehlo(proxy.port) as client:
            for number in (signal.SIGUSR1, signal.SIGUSR2):
                proxy.signal(number)
                word = {signal.SIGUSR1: "off", signal.SIGUSR2: "on"}[number]
                self.wait_until(lambda: f"all rules are {word}" in proxy.output(), "the switch")
                client.say("NOOP")
            client.say("QUIT")
            client.to_end()
        self.check_same(proxy)
        text = self.files()[0].read_text()
        self.assertLess(text.index("\nswitch off\n"), text.index("\nswitch on\n"))

    def test_sessions_share_what_they_remember(self):
        proxy = self.recorded(self.polite().port, "--workers", "2", rules=[
            "to server command EHLO first 2 per client delay time=2ms",
            'to server connect throttle max=2 time=1h reply="421 enough" then=finish'])
        self.send_some(proxy, 2)
        with connect(proxy.port) as client:
            self.assertEqual(b"421", client.to_end()[:3])
        self.check_same(proxy, 3)

    def test_a_proxy_that_is_killed_leaves_what_goes_the_same_so_far(self):
        proxy = self.unstarted_proxy(self.polite().port, "--record", str(self.directory / "killed"))
        proxy.start()
        self.folder = self.directory / "killed"
        self.send_some(proxy, 2)
        proxy.journal.wait(2, event="close")
        self.wait_until(lambda: self.folder.exists() and len(self.files()) == 2, "two files")
        proxy.process.kill()
        proxy.process.wait()
        replay = Replay(self.folder)
        self.assertEqual((0, ""), (replay.status, replay.err))

    def test_all_recordings_together_are_bounded(self):
        proxy = self.recorded(self.polite().port, "--record-max", "9KB")
        self.send_some(proxy, 9)
        proxy.stop()
        self.assertLessEqual(sum(file.stat().st_size for file in self.files()), 9000)
        self.assertGreater(len(self.files()), 1)
        self.assertIn("reached --record-max", proxy.output())
        self.assertEqual(0, Replay(self.folder).status)

    def test_a_folder_that_cannot_be(self):
        file = self.directory / "a-file"
        file.write_text("")
        proxy = self.unstarted_proxy(1, "--record", str(file))
        proxy.spawn()
        self.assertEqual(74, proxy.wait())
        self.assertIn("a-file: recordings cannot be written there: Not a directory", proxy.output())

    def test_another_user_records_too(self):
        folder = make(self.directory / "for-nobody")
        os.chown(folder, 65534, 65534)
        proxy = self.recorded(self.polite().port, "--record", str(folder), "--user", "nobody")
        self.folder = folder
        self.send_some(proxy)
        self.check_same(proxy)
        self.assertEqual({65534}, {file.stat().st_uid for file in self.files()})

    def test_record_is_short_for_proxy(self):
        result = subprocess.run([binary(), "record", "--upstream", "sink"], capture_output=True)
        self.assertEqual(64, result.returncode)
        self.assertIn(b"first the folder", result.stderr)


if __name__ == "__main__":
    unittest.main()
