"""The contenders: what can stand between the load and the sink, with their command lines."""
import os
import signal
import subprocess
from pathlib import Path

from cpus import pin
from lab.wait import is_listening, wait_until
from network import free_port
from trouble import Trouble

# Rules over all that is said, none of which ever finds its occasion.
IDLE_RULES = (
    'to client greeting client=198.51.100.0/24 delay time=1s',
    'to client reply 599 rewrite line="451 4.3.0 Try again later"',
    'to client reply 4xx after RCPT delay time=2s',
    'to client reply 250 after DATA sender=*@nowhere.test lose-ack',
    'to client reply 250 after EHLO helo=nobody.test ehlo remove=PIPELINING',
    'to server command VRFY answer reply="252 2.0.0 Perhaps"',
    'to server command RCPT recipient=*@nowhere.test answer reply="550 5.1.1 No such user"',
    'to server command MAIL sender=*@nowhere.test stall',
    'to server command BDAT reset',
    'to server body-end recipient=*@nowhere.test terminator as="\\n.\\r\\n"',
)
# A rule of this kind makes every line of a mail an event.
LINE_RULE = 'to server body recipient=*@nowhere.test strip-cr'

HAPROXY = """\
global
    nbthread 1
    maxconn {sessions}
defaults
    mode tcp
    timeout connect 10s
    timeout client 1h
    timeout server 1h
listen smtp
    bind 127.0.0.1:{port}
    server sink 127.0.0.1:{upstream}
"""

NGINX = """\
daemon off;
master_process off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr crit;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
events {{ worker_connections {connections}; }}
stream {{
    proxy_timeout 1h;
    server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{upstream}; }}
}}
"""


class Direct:
    """Nothing at all."""

    name = "direct"
    about = "the load speaks to the sink itself"
    pid = None
    only = ()  # measures; none named means all

    def __init__(self, directory: Path, upstream: int, sessions: int):
        """`sessions`: how many it must be able to hold."""
        self.directory = directory
        self.upstream = self.port = upstream
        self.sessions = sessions

    @classmethod
    def takes(cls, measure: str) -> bool:
        return not cls.only or measure in cls.only

    def start(self, cpus) -> "Direct":
        return self

    def stop(self) -> None:
        pass

    def rest(self) -> None:
        """Gets rid of what a sample has left behind."""

    def shown(self) -> list:
        """Lines that tell how it was started."""
        return []


class Proxy(Direct):
    """A program of its own; subclasses say how it is started."""

    def __init__(self, directory: Path, upstream: int, sessions: int):
        super().__init__(directory, upstream, sessions)
        self.port = free_port()
        self.process = None

    def command(self) -> list:
        raise NotImplementedError

    def start(self, cpus) -> "Proxy":
        with open(self.directory / f"{self.name}.output", "ab") as output:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output)
        wait_until(lambda: self.process.poll() is not None or is_listening(self.port), self.name)
        if self.process.poll() is not None:
            raise Trouble(f"{self.name} ended at once: {self.output()}")
        pin(self.pid, cpus)
        return self

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        return (self.directory / f"{self.name}.output").read_text(errors="replace").strip()

    def stop(self) -> None:
        """A first TERM drains, a second ends at once."""
        for _ in range(2):
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
                self._wait(2)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _wait(self, timeout_s: float) -> None:
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            pass

    def shown(self) -> list:
        words = (word if word.replace("-", "").isalnum() else f"'{word}'" if " " in word else word
                 for word in self.command())
        return [" ".join(words)]


class Configured(Proxy):
    """One that is told what to do by a file."""

    @property
    def file(self) -> Path:
        return self.directory / f"{self.name}.configuration"

    def configuration(self) -> str:
        raise NotImplementedError

    def start(self, cpus) -> "Configured":
        self.file.write_text(self.configuration())
        return super().start(cpus)

    def shown(self) -> list:
        return super().shown() + [f"    {line}" for line in self.configuration().splitlines()]


class HAProxy(Configured):
    name = "haproxy"
    about = "HAProxy in TCP mode, one thread: understands nothing"

    def command(self) -> list:
        return ["haproxy", "-db", "-f", str(self.file)]

    def configuration(self) -> str:
        return HAPROXY.format(port=self.port, upstream=self.upstream, sessions=self.sessions)


class Nginx(Configured):
    name = "nginx"
    about = "nginx's stream module, one process: understands nothing either"

    def command(self) -> list:
        return ["nginx", "-c", str(self.file), "-p", str(self.directory)]

    def configuration(self) -> str:
        return NGINX.format(directory=self.directory, port=self.port, upstream=self.upstream,
                            connections=2 * self.sessions + 100)


class Smtpchaos(Proxy):
    name = "smtpchaos"
    about = "smtpchaos without rules"
    options = ()

    def command(self) -> list:
        return [os.environ["SMTPCHAOS_BIN"], "proxy", "--listen", f"127.0.0.1:{self.port}",
                "--upstream", f"127.0.0.1:{self.upstream}", "--seed", "1", *self.options]


class WithRules(Smtpchaos):
    name = "rules"
    about = "smtpchaos with ten rules that never fire"
    options = tuple(word for rule in IDLE_RULES for word in ("--rule", rule))


class WithLineRule(Smtpchaos):
    name = "lines"
    about = "smtpchaos with a rule that looks at each line of a mail and never fires"
    options = ("--rule", LINE_RULE)
    only = ("reused", "bulk")


class WithJournal(Smtpchaos):
    name = "journal"
    about = "smtpchaos with its journal in JSON"

    @property
    def journal(self) -> Path:
        return self.directory / "journal"

    @property
    def options(self) -> tuple:
        return ("--journal", str(self.journal), "--journal-format", "json")

    def rest(self) -> None:
        """The program appends, so that an emptied file stays small."""
        os.truncate(self.journal, 0)


USUAL = (Direct, HAProxy, Smtpchaos, WithRules, WithJournal)
ALL = (*USUAL, WithLineRule, Nginx)
BASELINE = HAProxy.name
