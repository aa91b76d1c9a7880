"""--pcap and --keylog: what tshark sees of sessions, in clear and within TLS."""
import smtplib
import ssl
import stat
import subprocess
import unittest

from built_in import Sink
from capture import LoopbackCapture, commands, tshark
from lab.place import make
from lab.wait import wait_until
from network import free_port
from peers import connect
from proxy import Proxy, binary
from stage import Stage

CHECKSUMS = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")
TO_CLIENT, TO_SERVER = "tcp.port == 25", "tcp.port == 587"
ALL_OF_A_MAIL = ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname = False
UNCHECKED.verify_mode = ssl.CERT_NONE


class PcapStage(Stage):
    def setUp(self):
        self.scratch = make(self.directory / self._testMethodName)
        self.file = self.scratch / "session.pcap"

    def sink(self, *options, **settings) -> Sink:
        sink = Sink(make(self.scratch / "sink"), *options, **settings)
        self.addCleanup(sink.stop)
        return sink.start()

    def through(self, upstream, *options, name="proxy", **settings) -> Proxy:
        """A proxy in front of it."""
        proxy = Proxy(make(self.scratch / name), upstream, *options, port=free_port(), **settings)
        self.addCleanup(self.end, proxy)
        return proxy.start()

    def captured(self, upstream, *options, **settings) -> Proxy:
        return self.through(upstream, "--pcap", self.file, *options, **settings)

    def end(self, proxy: Proxy) -> None:
        """Ends it, after which the capture is whole."""
        proxy.stop()
        self.assertEqual("", proxy.misbehaviour())

    def mail(self, client: smtplib.SMTP) -> None:
        client.sendmail("ann@example.test", ["bob@dest.test"],
                        "Subject: seen\r\n\r\nAUTH PLAIN x\r\n")
        client.quit()

    def check_made_well(self) -> None:
        """Nothing is out of order, no sum is wrong."""
        wrong = "tcp.analysis.flags || ip.checksum.status == 0 || tcp.checksum.status == 0"
        odd = [packet for packet in tshark(self.file, wrong, "frame.number", "_ws.expert.message",
                                           options=CHECKSUMS)
               if "with the same ports" not in packet[1]]
        self.assertEqual([], odd)

    def ends(self, side: str) -> set:
        """Which ends have said FIN or RST: pairs of source port and flags."""
        return {tuple(packet) for packet in tshark(
            self.file, f"({side}) && (tcp.flags.fin == 1 || tcp.flags.reset == 1)", "tcp.srcport",
            "tcp.flags.str")}


