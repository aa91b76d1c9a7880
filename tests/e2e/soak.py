"""Long loads, for numbers that a short test cannot show; test_soak.py runs them in small.

    soak.py tarpit [SECONDS [SESSIONS]]   sessions that are held in a tarpit: memory, CPU time
    soak.py messages [COUNT]              small messages from smtp-source to smtp-sink: none lost,
                                          none doubled

The last lines tell what was measured; the exit status is 1 when it is not what was promised.
"""
import argparse
import os
import re
import resource
import selectors
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from lab.place import home, make
from lab.postfix import SmtpSink
from network import free_port, own_network
from proxy import Proxy

SECONDS, SESSIONS, COUNT = 60, 9000, 1_000_000
SETTLING_S = 4  # each session has said its first byte by then
CPU_MOST, GROWTH_MOST_KB = 0.05, 1024
GREETING = "220 mx.lab.test ESMTP " + "waits " * 80
# What it costs is the kernel's sending of a byte: with gap=1s three times as much.
TARPIT = (f'to client greeting rewrite line="{GREETING}"', "to client greeting drip chunk=1 gap=3s")
RECIPIENT = re.compile(rb"^X-Rcpt-Args: <(\d+)bob@dest\.test>", re.MULTILINE)
SOURCES = 50  # sessions of smtp-source at once


class Tarpit:
    """Clients that hear a byte now and then; the servers say no more than a greeting."""

    def __init__(self, directory: Path, sessions: int):
        self.sessions = sessions
        self.selector = selectors.DefaultSelector()
        self.clients, self.servers = [], []
        self.heard, self.ended = 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.proxy = Proxy(directory, self.listener.getsockname()[1], "--max-sessions",
                           str(sessions), port=free_port(), rules=TARPIT).start()

    def fill(self) -> None:
        for _ in range(self.sessions):
            self.clients.append(socket.create_connection(("127.0.0.1", self.proxy.port), 15))
            self.servers.append(self.listener.accept()[0])
            self.servers[-1].sendall(b"220 mx\r\n")
            self.clients[-1].setblocking(False)
            self.selector.register(self.clients[-1], selectors.EVENT_READ)

    def listen(self, seconds: float) -> None:
        """Takes what comes, for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                self._hear(key.fileobj)

    def _hear(self, client: socket.socket) -> None:
        try:
            count = len(client.recv(4096))
        except ConnectionError:
            count = 0
        self.heard += count
        if count == 0:
            self.ended += 1
            self.selector.unregister(client)

    def stop(self) -> None:
        for endpoint in (*self.clients, *self.servers, self.listener):
            endpoint.close()
        self.proxy.stop()

    def cpu_s(self) -> float:
        stat = Path(f"/proc/{self.proxy.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def tarpit(directory: Path, seconds: float, sessions: int) -> dict:
    """What so many sessions cost within so long, once all are there."""
    pit = Tarpit(directory, sessions)
    try:
        pit.fill()
        pit.listen(SETTLING_S)
        memory_kb, cpu_s, pit.heard = pit.proxy.memory_kb("VmRSS"), pit.cpu_s(), 0
        pit.listen(seconds)
        return {"sessions": sessions, "seconds": seconds, "ended": pit.ended, "heard": pit.heard,
                "memory_kb": memory_kb, "growth_kb": pit.proxy.memory_kb("VmRSS") - memory_kb,
                "cpu": (pit.cpu_s() - cpu_s) / seconds}
    finally:
        pit.stop()


class CountingSink(SmtpSink):
    """smtp-sink that appends each message with its envelope to one file."""

    @property
    def dump(self) -> Path:
        return self.directory / "maildir" / "dump"

    def launch(self) -> None:
        self.box.spawn("/usr/sbin/smtp-sink", "-u", "mailbox", "-D", str(self.dump),
                       f"127.0.0.1:{self.port}", "1000")

    def send(self, port: int, count: int) -> None:
        """smtp-source: reused sessions, and a number of its own for each message."""
        self.box.shell(f"smtp-source -d -N -s {SOURCES} -m {count} -l 64 -f ann@example.test"
                       f" -t bob@dest.test 127.0.0.1:{port}")

    def numbers(self) -> Counter:
        """How often each message came."""
        with open(self.dump, "rb") as dump:
            return Counter(int(found[1]) for line in dump if (found := RECIPIENT.match(line)))


def messages(directory: Path, count: int) -> dict:
    """Sends so many messages through a proxy whose rules look at every line, and counts them."""
    sink = CountingSink(directory / "sink", free_port()).start()
    rules = ("to server command VRFY drop", 'to server body header remove="X-Never"')
    proxy = Proxy(make(directory / "proxy"), sink.port, port=free_port(), rules=rules)
    proxy.command[proxy.command.index("--journal") + 1] = "/dev/null"
    try:
        proxy.start()
        began = time.monotonic()
        sink.send(proxy.port, count)
        seconds = time.monotonic() - began
        came = sink.numbers()
        return {"sent": count, "came": len(came), "doubled": sum(came.values()) - len(came),
                "seconds": seconds, "memory_kb": proxy.memory_kb("VmHWM")}
    finally:
        proxy.stop()
        sink.stop()


def report_tarpit(got: dict) -> bool:
    print(f"{got['sessions']} sessions in a tarpit for {got['seconds']:g} s: {got['ended']} ended,"
          f" {got['heard']} bytes heard")
    print(f"memory {got['memory_kb']} KiB, growth {got['growth_kb']} KiB;"
          f" CPU {got['cpu']:.1%} of a core")
    return (got["ended"] == 0 and got["heard"] > 0 and got["growth_kb"] <= GROWTH_MOST_KB
            and got["cpu"] < CPU_MOST)


def report_messages(got: dict) -> bool:
    print(f"{got['sent']} messages sent in {got['seconds']:.0f} s,"
          f" {got['sent'] / got['seconds']:.0f} a second")
    print(f"lost {got['sent'] - got['came']}, doubled {got['doubled']};"
          f" memory at most {got['memory_kb']} KiB")
    return got["came"] == got["sent"] and got["doubled"] == 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run soak")
    kinds = parser.add_subparsers(dest="kind", required=True)
    pit = kinds.add_parser("tarpit", help="sessions held in a tarpit: memory and CPU time")
    pit.add_argument("seconds", nargs="?", type=float, default=SECONDS)
    pit.add_argument("sessions", nargs="?", type=int, default=SESSIONS)
    mail = kinds.add_parser("messages", help="small messages: none lost, none doubled")
    mail.add_argument("count", nargs="?", type=int, default=COUNT)
    return parser.parse_args()


def main() -> int:
    given = read_arguments()
    own_network()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    make(home())
    directory = Path(tempfile.mkdtemp(prefix="soak-", dir=make(home() / "run")))
    directory.chmod(0o755)
    try:
        if given.kind == "tarpit":
            return 0 if report_tarpit(tarpit(directory, given.seconds, given.sessions)) else 1
        return 0 if report_messages(messages(directory, given.count)) else 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
