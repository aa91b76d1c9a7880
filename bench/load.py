"""Runs bench-client and bench-sink, the two load programs."""
import json
import os
import subprocess
from pathlib import Path

from cpus import pin
from trouble import Trouble

ROUND_MAX_S = 60


def program(name: str) -> str:
    """The build puts the load programs into bench/ beside smtpchaos."""
    path = Path(os.environ["SMTPCHAOS_BIN"]).resolve().parent / "bench" / name
    if not os.access(path, os.X_OK):
        raise Trouble(f"{path} is missing; ./run build makes it")
    return str(path)


class Sink:
    """The receiver behind every contender."""

    def __init__(self, cpus: set, *options):
        self.command = [program("bench-sink"), *options]
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        pin(self.pid, cpus)
        line = self.process.stdout.readline()
        if not line.startswith("listening "):
            self.stop()
            raise Trouble("bench-sink did not start")
        self.port = int(line.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


def command(port, mode: str, sessions: int, size: int, milliseconds, *options) -> list:
    return [program("bench-client"), "--port", str(port), "--mode", mode, "--sessions",
            str(sessions), "--size", str(size), "--milliseconds", str(milliseconds), *options]


def run(words: list, watched: list, cpus: set) -> dict:
    """One sample: what the client prints, and what it and its children spent in all."""
    for pid in watched:
        words = [*words, "--watch", str(pid)]
    client = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True,
                              preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    before = os.times()
    try:
        printed, complaint = client.communicate(timeout=ROUND_MAX_S)
    except subprocess.TimeoutExpired:
        client.kill()
        printed, complaint = client.communicate()
        complaint = complaint or f"no end after {ROUND_MAX_S} s"
    if client.returncode != 0:
        raise Trouble(complaint.strip() or f"bench-client ended with {client.returncode}")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user \
        - before.children_system
    return json.loads(printed) | {"load_cpu": spent}


class Held:
    """Sessions that have been greeted and then are left alone."""

    def __init__(self, port: int, sessions: int, cpus: set):
        self.client = subprocess.Popen(command(port, "hold", sessions, 0, 0),
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
        pin(self.client.pid, cpus)
        line = self.client.stdout.readline()
        if line != f"holding {sessions}\n":
            self.client.kill()
            raise Trouble(self.client.communicate()[1].strip())

    def let_go(self) -> None:
        """Ends them, and waits until they are gone."""
        self.client.communicate(timeout=ROUND_MAX_S)
