"""`smtpchaos sink`: what clients of all kinds can do with it, and what it keeps and tells."""
import mailbox
import os
import signal
import socket
import stat
import subprocess
import unittest
from contextlib import ExitStack

from built_in import Sink
from lab.place import make
from letter import Letter, content_of
from peers import Connection, connect, ehlo
from proxy import binary
from stage import Stage


class SinkStage(Stage):
    def sink(self, *options, **settings) -> Sink:
        sink = Sink(make(self.directory / self._testMethodName), *options, **settings)
        self.addCleanup(sink.stop)
        return sink.start()

    def sink_error(self, *options) -> tuple:
        result = subprocess.run([binary(), "sink", *options], capture_output=True, text=True,
                                timeout=15)
        return result.returncode, result.stderr


class ClientsTest(SinkStage):
    def test_mail_of_each_client_is_kept_as_it_was(self):
        sink = self.sink()
        clients = self.clients()
        for name in ("swaks", "msmtp", "curl", "smtplib"):
            with self.subTest(name):
                self.need(name)
                letter = Letter()
                status, said = getattr(clients, name)(sink.port, letter)
                self.assertEqual(0, status, said)
                self.assertEqual(letter.content(), content_of(sink.messages()[-1]))

    def test_many_sessions_at_once(self):
        sink = self.sink()
        with ExitStack() as stack:
            for client in [stack.enter_context(ehlo(sink.port)) for _ in range(300)]:
                self.assertEqual(b"221", client.say("QUIT")[:3])
        self.assertIn("300 sessions", sink.stop())


class TlsTest(SinkStage):
    """With curl, and with our own sender."""

    def curl(self, url: str, *options) -> int:
        letter = self.directory / "letter"
        letter.write_bytes(b"Subject: x\r\n\r\nx\r\n")
        return subprocess.run(
            ["curl", "--silent", "--insecure", "--url", url, "--mail-from", "ann@example.test",
             "--mail-rcpt", "bob@dest.test", "--upload-file", letter, *options],
            capture_output=True, timeout=30, check=False).returncode

    def send(self, place: str, *options) -> subprocess.CompletedProcess:
        return subprocess.run([binary(), "send", "--connect", place, *options], text=True,
                              capture_output=True, timeout=30, check=False)

    def test_starttls(self):
        sink = self.sink("--tls")
        self.assertEqual(0, self.curl(f"smtp://127.0.0.1:{sink.port}", "--ssl-reqd"))
        sent = self.send(f"127.0.0.1:{sink.port}", "--tls", "must", "--count", "9", "--keep", "3",
                         "--size", "300KB")
        self.assertEqual(0, sent.returncode, sent.stdout + sent.stderr)
        self.assertEqual(10, len(sink.messages()))

    def test_tls_from_the_first_byte(self):
        sink = self.sink(listen="smtps:127.0.0.1:0")
        self.assertEqual(0, self.curl(f"smtps://127.0.0.1:{sink.port}"))
        for place, options in ((f"smtps:127.0.0.1:{sink.port}", ()),
                               (f"127.0.0.1:{sink.port}", ("--tls", "implicit"))):
            sent = self.send(place, *options)
            self.assertEqual(0, sent.returncode, sent.stdout + sent.stderr)

    def test_the_authority_signs(self):
        place = self.directory / "authority"
        subprocess.run([binary(), "ca", "init", "--ca", place], check=True, capture_output=True)
        sink = self.sink("--tls", "--ca", place)
        trusting = ["openssl", "s_client", "-connect", f"127.0.0.1:{sink.port}", "-starttls",
                    "smtp", "-servername", "mx.test", "-verify_hostname", "mx.test",
                    "-verify_return_error", "-CAfile", place / "ca.pem"]
        said = subprocess.run(trusting, input=b"QUIT\r\n", capture_output=True, timeout=30,
                              check=False)
        self.assertEqual(0, said.returncode, said.stderr)
        self.assertIn(b"Verify return code: 0 (ok)", said.stdout)

    def test_tls_that_is_not_there(self):
        sink = self.sink()
        for how, why in (("must", "offers no TLS"), ("implicit", "TLS: ")):
            sent = self.send(f"127.0.0.1:{sink.port}", "--tls", how)
            self.assertEqual(1, sent.returncode, sent.stderr)
            self.assertIn(why, sent.stdout)
        self.assertEqual(0, self.send(f"127.0.0.1:{sink.port}", "--tls", "may").returncode)

    def test_a_key_that_does_not_belong(self):
        place = self.directory / "other"
        subprocess.run([binary(), "ca", "init", "--ca", place], check=True, capture_output=True)
        (place / "empty").write_text("")
        status, said = self.sink_error("--tls", "--certificate", place / "ca.pem", "--key",
                                       place / "empty")
        self.assertEqual((65, 1), (status, said.count("\n")), said)


