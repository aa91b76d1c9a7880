"""The contenders: what can stand between the load and the sink, with their command lines."""
import os
import signal
import subprocess
from dataclasses import dataclass
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
    bind 127.0.0.1:{port}{bind}
    server sink 127.0.0.1:{upstream}{server}
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




@dataclass(frozen=True)
class Tls:
    """What TLS is made with on both sides; `resumes`: handshakes take sessions up again."""

    directory: Path
    resumes: bool

    @property
    def certificate(self) -> Path:
        return self.directory / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.directory / "key.pem"

    def make(self) -> None:
        """A self-signed ECDSA certificate; HAProxy wants the key in the same file."""
        if self.certificate.exists():
            return
        subprocess.run(
            ["openssl", "req", "-x509", "-nodes", "-days", "3", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-keyout", self.key, "-out", self.certificate, "-subj",
             "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
        self.certificate.write_text(self.certificate.read_text() + self.key.read_text())

    def sink_options(self, security: str) -> tuple:
        return ("--tls", security, "--certificate", str(self.certificate), "--key", str(self.key),
                *(["--tickets"] if self.resumes else []))

    def client_options(self, security: str) -> tuple:
        return ("--tls", security, *(["--resume"] if self.resumes else []))


class Direct:
    """Nothing at all."""

    name = "direct"
    about = "the load speaks to the sink itself"
    pid = None
    only = ()  # measures; none named means all
    security = "implicit"  # how TLS begins where it is measured
    has_tls = True
    has_clear = True

    def __init__(self, directory: Path, upstream: int, sessions: int, tls: Tls = None):
        """`sessions`: how many it must be able to hold; without `tls` all is in clear."""
        self.tls = tls
        self.directory = directory
        self.upstream = self.port = upstream
        self.sessions = sessions

    @classmethod
    def takes(cls, measure) -> bool:
        fits = cls.has_tls if measure.tls else cls.has_clear
        return fits and (not cls.only or measure.name in cls.only)

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

    def __init__(self, directory: Path, upstream: int, sessions: int, tls: Tls = None):
        super().__init__(directory, upstream, sessions, tls)
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
        bind, server = self.secure() if self.tls else ("", "")
        return HAPROXY.format(port=self.port, upstream=self.upstream, sessions=self.sessions,
                              bind=bind, server=server)

    def secure(self) -> tuple:
        """Both sides are encrypted; it would resume by itself."""
        reuse = "" if self.tls.resumes else " no-ssl-reuse"
        return f" ssl crt {self.tls.certificate}", f" ssl verify none{reuse}"


class Nginx(Configured):
    name = "nginx"
    about = "nginx's stream module, one process: understands nothing either"
    has_tls = False

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
        prefix = "smtps:" if self.tls and self.security == "implicit" else ""
        return [os.environ["SMTPCHAOS_BIN"], "proxy",
                "--listen", f"{prefix}127.0.0.1:{self.port}",
                "--upstream", f"{prefix}127.0.0.1:{self.upstream}", "--seed", "1",
                *(self.secure() if self.tls else ()), *self.options]

    def secure(self) -> tuple:
        return ("--tls", "intercept", "--certificate", str(self.tls.certificate),
                "--key", str(self.tls.key))


class WithStarttls(Smtpchaos):
    name = "starttls"
    about = "smtpchaos between two sides with STARTTLS, where the others have TLS from the start"
    security = "starttls"
    has_clear = False


class WithRules(Smtpchaos):
    name = "rules"
    about = "smtpchaos with ten rules that never fire"
    has_tls = False
    options = tuple(word for rule in IDLE_RULES for word in ("--rule", rule))


class WithLineRule(Smtpchaos):
    name = "lines"
    about = "smtpchaos with a rule that looks at each line of a mail and never fires"
    options = ("--rule", LINE_RULE)
    only = ("reused", "bulk")
    has_tls = False


class WithJournal(Smtpchaos):
    name = "journal"
    about = "smtpchaos with its journal in JSON"
    has_tls = False

    @property
    def journal(self) -> Path:
        return self.directory / "journal"

    @property
    def options(self) -> tuple:
        return ("--journal", str(self.journal), "--journal-format", "json")

    def rest(self) -> None:
        """The program appends, so that an emptied file stays small."""
        os.truncate(self.journal, 0)


USUAL = (Direct, HAProxy, Smtpchaos, WithRules, WithJournal, WithStarttls)
ALL = (*USUAL, WithLineRule, Nginx)
BASELINE = HAProxy.name