class PlainTest(PcapStage):
    def test_tshark_sees_smtp_on_both_sides(self):
        proxy = self.captured(self.sink().port)
        self.mail(smtplib.SMTP("127.0.0.1", proxy.port))
        self.end(proxy)
        for side in (TO_CLIENT, TO_SERVER):
            self.assertEqual([verb.lower() for verb in ALL_OF_A_MAIL],
                             [verb.lower() for verb in commands(self.file, side)])
            self.assertEqual([["seen"]], tshark(self.file, f"imf && {side}", "imf.subject"))
            self.assertIn(["220"], tshark(self.file, f"smtp.response.code && {side}",
                                          "smtp.response.code"))
        self.check_made_well()

    def test_it_is_for_its_owner_only(self):
        proxy = self.captured(self.sink().port)
        self.assertEqual(0o600, stat.S_IMODE(self.file.stat().st_mode))
        self.end(proxy)

    def test_what_a_rule_does_is_seen_on_one_side_only(self):
        proxy = self.captured(self.sink().port, rules=["to client reply 250 after MAIL rewrite "
                                                       'line="452 4.3.1 no room"'])
        with connect(proxy.port) as client:
            client.reply()
            client.say("EHLO me.test")
            client.say("MAIL FROM:<ann@example.test>")
            client.say("QUIT")
        self.end(proxy)
        codes = "smtp.response.code"
        self.assertIn(["452"], tshark(self.file, f"{codes} && {TO_CLIENT}", codes))
        self.assertNotIn(["452"], tshark(self.file, f"{codes} && {TO_SERVER}", codes))

    def test_credentials_are_hidden_and_no_length_changes(self):
        proxy = self.captured(self.sink().port)
        said = ["EHLO me.test", "AUTH PLAIN AGFubgBzZWNyZXQ=", "auth login c2VjcmV0", "QUIT"]
        with connect(proxy.port) as client:
            client.reply()
            for line in said:
                client.say(line)
            client.to_end()
        self.end(proxy)
        for side in (TO_CLIENT, TO_SERVER):
            lines = tshark(self.file, f"smtp.req && {side}", "tcp.payload")
            lines = [bytes.fromhex(line[0].replace(":", "")).decode().rstrip() for line in lines]
            self.assertEqual(["EHLO me.test", "AUTH PLAIN " + 16 * "*", "auth login ********",
                              "QUIT"], lines)
        self.assertNotIn(b"c2VjcmV0", self.file.read_bytes())

    def test_the_end_of_each_side(self):
        sink = self.sink()
        proxy = self.captured(sink.port)
        with connect(proxy.port) as client:
            client.reply()
            client.reset()
        proxy.journal.wait(event="close")
        self.end(proxy)
        flags = {flag for _, flag in self.ends(TO_CLIENT)}
        self.assertTrue(any("R" in flag for flag in flags), flags)
        self.check_made_well()

    def test_ipv6(self):
        upstream = self.sink(listen="[::1]:0")
        proxy = self.captured(f"[::1]:{upstream.port}", "--listen", "[::1]:0")
        self.mail(smtplib.SMTP("127.0.0.1", proxy.port))
        self.end(proxy)
        self.assertEqual([["::1"]], tshark(self.file, "ipv6 && imf", "ipv6.dst"))
        self.check_made_well()

    def test_unix_sockets_have_made_up_addresses(self):
        place = self.scratch / "s"
        self.sink(listen=f"unix:{place}")
        proxy = self.captured(f"unix:{place}")
        self.mail(smtplib.SMTP("127.0.0.1", proxy.port))
        self.end(proxy)
        self.assertEqual([["192.0.2.2", "192.0.2.3"]],
                         tshark(self.file, f"imf && {TO_SERVER}", "ip.src", "ip.dst"))
        self.check_made_well()

    def test_several_workers_write_one_capture(self):
        proxy = self.captured(self.sink().port, "--workers", "3")
        for _ in range(9):
            self.mail(smtplib.SMTP("127.0.0.1", proxy.port))
        self.end(proxy)
        self.assertEqual(18, len(tshark(self.file, "imf", "imf.subject")))

    def test_into_a_pipe(self):
        proxy = self.through(self.sink().port, "--pcap", "-")
        self.mail(smtplib.SMTP("127.0.0.1", proxy.port))
        self.end(proxy)
        said = (self.scratch / "proxy" / "output").read_bytes()
        self.assertIn(bytes.fromhex("4d3cb2a1"), said)

    def test_a_place_that_cannot_be_written(self):
        result = subprocess.run(
            [binary(), "proxy", "--listen", "127.0.0.1:0", "--upstream", "sink", "--pcap",
             self.scratch / "no" / "such"], capture_output=True, text=True, timeout=15, check=False)
        self.assertEqual((74, 1), (result.returncode, result.stderr.count("\n")), result.stderr)

    def test_journal_and_capture_cannot_share_the_output(self):
        result = subprocess.run(
            [binary(), "proxy", "--upstream", "sink", "--pcap", "-", "--journal", "-"],
            capture_output=True, text=True, timeout=15, check=False)
        self.assertEqual((64, 1), (result.returncode, result.stderr.count("\n")), result.stderr)


class TlsStage(PcapStage):
    """A sink behind the proxy that knows STARTTLS."""

    def secure_upstream(self) -> int:
        return self.sink("--tls").port

    def secure_mail(self, port: int) -> None:
        client = smtplib.SMTP("127.0.0.1", port)
        client.starttls(context=UNCHECKED)
        self.mail(client)