class MailTest(SinkStage):
    def say_envelope(self, client: Connection) -> None:
        for command in ("MAIL FROM:<ann@example.test>", "RCPT TO:<bob@dest.test>",
                        "RCPT TO:<eve@dest.test>"):
            self.assertEqual(b"250", client.say(command)[:3])

    def test_every_byte_is_kept_below_the_envelope(self):
        sink = self.sink()
        with ehlo(sink.port) as client:
            self.say_envelope(client)
            client.say("DATA")
            client.send(b"..\r\n\0\xff\r.\r\n\n.\n\r\n.\r\n")
            self.assertEqual(b"250", client.reply()[:3])
        self.assertEqual([b"Return-Path: <ann@example.test>\r\nDelivered-To: bob@dest.test\r\n"
                          b"Delivered-To: eve@dest.test\r\n.\r\n\0\xff\r.\r\n\n.\n\r\n"],
                         sink.messages())
        self.assertEqual("1 message for 2 recipients, 14 bytes, 1 session\n", sink.stop())

    def test_maildir_is_one_that_others_can_read_and_only_the_owner_does(self):
        sink = self.sink()
        with ehlo(sink.port) as client:
            self.say_envelope(client)
            client.say("DATA")
            client.say("Subject: hello\r\n\r\nbody\r\n.")
        [message] = mailbox.Maildir(sink.maildir, create=False)
        self.assertEqual(("hello", "<ann@example.test>"),
                         (message["Subject"], message["Return-Path"]))
        for part in ("", "new", "cur", "tmp"):
            self.assertEqual(0o700, stat.S_IMODE(os.stat(sink.maildir / part).st_mode))
        [file] = (sink.maildir / "new").iterdir()
        self.assertEqual(0o600, stat.S_IMODE(file.stat().st_mode))
        self.assertEqual([], list((sink.maildir / "tmp").iterdir()))

    def test_large_mail_by_data_and_by_bdat(self):
        sink = self.sink()
        body = b"x" * 998 + b"\r\n"
        with ehlo(sink.port) as client:
            self.say_envelope(client)
            client.say("DATA")
            client.send(body * 20_000 + b".\r\n")
            self.assertEqual(b"250", client.reply()[:3])
            self.say_envelope(client)
            client.send(b"BDAT 20000000 LAST\r\n" + body * 20_000)
            self.assertEqual(b"250", client.reply()[:3])
        for message in sink.messages():
            self.assertTrue(message.endswith(b"eve@dest.test\r\n" + body * 20_000))

    def test_unfinished_mail_leaves_nothing(self):
        sink = self.sink()
        with ehlo(sink.port) as client:
            self.say_envelope(client)
            client.say("DATA")
            client.send(b"x" * 1_000_000)
            self.wait_until(lambda: list((sink.maildir / "tmp").iterdir()), "a file in tmp")
            client.reset()
        self.wait_until(lambda: not list((sink.maildir / "tmp").iterdir()), "tmp to be empty")
        self.assertEqual([], sink.messages())

    def test_a_client_that_only_listens_any_more_hears_all_replies(self):
        sink = self.sink()
        with connect(sink.port) as client:
            client.send(b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 2 LAST\r\nhi"
                        b"QUIT\r\n")
            client.finish()
            replies = client.to_end().split(b"\r\n")
        self.assertEqual([b"220", b"250", b"250", b"250", b"250", b"221"],
                         [reply[:3] for reply in replies if reply[3:4] == b" "])
        self.assertEqual(1, len(sink.messages()))

    def test_size_limit(self):
        sink = self.sink("--size-limit", "100")
        with ehlo(sink.port) as client:
            self.assertEqual(b"552", client.say("MAIL FROM:<a@b> SIZE=101")[:3])
            self.say_envelope(client)
            client.say("DATA")
            self.assertEqual(b"552", client.say("x" * 100 + "\r\n.")[:3])
            self.assertEqual(b"250", client.say("NOOP")[:3])
        self.assertEqual([], sink.messages())
        self.assertIn("1 message refused", sink.stop())

    def test_lmtp(self):
        sink = self.sink("--lmtp")
        with connect(sink.port) as client:
            client.reply()
            self.assertEqual(b"500", client.say("EHLO a")[:3])
            client.say("LHLO a")
            self.say_envelope(client)
            client.say("DATA")
            self.assertEqual(b"250", client.say("x\r\n.")[:3])
            self.assertEqual(b"250", client.reply()[:3])


class ProcessTest(SinkStage):
    def test_term_tells_open_sessions_and_ends(self):
        sink = self.sink()
        with ehlo(sink.port) as client:
            client.say("MAIL FROM:<a@b>")
            sink.process.send_signal(signal.SIGTERM)
            self.assertEqual(b"421", client.to_end()[:3])
            self.assertEqual("0 messages for 0 recipients, 0 bytes, 1 session\n", sink.stop())

    def test_unix_socket(self):
        path = self.directory / "sink.sock"
        self.sink(listen=f"unix:{path}")
        with Connection(socket.socket(socket.AF_UNIX)) as client:
            client.socket.connect(str(path))
            self.assertEqual(b"220", client.reply()[:3])

    def test_client_past_max_sessions_hears_421(self):
        sink = self.sink("--max-sessions", "1")
        with ehlo(sink.port) as first:
            with connect(sink.port) as second:
                self.assertRegex(second.to_end(), rb"\A421 [^\r\n]*\r\n\Z")
            self.assertEqual(b"250", first.say("NOOP")[:3])
        self.assertIn("1 client turned away", sink.stop())

    def test_replies_that_nobody_reads_do_not_pile_up(self):
        sink = self.sink()
        with ehlo(sink.port) as client:
            took = client.stuff(b"NOOP\r\n" * 1000, at_most=100_000_000)
        self.assertLess(took, 50_000_000)

    def test_mistakes(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        status, said = self.sink_error("--listen", f"127.0.0.1:{port}")
        self.assertEqual(69, status)
        self.assertRegex(said, rf"\Asmtpchaos: cannot listen on 127\.0\.0\.1:{port}: .+\n\Z")
        status, said = self.sink_error("--listen", "127.0.0.1:0", "--maildir", "/proc/none")
        self.assertEqual(74, status)
        self.assertRegex(said, r"\Asmtpchaos: cannot keep mail in /proc/none: .+\n\Z")
        status, said = self.sink_error("--listen", "sink")
        self.assertEqual(64, status)
        self.assertEqual(1, said.count("\n"))


if __name__ == "__main__":
    unittest.main()
