"""What tshark makes of a capture, and captures of what really passes on the loopback interface."""
import os
import re
import signal
import subprocess
from pathlib import Path

from lab.wait import wait_until

# tshark goes by its user's preferences otherwise.
ENVIRONMENT = dict(os.environ, XDG_CONFIG_HOME="/nonexistent", HOME="/nonexistent")


def tshark(file: Path, shown: str, *fields, options=()) -> list:
    """The fields of all packets that the display filter shows, one list of strings a packet."""
    command = ["tshark", "-r", str(file), "-n", "-Y", shown, "-T", "fields", "-E", "separator=/t",
               "-E", "occurrence=a", *options]
    for field in fields:
        command += ["-e", field]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT,
                            check=False)
    if result.returncode:
        raise AssertionError(f"{' '.join(command)}\n{result.stderr}")
    return [line.split("\t") for line in result.stdout.splitlines()]


def commands(file: Path, shown: str, options=()) -> list:
    """The SMTP commands that tshark sees, in order."""
    packets = tshark(file, f"smtp.req.command && {shown}", "smtp.req.command", options=options)
    return [verb for packet in packets for verb in packet[0].split(",")]


class LoopbackCapture:
    """dumpcap at work on the loopback interface, for one port."""

    def __init__(self, file: Path, port: int):
        self.file = file
        self.errors = file.with_suffix(".said")
        self.command = ["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", str(file)]
        self.process = None

    def start(self) -> str:
        """Begins; answers why it may not, or nothing."""
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=errors,
                                            stderr=errors)
        wait_until(lambda: self.process.poll() is not None or "File:" in self._said(),
                   "dumpcap to listen")
        refused = self.process.poll() is not None
        if refused and not re.search(r"permi|not permitted|privileges", self._said()):
            raise AssertionError(self._said())
        return self._said() if refused else ""

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(15)

    def _said(self) -> str:
        return self.errors.read_text(errors="replace")
