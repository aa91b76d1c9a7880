"""What all mail servers of the lab have in common.

A server started without `relay_port` receives mail for dest.test. With it, the server is a queueing
sender: mail for dest.test is relayed to that port of the loopback address, and tried again only
when `flush` says so. Mail for example.test, which is where bounces go, is always delivered locally.
"""
import re
import shutil
from pathlib import Path

from lab.box import Box
from lab.packages import require
from lab.place import make
from lab.wait import wait_listening, wait_until

MAILBOX_USER = 8125


class Server:
    """One running mail program with configuration, spool, Maildir and logs of its own."""

    program = ""
    start_s = 15.0

    def __init__(self, directory: Path, port: int, relay_port: int = None, timer_s: int = 10,
                 settings: dict = None):
        """`timer_s`: how long a sender waits for a reply; `settings`: more configuration."""
        self.directory = directory
        self.port = port
        self.relay_port = relay_port
        self.timer_s = timer_s
        self.settings = settings or {}
        self.box = Box(self.program, directory, self.binds())

    def binds(self) -> dict:
        """Which path in the box is which directory of ours."""
        return {}

    def configure(self) -> None:
        """Writes the configuration files, before the box starts."""

    def launch(self) -> None:
        """Starts the program in the box."""
        raise NotImplementedError

    def start(self) -> "Server":
        require(self.program)
        for folder in ("conf", "spool", "maildir", "maildir/new", "maildir/cur", "maildir/tmp"):
            make(self.directory / folder)
        for folder in self.maildir, *self.maildir.iterdir():
            shutil.chown(folder, MAILBOX_USER, MAILBOX_USER)
        self.configure()
        self.box.start()
        self.launch()
        wait_listening(self.port, self.start_s)
        return self

    def stop(self) -> None:
        self.box.stop()

    @property
    def maildir(self) -> Path:
        return self.directory / "maildir"

    @property
    def host_name(self) -> str:
        return self.box.host_name

    @property
    def local_domains(self) -> list:
        return ["example.test"] if self.relay_port else ["example.test", "dest.test"]

    def messages(self) -> list:
        """The messages delivered so far, oldest first, as they lie in the Maildir."""
        files = sorted((self.maildir / "new").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_bytes() for file in files]

    def copies(self, letter) -> list:
        """The delivered messages that are copies of the letter, told by its Message-ID."""
        return [message for message in self.messages() if letter.message_id.encode() in message]

    def wait_letter(self, letter, count: int = 1, timeout_s: float = 15.0) -> list:
        """Waits for so many copies of the letter, and answers all there are."""
        wait_until(lambda: len(self.copies(letter)) >= count,
                   f"copy {count} of {letter.message_id} at {self.program}", timeout_s)
        self.settle()
        return self.copies(letter)

    def settle(self) -> None:
        """Waits until everything that was taken is delivered."""

    def wait_messages(self, count: int, timeout_s: float = 15.0) -> list:
        """Waits for so many messages, and answers all there are."""
        wait_until(lambda: len(self.messages()) >= count, f"message {count} at {self.program}",
                   timeout_s)
        return self.messages()

    def logs(self) -> str:
        return self.box.logs()

    def wait_log(self, pattern: str, timeout_s: float = 15.0) -> re.Match:
        """Waits until a line of the log matches the regular expression."""
        return wait_until(lambda: re.search(pattern, self.logs(), re.MULTILINE),
                          f"{pattern!r} in the log of {self.program}", timeout_s)

    def forget(self) -> None:
        """Empties Maildir and queue, so that the next test starts from nothing."""
        for file in (self.maildir / "new").iterdir():
            file.unlink()
        (self.directory / "log").write_bytes(b"")


class QueueingServer(Server):
    """A server that can take mail from a local user and keeps it until it is rid of it."""

    deferred = ""  # what a line of the log about a delivery that failed for now looks like

    def submit(self, letter) -> None:
        """Hands over a letter the way a local user would; it has a sender, recipients and text."""
        command = [*self.submit_command(letter.sender), *letter.recipients]
        result = self.box.run(*command, input=letter.text())
        if result.returncode != 0:
            raise RuntimeError(f"{self.program} took no mail: {result.stderr.decode()}")

    def submit_command(self, sender: str) -> list:
        """The local sendmail command; the recipients follow."""
        raise NotImplementedError

    def queue(self) -> list:
        """Names of the messages in the queue."""
        raise NotImplementedError

    def flush(self) -> None:
        """Tries to deliver everything in the queue now."""
        raise NotImplementedError

    def purge(self) -> None:
        """Throws the queue away, and what is remembered about hosts."""
        raise NotImplementedError

    def wait_deferred(self, timeout_s: float = 15.0) -> None:
        """Waits until an attempt has failed for now and the message is back in the queue."""
        self.wait_log(self.deferred, timeout_s)
        wait_until(self.is_resting, f"{self.program} to rest", timeout_s)

    def is_resting(self) -> bool:
        """Whether no attempt is under way, so that `flush` reaches every message."""
        raise NotImplementedError

    def settle(self) -> None:
        self.wait_queue_empty()

    def wait_queue_empty(self, timeout_s: float = 15.0) -> None:
        wait_until(lambda: not self.queue(), f"the queue of {self.program} to be empty", timeout_s)

    def forget(self) -> None:
        self.purge()
        super().forget()
