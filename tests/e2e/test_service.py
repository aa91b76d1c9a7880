"""The units for systemd: what they are worth, and that the proxy can do its work under them."""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from peers import ehlo
from proxy import binary
from stage import Stage

EXPOSURE_MOST = 13  # tenths
ANALYZE = "systemd-analyze"
CALL = re.compile(r"^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)", re.MULTILINE)
# Refused by the unit, which says LimitNOFILE= itself; the program does without.
DONE_WITHOUT = {"prlimit64", "setrlimit"}


def units() -> Path:
    """The units as the build has made them for its own place."""
    return Path(binary()).resolve().parent / "deploy"


def setting(name: str) -> list:
    """What the service says about something, each time."""
    text = (units() / "smtpchaos.service").read_text()
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


def calls_of(group: str) -> set:
    """The system calls of a group, groups within it resolved."""
    if not group.startswith("@"):
        return {group}
    listed = subprocess.run([ANALYZE, "syscall-filter", group], capture_output=True, text=True,
                            check=True).stdout
    names = [line.split()[0] for line in listed.splitlines()[1:]
             if line.strip() and not line.strip().startswith("#")]
    return set().union(*map(calls_of, names))


def allowed_calls() -> set:
    allowed = set()
    for line in setting("SystemCallFilter"):
        calls = set().union(*map(calls_of, line.lstrip("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


class Units(unittest.TestCase):
    def test_exposure_is_low(self):
        done = subprocess.run([ANALYZE, "security", "--offline=yes", "--no-pager",
                               f"--threshold={EXPOSURE_MOST}", units() / "smtpchaos.service"],
                              capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout[-400:] + done.stderr)

    def test_systemd_understands_them(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in ("smtpchaos.service", "smtpchaos.socket"):
                text = (units() / unit).read_text()
                text = re.sub(r"(?<=ExecStart=)\S+", binary(), text)
                Path(folder, unit).write_text(text)
            done = subprocess.run([ANALYZE, "verify", "--man=no", f"{folder}/smtpchaos.service",
                                   f"{folder}/smtpchaos.socket"], capture_output=True, text=True)
        self.assertEqual("", "\n".join(line for line in done.stderr.splitlines()
                                       if "smtpchaos" in line))

    def test_nothing_may_be_gained(self):
        self.assertEqual([""], setting("CapabilityBoundingSet"))
        self.assertEqual(["yes"], setting("NoNewPrivileges"))


class AsTheServiceRunsIt(Stage):
    """Sockets are handed over, options come from the file that is installed."""

    CONFIG = Path(__file__).resolve().parents[2] / "deploy/smtpchaos.conf"

    def launch(self, listener: socket.socket, trace: Path):
        [line] = setting("ExecStart")
        words = line.split()
        words[0], words[-1] = binary(), str(self.CONFIG)
        proxy = self.unstarted_proxy(1)
        handed = f"exec 3<&{listener.fileno()}; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\""
        proxy.command = ["strace", "-D", "-f", "-qq", "-o", str(trace), "bash", "-c", handed, "-",
                         *words, "--upstream", "sink"]
        proxy.journal.file = proxy.directory / "journal.json"
        os.set_inheritable(listener.fileno(), True)
        with open(proxy.directory / "output", "ab") as output:
            proxy.process = subprocess.Popen(
                proxy.command, cwd=proxy.directory, stdout=output, stderr=output,
                pass_fds=[listener.fileno()],
                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # it cannot be traced twice
        self.addCleanup(self._end, proxy)
        return proxy

    def test_it_calls_nothing_that_is_refused(self):
        trace = self.directory / "trace"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            proxy = self.launch(listener, trace)
            with ehlo(listener.getsockname()[1]) as client:
                self.assertEqual(b"221", client.say("QUIT")[:3])
                client.to_end()
            proxy.journal.wait(event="close")
        text = trace.read_text()
        began = text.index("smtpchaos", text.index("execve", 1))
        used = set(CALL.findall(text[text.index("\n", began):]))
        self.assertLessEqual({"epoll_ctl", "accept4"}, used)
        self.assertEqual(set(), used - allowed_calls() - DONE_WITHOUT)
        self.assertIn("landlock_create_ruleset", used)


class Installed(Stage):
    """`cmake --install` brings all of it, and leaves a configuration that is there alone."""

    def install(self) -> None:
        build = Path(binary()).resolve().parent
        subprocess.run(["cmake", "--install", build], check=True, capture_output=True,
                       env={**os.environ, "DESTDIR": str(self.directory)})

    def test_configuration_is_its_owners(self):
        self.install()
        [config] = self.directory.rglob("smtpchaos.conf")
        [service] = self.directory.rglob("smtpchaos.service")
        self.assertIn(f"/{config.relative_to(self.directory)}", service.read_text())
        [program] = setting("ExecStart")[0].split()[:1]
        self.assertTrue((self.directory / program.lstrip("/")).is_file())
        config.write_text("upstream mine:25\n")
        self.install()
        self.assertEqual("upstream mine:25\n", config.read_text())


if __name__ == "__main__":
    for tool in (ANALYZE, "strace"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not installed; lab/host-packages has what is needed")
    unittest.main()
