"""The proxy as a process: signals, limits, timeouts and the places it listens at."""
import signal
import socket
import threading
import unittest
from contextlib import ExitStack
from datetime import datetime, timezone

from lab.wait import is_listening
from network import free_port
from peers import Connection, connect, ehlo
from stage import Stage

REWRITE_NOOP = 'to client reply 250 after NOOP rewrite line="250 2.0.0 {}"'


class SignalsTest(Stage):
    def noop(self, client: Connection) -> str:
        return client.say("NOOP").decode().strip()

    def wait_noop(self, client: Connection, wanted: str) -> None:
        """Asks again until the proxy has noticed the signal."""
        self.wait_until(lambda: self.noop(client) == wanted, f"{wanted!r} as the reply to NOOP")

    def test_term_lets_open_sessions_end_and_takes_no_more(self):
        proxy = self.proxy(self.polite().port)
        with ehlo(proxy.port) as client:
            proxy.signal(signal.SIGTERM)
            self.wait_until(lambda: not is_listening(proxy.port), "the proxy to stop listening")
            with self.assertRaises(ConnectionRefusedError):
                connect(proxy.port)
            self.assertEqual("250 2.0.0 ok", self.noop(client))
            self.assertIsNone(proxy.process.poll())
            self.assertEqual(b"221", client.say("QUIT")[:3])
            client.to_end()
        self.assertEqual(0, proxy.wait())

    def test_term_without_sessions_ends_at_once(self):
        proxy = self.proxy(self.polite().port)
        proxy.signal(signal.SIGTERM)
        self.assertEqual(0, proxy.wait())

    def test_second_term_ends_open_sessions(self):
        proxy = self.proxy(self.polite().port)
        with ehlo(proxy.port) as client:
            proxy.signal(signal.SIGTERM)
            self.wait_until(lambda: not is_listening(proxy.port), "the proxy to stop listening")
            proxy.signal(signal.SIGTERM)
            proxy.wait()
            self.assertIn(client.ending(), ("FIN", "RST"))

    def test_hup_reads_a_changed_profile(self):
        profile = self.directory / "noop.profile"
        profile.write_text(REWRITE_NOOP.format("before") + "\n")
        proxy = self.proxy(self.polite().port, profiles=[profile])
        with ehlo(proxy.port) as old_client:
            self.assertEqual("250 2.0.0 before", self.noop(old_client))
            profile.write_text(REWRITE_NOOP.format("after") + "\n")
            proxy.signal(signal.SIGHUP)
            self.wait_until(lambda: self.noop_of_new_session(proxy) == "250 2.0.0 after",
                            "new sessions to follow the changed profile")
            self.assertRegex(self.noop(old_client), "250 2.0.0 (before|after)")

    def test_hup_keeps_the_rules_when_the_profile_is_broken(self):
        profile = self.directory / "broken.profile"
        profile.write_text(REWRITE_NOOP.format("before") + "\n")
        proxy = self.proxy(self.polite().port, profiles=[profile])
        profile.write_text("to client replie 250 drop\n")
        proxy.signal(signal.SIGHUP)
        self.wait_until(lambda: "broken.profile:1:" in proxy.output(), "a complaint about line 1")
        self.assertEqual("250 2.0.0 before", self.noop_of_new_session(proxy))

    def test_hup_lets_go_of_a_journal_that_was_renamed(self):
        proxy = self.proxy(self.polite().port, rules=[REWRITE_NOOP.format("chaos")])
        old = proxy.journal.file.with_suffix(".1")
        self.noop_of_new_session(proxy)
        proxy.journal.wait(1, event="close")
        proxy.journal.file.rename(old)
        proxy.signal(signal.SIGHUP)
        self.wait_until(proxy.journal.file.exists, "a new journal")
        size = old.stat().st_size
        self.noop_of_new_session(proxy)
        proxy.journal.wait(1, event="close")
        lines = proxy.journal.file.read_text().splitlines()
        self.assertEqual(old.read_text().splitlines()[0], lines[0])
        self.assertEqual(size, old.stat().st_size)
        self.assertEqual(1, sum('"event":"start"' in line for line in lines))

    def test_hup_keeps_a_journal_whose_folder_is_gone(self):
        folder = self.directory / "short-lived"
        folder.mkdir()
        proxy = self.proxy(self.polite().port, "--journal", folder / "journal")
        shown = open(folder / "journal")
        (folder / "journal").unlink()
        folder.rmdir()
        proxy.signal(signal.SIGHUP)
        self.wait_until(lambda: "cannot be opened again" in proxy.output(), "a complaint")
        self.noop_of_new_session(proxy)
        with shown:
            self.wait_until(lambda: '"event":"close"' in shown.read(), "the journal to go on")

    def noop_of_new_session(self, proxy) -> str:
        with ehlo(proxy.port) as client:
            return self.noop(client)

    def test_usr1_switches_rules_off_and_usr2_on_in_open_sessions(self):
        proxy = self.proxy(self.polite().port, rules=[REWRITE_NOOP.format("chaos")])
        with ehlo(proxy.port) as client:
            self.assertEqual("250 2.0.0 chaos", self.noop(client))
            proxy.signal(signal.SIGUSR1)
            self.wait_noop(client, "250 2.0.0 ok")
            proxy.signal(signal.SIGUSR2)
            self.wait_noop(client, "250 2.0.0 chaos")


