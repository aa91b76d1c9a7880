"""XCLIENT: Postfix believes the proxy about who its client is."""
import smtplib
import subprocess
import unittest

from lab.postfix import Postfix
from letter import Letter
from peers import connect, ehlo
from stage import Stage


class ToPostfix(Stage):
    """The client notices nothing of what is said before it."""

    def send(self, client, letter: Letter) -> None:
        for line in (f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipients[0]}>", "DATA"):
            client.say(line)
        client.send(letter.text(b"\r\n").replace(b"\r\n.", b"\r\n..") + b".\r\n")
        self.assertTrue(client.reply().startswith(b"250"))
        client.say("QUIT")

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
        server = self.scripted(lambda connection: connection.reset())
        proxy = self.proxy(server.port, "--send-xclient")
        with connect(proxy.port) as client:
            self.assertEqual("RST", client.ending())

    def test_a_server_that_says_nothing_is_given_up(self):
        server = self.scripted(lambda connection: connection.to_end())
        proxy = self.proxy(server.port, "--send-xclient", "--connect-timeout", "300ms")
        with connect(proxy.port) as client:
            self.assertTrue(client.reply().startswith(b"421 4.3.2"))
        self.assertEqual([b""], server.wait_results(1))


if __name__ == "__main__":
    unittest.main()
