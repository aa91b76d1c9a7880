"""A private file system and process tree in which one mail program runs.

`box.sh` builds the file system. Everything in the box ends with it, daemons too, because the box is
a process name space; and the box ends when the process that made it does, however that happens.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab.place import SOURCE, home, make, unpacked

NAMESPACES = ["--mount", "--pid", "--uts", "--fork", "--kill-child", "--propagation", "private"]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Box:
    """One box; `directory` holds its log, its output and what the caller lends to it."""

    def __init__(self, program: str, directory: Path, binds: dict = None):
        self.program = program
        self.directory = make(directory)
        self.binds = binds or {}
        self.keeper = None
        self.inside = None
        self.daemons = []

    def start(self) -> None:
        lines = [f"{source} {target}\n" for target, source in self.binds.items()]
        (self.directory / "binds").write_text("".join(lines))
        (self.directory / "log").touch()
        shutil.copy(SOURCE / "keeper.py", self.directory)
        with open(self.output, "ab") as output:
            self.keeper = subprocess.Popen(
                ["unshare", *NAMESPACES, *self._command()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output)
        if self.keeper.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the box of {self.program} did not start\n{self.logs()}")
        self.inside = self._first_process()

    def is_running(self) -> bool:
        return self.keeper is not None

    def stop(self) -> None:
        """Ends every process in the box, and the box."""
        if self.keeper:
            self.keeper.stdin.close()
            self.keeper.stdout.close()
            for process in [self.keeper, *self.daemons]:
                process.wait(10)
            self.keeper = None

    @property
    def host_name(self) -> str:
        return f"{self.directory.name.replace('_', '-')}.lab.test"

    @property
    def output(self) -> Path:
        """What the programs print."""
        return self.directory / "output"

    def logs(self) -> str:
        """What the programs logged and printed so far."""
        files = [self.directory / "log", self.output]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def run(self, *command, **options) -> subprocess.CompletedProcess:
        """Runs a command in the box to its end, and keeps what it prints."""
        return subprocess.run(self._enter(command), capture_output=True, env=self._environment(),
                              **options)

    def shell(self, script: str) -> None:
        """Runs a shell script in the box; it has to succeed."""
        result = self.run("bash", "-euc", script)
        if result.returncode != 0:
            raise RuntimeError(f"{self.program}: {script}\n{result.stderr.decode()}{self.logs()}")

    def spawn(self, *command) -> None:
        """Starts a daemon in the box; it ends with the box."""
        with open(self.output, "ab") as output:
            self.daemons.append(subprocess.Popen(
                self._enter(command), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=self._environment()))

    def _command(self) -> list:
        keeper = [sys.executable, self.directory / "keeper.py", "/dev/log", self.directory / "log"]
        return ["bash", SOURCE / "box.sh", self.host_name, unpacked(self.program), self.directory,
                home(), *keeper]

    def _enter(self, command) -> list:
        spaces = ["--mount", "--pid", "--uts"]
        return ["nsenter", "--target", str(self.inside), *spaces, "--", *command]

    def _first_process(self) -> int:
        pid = self.keeper.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    @staticmethod
    def _environment() -> dict:
        return {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/", "TZ": os.environ.get("TZ", "UTC")}
