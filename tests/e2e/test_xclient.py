"""XCLIENT and XFORWARD: Postfix believes the proxy about who its client is."""
import smtplib
import ssl
import subprocess
import threading
import unittest

from lab.postfix import Postfix
from letter import Letter
from peers import TIMEOUT_S, connect, ehlo
from stage import Stage

UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname = False
UNCHECKED.verify_mode = ssl.CERT_NONE


class PostfixStage(Stage):
    def send(self, client, letter: Letter) -> None:
        for line in (f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipients[0]}>", "DATA"):
            client.say(line)
        client.send(letter.text(b"\r\n").replace(b"\r\n.", b"\r\n..") + b".\r\n")
        self.assertTrue(client.reply().startswith(b"250"))
        client.say("QUIT")


class ByXforward(PostfixStage):
    """Postfix writes down who sent a mail, mail by mail."""

    SETTINGS = {"smtpd_authorized_xforward_hosts": "127.0.0.1", "inet_protocols": "all"}

    def test_postfix_logs_the_client_of_each_mail(self):
        postfix = self.server(Postfix, "postfix-forward", settings=self.SETTINGS)
        proxy = self.proxy(postfix.port, "--accept-proxy", "--send-xforward")
        for name, header in (("192.0.2.77", b"TCP4 192.0.2.77 192.0.2.2 40000 25"),
                             ("IPv6:2001:db8::77", b"TCP6 2001:db8::77 2001:db8::2 40000 25")):
            for extension in ("", " SIZE=9"):
                letter = Letter()
                with connect(proxy.port) as client:
                    client.send(b"PROXY " + header + b"\r\n")
                    client.reply()
                    client.say("EHLO client.test")
                    client.send(f"MAIL FROM:<{letter.sender}>{extension}\r\n"
                                f"RCPT TO:<{letter.recipients[0]}>\r\nDATA\r\n".encode())
                    self.assertEqual([b"250", b"250", b"354"],
                                     [client.reply()[:3] for _ in range(3)])
                    client.send(letter.text(b"\r\n").replace(b"\r\n.", b"\r\n..") + b".\r\n")
                    self.assertTrue(client.reply().startswith(b"250"))
                    self.send(client, Letter())
                postfix.wait_letter(letter)
            number = name.removeprefix("IPv6:")
            self.wait_until(lambda: postfix.logs().count(f"orig_client=unknown[{number}]") == 4,
                            "four mails from " + number)
        said = [entry["line"] for entry in proxy.journal.wait(8, event="command", verb="XFORWARD")]
        self.assertEqual("XFORWARD NAME=[UNAVAILABLE] ADDR=192.0.2.77 PORT=40000 PROTO=ESMTP "
                         "HELO=client.test SOURCE=REMOTE", said[0])

    def test_it_is_said_behind_tls_that_is_ours(self):
        postfix = self.server(Postfix, "postfix-forward-tls", settings=self.SETTINGS)
        proxy = self.proxy(postfix.port, "--send-xforward", "--tls", "client")
        letter = Letter()
        with smtplib.SMTP("127.0.0.1", proxy.port, source_address=("127.0.0.77", 0)) as client:
            client.starttls(context=UNCHECKED)
            client.sendmail(letter.sender, letter.recipients, letter.text())
        postfix.wait_letter(letter)
        postfix.wait_log(r"orig_client=unknown\[127.0.0.77\]")

    def test_who_offers_none_is_told_none(self):
        postfix = self.server(Postfix, "postfix-plain")
        proxy = self.proxy(postfix.port, "--send-xforward")
        letter = Letter()
        with ehlo(proxy.port) as client:
            self.send(client, letter)
        postfix.wait_letter(letter)
        [error] = proxy.journal.wait(1, event="error")
        self.assertEqual("no-xforward", error["error"])

    def test_a_sender_that_forwards_itself_is_believed(self):
        postfix = self.server(Postfix, "postfix-filter", settings=self.SETTINGS)
        proxy = self.proxy(postfix.port, "--send-xforward")
        letter = Letter()
        with ehlo(proxy.port) as client:
            self.assertTrue(client.say("XFORWARD ADDR=192.0.2.99").startswith(b"250"))
            self.send(client, letter)
        postfix.wait_letter(letter)
        postfix.wait_log(r"orig_client=unknown\[192.0.2.99\]")