class LimitsTest(Stage):
    def test_client_past_max_sessions_hears_421(self):
        proxy = self.proxy(self.polite().port, "--max-sessions", "2")
        with ehlo(proxy.port) as first, ehlo(proxy.port):
            with connect(proxy.port) as third:
                self.assertRegex(third.to_end(), rb"\A421 [^\r\n]*\r\n\Z")
            self.assertEqual(b"250", first.say("NOOP")[:3])

    def test_place_of_an_ended_session_is_free_again(self):
        proxy = self.proxy(self.polite().port, "--max-sessions", "1")
        with ehlo(proxy.port) as client:
            client.say("QUIT")
            client.to_end()
        self.wait_until(lambda: self.greeting(proxy.port).startswith(b"220"), "a free place")

    def greeting(self, port: int) -> bytes:
        with connect(port) as client:
            return client.reply()

    def test_idle_session_is_ended(self):
        proxy = self.proxy(self.polite().port, "--idle-timeout", "300ms")
        with ehlo(proxy.port) as client:
            client.to_end()
        [close] = proxy.journal.wait(event="close")
        self.assertEqual("idle-timeout", close["ending"])

    def test_busy_session_is_not_idle(self):
        proxy = self.proxy(self.polite().port, "--idle-timeout", "400ms")
        with ehlo(proxy.port) as client:
            for _ in range(6):
                self.assertTrue(client.is_silent_for(0.15))
                self.assertEqual(b"250", client.say("NOOP")[:3])

    def test_server_that_never_answers_is_given_up_after_the_connect_timeout(self):
        with unanswering_port() as port:
            proxy = self.proxy(port, "--connect-timeout", "500ms")
            with connect(proxy.port) as client:
                self.assertRegex(client.to_end(), rb"\A421 4\.3\.2 [^\r\n]*\r\n\Z")

    def test_line_longer_than_max_line_passes(self):
        proxy = self.proxy(self.polite().port, "--max-line", "1KB",
                           rules=[REWRITE_NOOP.format("chaos")])
        with ehlo(proxy.port) as client:
            self.assertEqual(b"250", client.say("VRFY " + "x" * 100_000)[:3])
            self.assertEqual(b"250 2.0.0 chaos\r\n", client.say("NOOP"))

    def test_hundreds_of_sessions_at_once(self):
        polite = self.polite()
        proxy = self.proxy(polite.port)
        with ExitStack() as stack:
            clients = [stack.enter_context(ehlo(proxy.port)) for _ in range(300)]
            for client in clients:
                self.assertEqual(b"221", client.say("QUIT")[:3])
        self.assertEqual(300, len(proxy.journal.wait(300, event="close")))


