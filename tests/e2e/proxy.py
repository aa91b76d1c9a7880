"""Runs `smtpchaos proxy`, found by $SMTPCHAOS_BIN."""
import os
import re
import signal
import subprocess
from pathlib import Path

import recordings
from journal import Journal
from lab.wait import is_listening, wait_until

SANITIZER = re.compile(r"(Address|Leak|UndefinedBehavior|Thread)Sanitizer|runtime error:")


def binary() -> str:
    """The program under test."""
    path = os.environ.get("SMTPCHAOS_BIN")
    if not path or not os.access(path, os.X_OK):
        raise AssertionError(f"SMTPCHAOS_BIN names no program: {path!r}")
    return path


def address(place) -> str:
    return f"127.0.0.1:{place}" if isinstance(place, int) else place


def mortal(command: list) -> list:
    """The command, so that the program ends when we do, however that happens. For the main thread,
    with whose end it would come too."""
    return ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)]


class Proxy:
    """One running proxy. `port` is where clients connect; `more_ports` are further listeners.

    `upstream` is a port of the loopback address, or an address as the program reads it. `host` is
    the address that it listens on.
    """

    def __init__(self, directory: Path, upstream, *options, port: int, more_ports=(),
                 rules=(), profiles=(), seed=1, host="127.0.0.1"):
        self.port = port
        self.ports = [port, *more_ports]
        self.directory = directory
        self.journal = Journal(directory / "journal")
        self.process = None
        self.is_starting = False
        self.command = [binary(), "proxy"]
        self._add("--upstream", [address(upstream)])
        self._add("--journal", [self.journal.file])
        self._add("--seed", [seed])
        self._add("--listen", (f"{host}:{number}" for number in self.ports))
        self._add("--rule", rules)
        self._add("--profile", profiles)
        self.command += options
        self.recordings = recordings.folder_for(directory)
        if self.recordings and "--record" not in options:
            self._add("--record", [self.recordings])

    def _add(self, option: str, values) -> None:
        for value in values:
            self.command += [option, str(value)]

    def start(self) -> "Proxy":
        """Starts the program and waits until it listens."""
        self.spawn()
        return self.wait_listening()

    def wait_listening(self) -> "Proxy":
        wait_until(lambda: self._has_ended() or all(map(is_listening, self.ports)),
                   "the proxy to listen")
        if self._has_ended():
            raise AssertionError(f"the proxy ended at once\n{self.logs()}")
        self.is_starting = False
        return self

    def spawn(self) -> None:
        self.is_starting = True
        with open(self.directory / "output", "ab") as output:
            self.process = subprocess.Popen(mortal(self.command), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)

    def stop(self) -> None:
        """Ends the proxy; sessions that are still open are cut off after a moment's grace. One that
        is still being started would die of the signal: it is let come that far."""
        if self.is_starting and not self._has_ended():
            self.wait_listening()
        for grace_s in (0.2, 10):
            if not self._has_ended():
                self.signal(signal.SIGTERM)
                self._wait_ended(grace_s)
        if not self._has_ended():
            self.process.kill()
        self.process.wait()

    def wait(self, timeout_s: float = 15.0) -> int:
        """Waits for the program to end by itself and answers its exit status."""
        return self.process.wait(timeout_s)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def logs(self) -> str:
        journal = self.journal.file
        return (" ".join(self.command) + "\n" + self.output()
                + (journal.read_text(errors="replace") if journal.is_file() else ""))

    def output(self) -> str:
        """What the program printed."""
        return (self.directory / "output").read_text(errors="replace")

    def misbehaviour(self) -> str:
        """What no proxy may ever do: die of a signal, or draw a sanitizer's report."""
        status = self.process.returncode if self.process else None
        if status is not None and status < 0:
            return f"the proxy died of {signal.Signals(-status).name}"
        report = SANITIZER.search(self.output()) if self.process else None
        return f"{report[0]} reported" if report else ""

    def memory_kb(self, field: str) -> int:
        """What the proxy occupies: "VmRSS" now, "VmHWM" at most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", status)[1])

    def _has_ended(self) -> bool:
        return self.process.poll() is not None

    def _wait_ended(self, timeout_s: float) -> None:
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            pass
