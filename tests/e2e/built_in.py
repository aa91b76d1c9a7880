"""The built-in peers: `smtpchaos sink` as a player, and `smtpchaos send` run to its end."""
import json
import re
import signal
import subprocess
from pathlib import Path

from lab.wait import wait_until
from proxy import SANITIZER, binary, mortal


class Sink:
    """One running `smtpchaos sink` on a free port of 127.0.0.1, with a Maildir."""

    def __init__(self, directory: Path, *options, listen="127.0.0.1:0"):
        self.directory = directory
        self.maildir = directory / "mail"
        self.command = [binary(), "sink", "--listen", listen, "--maildir", self.maildir, *options]
        self.port = None
        self.process = None

    def start(self) -> "Sink":
        with open(self.directory / "out", "wb") as out, open(self.directory / "err", "wb") as err:
            self.process = subprocess.Popen(mortal(self.command), stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=err)
        told = wait_until(
            lambda: self.process.poll() is not None
            or re.search(r"sink listening on (\S+)", self.logs()), "the sink to listen")
        if told is True:
            raise AssertionError(f"the sink ended at once\n{self.logs()}")
        if not told[1].startswith("unix:"):
            self.port = int(told[1].rpartition(":")[2])
        return self

    def messages(self) -> list:
        """All messages, as their files have them, in the order in which they were begun."""
        files = sorted((self.maildir / "new").iterdir(),
                       key=lambda file: int(re.search(r"Q(\d+)", file.name)[1]))
        return [file.read_bytes() for file in files]

    def stop(self) -> str:
        """Ends the sink as a person would, and answers what it printed at the end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(15)
        if status != 0 or SANITIZER.search(self.logs()):
            raise AssertionError(f"the sink ended with {status}\n{self.logs()}")
        return (self.directory / "out").read_text()

    def logs(self) -> str:
        return (self.directory / "err").read_text()


class Sent:
    """What a run of `smtpchaos send` came to."""

    def __init__(self, result: subprocess.CompletedProcess):
        self.status = result.returncode
        self.out = result.stdout.decode()
        self.err = result.stderr.decode()
        if self.status < 0 or SANITIZER.search(self.err):
            raise AssertionError(f"send ended with {self.status}\n{self.err}")

    def json(self) -> dict:
        return json.loads(self.out)


def start_send(port, *options) -> subprocess.Popen:
    """Begins to send to a port of 127.0.0.1, or to an address as the program reads it."""
    to = f"127.0.0.1:{port}" if isinstance(port, int) else port
    command = [binary(), "send", "--connect", to, *map(str, options)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def wait_sent(process: subprocess.Popen, text: bytes = b"", timeout_s: float = 60.0) -> Sent:
    """Waits for a run to end, with a message for its stdin."""
    out, err = process.communicate(text, timeout_s)
    return Sent(subprocess.CompletedProcess(process.args, process.returncode, out, err))


def send(port, *options, text: bytes = b"") -> Sent:
    """Sends and waits for the end."""
    return wait_sent(start_send(port, *options), text)