class ToPostfix(PostfixStage):
    """The client notices nothing of what is said before it."""

    def test_postfix_logs_the_client(self):
        postfix = self.server(Postfix, "postfix", settings={
            "smtpd_authorized_xclient_hosts": "127.0.0.1", "inet_protocols": "all"})
        proxy = self.proxy(postfix.port, "--accept-proxy", "--send-xclient")
        for name, header in (("192.0.2.77", b"TCP4 192.0.2.77 192.0.2.2 40000 25"),
                             ("IPv6:2001:db8::77", b"TCP6 2001:db8::77 2001:db8::2 40000 25")):
            with self.subTest(name):
                letter = Letter()
                with connect(proxy.port) as client:
                    client.send(b"PROXY " + header + b"\r\n")
                    self.assertTrue(client.reply().startswith(b"220"))
                    self.assertIn(b"250", client.say("EHLO client.test"))
                    self.send(client, letter)
                [message] = postfix.wait_letter(letter)
                self.assertIn(f"(unknown [{name}])".encode(), message)

    def test_it_holds_behind_starttls(self):
        name, key = self.directory / "cert.pem", self.directory / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                        "/CN=mx.test", "-out", name, "-keyout", key], check=True,
                       capture_output=True)
        postfix = self.server(Postfix, "postfix-tls", settings={
            "smtpd_authorized_xclient_hosts": "127.0.0.1", "smtpd_tls_cert_file": name,
            "smtpd_tls_key_file": key, "smtpd_tls_security_level": "may"})
        outer = self.proxy(postfix.port, "--accept-proxy", "--send-xclient")
        inner = self.proxy(outer.port, "--send-proxy", "v1", "--source", "127.0.0.99")
        letter = Letter()
        with smtplib.SMTP("127.0.0.1", inner.port, source_address=("127.0.0.77", 0)) as client:
            client.starttls()
            client.sendmail(letter.sender, letter.recipients, letter.text())
        [message] = postfix.wait_letter(letter)
        self.assertIn(b"(unknown [127.0.0.77])", message)
        self.assertIn(b"ESMTPS", message)

    def test_who_is_not_authorized_is_not_held_up(self):
        postfix = self.server(Postfix, "postfix-strict")
        proxy = self.proxy(postfix.port, "--send-xclient")
        for _ in range(2):
            letter = Letter()
            with ehlo(proxy.port) as client:
                self.send(client, letter)
            postfix.wait_letter(letter)
        self.assertEqual(1, proxy.output().count("does not offer XCLIENT"))

    def test_servers_of_all_kinds(self):
        for greeting, heard in ((b"421 busy\r\n", b"421 busy\r\n"), (b"220 ", b""), (b"", b"")):
            with self.subTest(greeting):
                server = self.scripted(lambda connection, said=greeting: connection.send(said))
                proxy = self.proxy(server.port, "--send-xclient")
                with connect(proxy.port) as client:
                    self.assertEqual(heard or greeting, client.to_end())
        # Torn at once, the client's connection could be gone before connect() has answered.
        is_connected = threading.Event()

        def reset(connection):
            is_connected.wait(TIMEOUT_S)
            connection.reset()

        proxy = self.proxy(self.scripted(reset).port, "--send-xclient")
        with connect(proxy.port) as client:
            is_connected.set()
            self.assertEqual("RST", client.ending())

    def test_a_server_that_says_nothing_is_given_up(self):
        server = self.scripted(lambda connection: connection.to_end())
        proxy = self.proxy(server.port, "--send-xclient", "--connect-timeout", "300ms")
        with connect(proxy.port) as client:
            self.assertTrue(client.reply().startswith(b"421 4.3.2"))
        self.assertEqual([b""], server.wait_results(1))


if __name__ == "__main__":
    unittest.main()