class ListenersTest(Stage):
    def check_mail_passes(self, client: Connection) -> None:
        with client:
            self.assertEqual(b"220", client.reply()[:3])
            self.assertEqual(b"250", client.say("EHLO client.lab.test")[:3])

    def test_ipv6(self):
        port = free_port()
        self.proxy(self.polite().port, "--listen", f"[::1]:{port}")
        self.check_mail_passes(connect(port, "::1"))

    def test_several_at_once(self):
        ports = [free_port(), free_port()]
        proxy = self.proxy(self.polite().port, more_ports=ports)
        for port in proxy.ports:
            self.check_mail_passes(connect(port))

    def test_unix_socket(self):
        path = self.directory / "listen.sock"
        proxy = self.proxy(self.polite().port, "--listen", f"unix:{path}")
        self.wait_until(path.exists, "the socket")
        self.check_mail_passes(unix_client(path))
        proxy.stop()
        self.assertFalse(path.exists())

    def test_unix_socket_as_upstream(self):
        path = self.directory / "upstream.sock"
        polite = self.polite(path=path)
        self.check_mail_passes(connect(self.proxy(f"unix:{path}").port))
        self.assertTrue(polite.commands)

    def test_built_in_sink_as_upstream(self):
        with ehlo(self.proxy("sink").port) as client:
            for command in ("MAIL FROM:<a@example.test>", "RCPT TO:<b@dest.test>"):
                self.assertEqual(b"250", client.say(command)[:3])
            self.assertEqual(b"354", client.say("DATA")[:3])
            self.assertEqual(b"250", client.say("Subject: x\r\n\r\nbody\r\n.")[:3])

    def test_memory_has_a_bound_and_all_arrives_all_the_same(self):
        record = b"\x16\x03\x01" + bytes(1 << 16)
        taken = []
        for bound in ("64MiB", "1MiB"):
            begin = threading.Event()
            server = self.scripted(lambda connection: begin.wait(30) and len(connection.to_end()))
            proxy = self.proxy(server.port, "--max-memory", bound)
            clients = [connect(proxy.port) for _ in range(12)]
            server.wait_connections(len(clients))
            sent = [client.stuff(record, 1 << 26) for client in clients]
            begin.set()
            for client in clients:
                client.finish()
                client.to_end()
                client.close()
            self.assertEqual(sorted(sent), sorted(server.wait_results(len(clients))))
            taken.append(sum(sent))
        self.assertGreater(taken[0] - taken[1], 1 << 20)

    def test_workers_count_together(self):
        proxy = self.proxy(self.polite().port, "--workers", "2", rules=(
            'to server command NOOP first 3 per run answer reply="250 of the run"',
            'to server command RSET first 5 per client answer reply="250 of the client"'))
        clients = [ehlo(proxy.port) for _ in range(8)]
        for verb, count, said in (("NOOP", 3, b"250 of the run"),
                                  ("RSET", 5, b"250 of the client")):
            for client in clients:
                client.send(verb.encode() + b"\r\n")
            replies = [client.reply().strip() for client in clients]
            self.assertEqual(count, replies.count(said), replies)
        for client in clients:
            client.close()

    def test_workers_remember_triplets_together(self):
        """Whichever worker a client comes to, it is the second attempt of its triplet."""
        proxy = self.proxy(self.polite().port, "--workers", "3",
                           rules=["to server command RCPT greylist wait=200ms"])
        recipients = [f"r{number}@dest.test" for number in range(6)]
        for attempt in range(4):
            codes = [self.rcpt_of_new_session(proxy, recipient) for recipient in recipients]
            if attempt == 0:
                self.assertEqual({b"451"}, set(codes))
                first = proxy.journal.wait(6, event="rule")[-1]["time"]
                self.wait_until(lambda: self.seconds_since(first) > 0.2, "the wait to be over")
            else:
                self.assertEqual({b"250"}, set(codes))

    @staticmethod
    def seconds_since(time: str) -> float:
        then = datetime.fromisoformat(time.replace("Z", "+00:00"))
        return (datetime.now(timezone.utc) - then).total_seconds()

    def rcpt_of_new_session(self, proxy, recipient: str) -> bytes:
        with ehlo(proxy.port) as client:
            client.say("MAIL FROM:<ann@example.test>")
            return client.say(f"RCPT TO:<{recipient}>")[:3]

    def test_workers_share_the_sessions(self):
        proxy = self.proxy(self.polite().port, "--workers", "2")
        with ExitStack() as stack:
            for client in [stack.enter_context(ehlo(proxy.port)) for _ in range(20)]:
                self.assertEqual(b"221", client.say("QUIT")[:3])
        names = {entry["session"] for entry in proxy.journal.wait(20, event="close")}
        self.assertEqual(20, len(names))

    def test_port_in_use_is_told_and_69(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            proxy = self.unstarted_proxy(free_port(), port=port)
            proxy.spawn()
            self.assertEqual(69, proxy.wait())
            self.assertIn(str(port), proxy.output())


def unix_client(path) -> Connection:
    endpoint = socket.socket(socket.AF_UNIX)
    endpoint.connect(str(path))
    return Connection(endpoint)


class unanswering_port:
    """A port whose queue of connections is full, so that the kernel drops each attempt."""

    def __enter__(self) -> int:
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self.listener.getsockname())
            self.fillers.append(filler)
        return self.listener.getsockname()[1]

    def __exit__(self, *_) -> None:
        for endpoint in (*self.fillers, self.listener):
            endpoint.close()


if __name__ == "__main__":
    unittest.main()