class TlsTest(TlsStage):
    def test_tshark_sees_smtp_within_tls_on_both_sides(self):
        proxy = self.captured(self.secure_upstream(), "--tls", "intercept")
        self.secure_mail(proxy.port)
        self.end(proxy)
        for side in (TO_CLIENT, TO_SERVER):
            verbs = [verb.lower()[:4] for verb in ["EHLO", "STARTTLS", *ALL_OF_A_MAIL]]
            self.assertEqual(verbs, [verb.lower() for verb in commands(self.file, side)])
            self.assertEqual([["seen"]], tshark(self.file, f"imf && {side}", "imf.subject"))
        self.check_made_well()

    def test_tls_from_the_first_byte(self):
        port = free_port()
        proxy = self.captured(self.sink().port, "--listen", f"smtps:127.0.0.1:{port}")
        wait_until(lambda: f":{port}" in proxy.output(), "the listener")
        with smtplib.SMTP_SSL("127.0.0.1", port, context=UNCHECKED) as client:
            client.sendmail("ann@example.test", ["bob@dest.test"], "Subject: seen\r\n\r\nx\r\n")
        self.end(proxy)
        self.assertEqual([["seen"]], tshark(self.file, f"imf && {TO_CLIENT}", "imf.subject"))

    def test_what_passes_unread_stays_unread(self):
        proxy = self.captured(self.secure_upstream(), "--tls", "pass")
        self.secure_mail(proxy.port)
        self.end(proxy)
        self.assertEqual([], tshark(self.file, "imf", "imf.subject"))
        self.assertNotEqual([], tshark(self.file, f"tls.handshake.type == 1 && {TO_CLIENT}",
                                       "frame.number"))


class KeylogTest(TlsStage):
    """Wireshark reads what really passed with the secrets that the proxy writes."""

    def check_decrypts(self, version: ssl.TLSVersion) -> None:
        secrets = self.scratch / "secrets"
        proxy = self.through(self.secure_upstream(), "--tls", "intercept", "--keylog", secrets)
        capture = LoopbackCapture(self.file, proxy.port)
        refused = capture.start()
        self.addCleanup(capture.stop)
        if refused:
            self.skipTest(f"capturing is not permitted here: {refused}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
        client = smtplib.SMTP("127.0.0.1", proxy.port)
        client.starttls(context=context)
        self.mail(client)
        options = ("-d", f"tcp.port=={proxy.port},smtp", "-o", f"tls.keylog_file:{secrets}")
        wait_until(lambda: self.file.exists() and "QUIT" in
                   [verb.upper() for verb in commands(self.file, "tcp", options)],
                   "the whole session to be captured")
        self.assertEqual([["seen"]], tshark(self.file, "imf", "imf.subject", options=options))
        self.assertEqual([], tshark(self.file, "imf", "imf.subject", options=options[:2]))
        self.assertEqual(0o600, stat.S_IMODE(secrets.stat().st_mode))

    def test_tls_1_3(self):
        self.check_decrypts(ssl.TLSVersion.TLSv1_3)

    def test_tls_1_2(self):
        self.check_decrypts(ssl.TLSVersion.TLSv1_2)


class BehindALoadBalancer(PcapStage):
    def test_the_client_is_who_the_header_says(self):
        sink = self.sink()
        proxy = self.captured(sink.port, "--accept-proxy")
        for header in (b"TCP4 192.0.2.77 192.0.2.2 40000 25",
                       b"TCP6 2001:db8::77 2001:db8::2 40001 25"):
            with connect(proxy.port) as client:
                client.send(b"PROXY " + header + b"\r\n")
                client.reply()
                client.say("QUIT")
        self.end(proxy)
        self.check_made_well()
        for number, family, port in (("192.0.2.77", "ip", 40000), ("2001:db8::77", "ipv6", 40001)):
            [seen] = commands(self.file, f"{family}.src == {number} && tcp.srcport == {port}")
            self.assertEqual("QUIT", seen)


if __name__ == "__main__":
    unittest.main()
