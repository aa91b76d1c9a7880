"""The measuring programs of bench/: what they measure happens, and what failed is no figure."""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
sys.path.append(str(BENCH))

import bench  # noqa: E402
import contenders  # noqa: E402
import load  # noqa: E402
import measures  # noqa: E402
import table  # noqa: E402
import unpaced  # noqa: E402
import workers  # noqa: E402
from lab.wait import wait_until  # noqa: E402
from network import free_port  # noqa: E402
from peers import connect  # noqa: E402
from trouble import Trouble  # noqa: E402

EVERYWHERE = os.sched_getaffinity(0)
ENVELOPE = b"MAIL FROM:<ann@example.test>\r\nRCPT TO:<bob@dest.test>\r\nDATA\r\n"


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.sink = load.Sink(EVERYWHERE)
        self.addCleanup(self.sink.stop)

    def sample(self, mode: str, size: int = 1024) -> dict:
        words = load.command(self.sink.port, mode, 3, size, 30)
        return load.run(words, [self.sink.pid], EVERYWHERE)

    def test_every_mode_goes_round(self):
        for measure in measures.SAMPLED:
            with self.subTest(measure.name):
                sample = self.sample(measure.mode, measure.size)
                self.assertGreater(sample["rounds"], 0)
                self.assertGreaterEqual(sample["p99_us"], sample["p50_us"])
                self.assertEqual(2, len(sample["cpu"]))

    def test_each_message_has_the_size_that_was_asked_for(self):
        for size in (0, 51, 1024, 1025, 100_000):
            with self.subTest(size):
                sample = self.sample("connection", size)
                wanted = sample["rounds"] * (max(size, 50) + len(ENVELOPE))
                self.assertGreater(sample["bytes"], wanted)
                self.assertLess(sample["bytes"], wanted + (sample["rounds"] + 6) * (size + 200))

    def test_sessions_are_held_until_they_are_let_go(self):
        before = len(os.listdir(f"/proc/{self.sink.pid}/fd"))
        held = load.Held(self.sink.port, 100, EVERYWHERE)
        self.assertEqual(before + 100, len(os.listdir(f"/proc/{self.sink.pid}/fd")))
        held.let_go()
        wait_until(lambda: len(os.listdir(f"/proc/{self.sink.pid}/fd")) == before, "the ends")

    def test_its_network_does_not_pace(self):
        if not unpaced.may_enter():
            self.skipTest("a network namespace is not permitted here")
        inside = subprocess.run(
            ["unshare", "--net", sys.executable, "-c",
             "import unpaced; unpaced.enter(); print(unpaced.SETTING.read_text())"],
            env=os.environ | {unpaced.INSIDE: "1", "PYTHONPATH": str(BENCH)}, text=True,
            capture_output=True, check=True)
        self.assertEqual("reno", inside.stdout.strip())

    def test_workers_are_compared(self):
        with tempfile.TemporaryDirectory() as place:
            for kind in (workers.OneWorker, workers.TwoWorkers):
                taken = workers.sample(kind, self.sink, Path(place), 1000)
                self.assertGreater(taken["rate"], 0)
                self.assertGreater(taken["cost"], 0)

    def test_what_fails_is_no_sample(self):
        with self.assertRaisesRegex(Trouble, "Connection refused"):
            load.run(load.command(free_port(), "lockstep", 1, 1, 1), [], EVERYWHERE)
        with self.assertRaisesRegex(Trouble, "modes are lockstep"):
            load.run(load.command(self.sink.port, "lockstop", 1, 1, 1), [], EVERYWHERE)

    def test_a_server_that_says_no_is_no_sample(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            words = load.command(server.getsockname()[1], "greeting", 1, 1, 1)

            def refuse():
                with server.accept()[0] as client:
                    client.sendall(b"554 5.7.1 no\r\n")
                    client.recv(100)

            self.in_thread(refuse)
            with self.assertRaisesRegex(Trouble, "says no"):
                load.run(words, [], EVERYWHERE)

    def in_thread(self, work) -> None:
        thread = threading.Thread(target=work)
        thread.start()
        self.addCleanup(thread.join)


class TlsTest(unittest.TestCase):
    """The same over TLS, from the start and behind STARTTLS."""

    def test_every_measure_goes_round(self):
        for security in ("implicit", "starttls"):
            for measure in measures.ENCRYPTED:
                with self.subTest(f"{measure.name}, {security}"):
                    sample = self.sample(measure, security)
                    self.assertGreater(sample["rounds"], 0)

    def test_a_session_is_taken_up_again_where_that_is_measured(self):
        """Who resumes spends no signature: far more handshakes for the same work."""
        full, resumed = (self.sample(measure, "implicit") for measure in measures.ENCRYPTED[:2])
        costs = [sum(sample["cpu"]) / sample["rounds"] for sample in (full, resumed)]
        self.assertLess(costs[1], costs[0])

    def sample(self, measure, security: str) -> dict:
        directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        tls = contenders.Tls(directory, measure.tls == "resumed")
        tls.make()
        sink = load.Sink(EVERYWHERE, *tls.sink_options(security))
        self.addCleanup(sink.stop)
        words = load.command(sink.port, measure.mode, 3, measure.size, 100,
                             *tls.client_options(security))
        return load.run(words, [sink.pid], EVERYWHERE)


class SinkTest(unittest.TestCase):
    def setUp(self):
        sink = load.Sink(EVERYWHERE)
        self.addCleanup(sink.stop)
        self.client = self.enterContext(connect(sink.port))
        self.hear(1)

    def test_the_end_of_mail_is_found_however_it_is_cut(self):
        mail = b"..\r\n.x\r\n\n.\n\r.\r\n a.\r\n..\r\n\r\n.\r\n"
        for size in (1, 2, 3, 5, len(mail)):
            with self.subTest(size):
                self.say(ENVELOPE, 1)
                self.hear(3)
                self.say(mail, size)
                self.assertEqual([b"250"], self.hear(1))
                self.say(b"NOOP\r\n", size)
                self.assertEqual([b"250"], self.hear(1))

    def test_an_empty_mail_and_what_stands_behind_it(self):
        self.say(ENVELOPE + b".\r\n" + ENVELOPE + b"x\r\n.\r\nQUIT\r\n", 10_000)
        self.assertEqual([b"250", b"250", b"354", b"250"] * 2 + [b"221"], self.hear(9))

    def say(self, data: bytes, size: int) -> None:
        for at in range(0, len(data), size):
            self.client.send(data[at:at + size])

    def hear(self, count: int) -> list:
        return [self.client.reply()[:3] for _ in range(count)]


class TableTest(unittest.TestCase):
    FIGURE = measures.rate("messages/s")

    def test_undisturbed_samples_decide_where_there_are_any(self):
        samples = [{"rounds": rounds, "seconds": 2, "disturbed": rounds > 100}
                   for rounds in (20, 40, 60, 1000, 2000, 3000)]
        self.assertEqual("20", self.shown(samples))
        self.assertEqual("1,000~", self.shown(samples[3:]))

    def test_a_ratio_to_what_was_disturbed_says_so(self):
        found = {(name, "m"): [{"rounds": 10, "seconds": 1, "disturbed": name == "b"}]
                 for name in "ab"}
        rows = table.rows([measures.Measure("m", "", (self.FIGURE,))], found, ["a", "b"], "b")
        self.assertEqual(["10 (1.00~)", "10~ (1.00~)"], rows[2][1:])

    def test_ratios_are_to_the_baseline(self):
        def samples(rounds):
            return [{"rounds": rounds, "seconds": 1, "disturbed": False}]
        measure = measures.SAMPLED[0]
        found = {("ours", measure.name): samples(110), ("theirs", measure.name): samples(100)}
        rows = table.rows([measures.Measure("reused", "", (self.FIGURE,))], found,
                          ["ours", "theirs", "nobody"], "theirs")
        self.assertEqual(["messages/s", "110 (1.10)", "100 (1.00)", "–"], rows[2])

    def shown(self, samples: list) -> str:
        rows = table.rows([measures.Measure("m", "", (self.FIGURE,))], {("a", "m"): samples},
                          ["a"], "b")
        return rows[2][1]


class ArgumentsTest(unittest.TestCase):
    def test_what_is_not_understood_is_named(self):
        for words, pattern in ((["fast"], "fast: expected"),
                               (["--only", "bulkk"], "did you mean bulk"),
                               (["--only"], "--only: expected")):
            with self.subTest(words), self.assertRaisesRegex(Trouble, pattern) as caught:
                bench.read_arguments(words)
            self.assertEqual(64, caught.exception.status)

    def test_all_is_understood(self):
        self.assertEqual((bench.QUICK, {"bulk", "rules"}, Path("x")), bench.read_arguments(
            ["quick", "--only", "bulk,rules", "--json", "x"]))


if __name__ == "__main__":
    unittest.main()
