"""Clients that send one message to a port of the loopback address, and end.

A letter is anything with a sender, recipients and a text. Each function answers the client's exit
status and what it printed.
"""
import smtplib
import subprocess
from pathlib import Path

from lab.box import Box
from lab.packages import require
from lab.place import SOURCE

HELO = "client.lab.test"


class Clients:
    """msmtp and swaks in one box, nodemailer in another, curl and smtplib of the host."""

    program = "clients"

    def __init__(self, directory: Path, timer_s: int = 10):
        self.timer_s = timer_s
        self.directory = directory
        self.box = Box("clients", directory)
        self.node_box = Box("nodemailer", directory.with_name(directory.name + "-node"))

    def start(self) -> "Clients":
        require(self.program)
        self.box.start()
        return self

    def stop(self) -> None:
        self.box.stop()
        self.node_box.stop()

    def logs(self) -> str:
        return self.box.logs() + self.node_box.logs()

    def msmtp(self, port: int, letter) -> tuple:
        return _told(self.box.run(
            "msmtp", "--host=127.0.0.1", f"--port={port}", f"--timeout={self.timer_s}",
            "--auth=off", "--tls=off", f"--domain={HELO}", f"--from={letter.sender}",
            "--", *letter.recipients, input=letter.text()))

    def swaks(self, port: int, letter) -> tuple:
        return _told(self.box.run(
            "swaks", "--server", f"127.0.0.1:{port}", "--helo", HELO,
            "--from", letter.sender, "--to", ",".join(letter.recipients), "--data", "-",
            "--timeout", f"{self.timer_s}s", input=letter.text()))

    def nodemailer(self, port: int, letter) -> tuple:
        if not self.node_box.is_running():
            require("nodemailer")
            self.node_box.start()
        script = (SOURCE / "nodemailer_client.js").read_text()
        return _told(self.node_box.run("env", "NODE_PATH=/usr/share/nodejs", "node", "-e", script,
                                       str(port), letter.sender, *letter.recipients,
                                       input=letter.text()))

    def curl(self, port: int, letter, line_end: bytes = b"\r\n") -> tuple:
        """Sends line ends as they stand."""
        recipients = [word for name in letter.recipients for word in ("--mail-rcpt", name)]
        return _told(subprocess.run(
            ["curl", "-sS", "-v", "--url", f"smtp://127.0.0.1:{port}/{HELO}", "--mail-from",
             letter.sender, *recipients, "--upload-file", "-", "--max-time", str(self.timer_s)],
            input=letter.text(line_end), capture_output=True))

    def smtplib(self, port: int, letter, line_end: bytes = b"\r\n") -> tuple:
        """Sends line ends as they stand, because the message is handed over as bytes."""
        try:
            with smtplib.SMTP("127.0.0.1", port, HELO, self.timer_s) as client:
                client.sendmail(letter.sender, letter.recipients, letter.text(line_end))
            return 0, ""
        except (smtplib.SMTPException, OSError) as error:
            return 1, repr(error)


def _told(result: subprocess.CompletedProcess) -> tuple:
    return result.returncode, (result.stdout + result.stderr).decode(errors="replace")
