"""Real clients with STARTTLS, each told how much it has to insist, and what each makes of it.

A queueing sender has all its ways of sending in one configuration: mail for FAULT.CLIENT.test is
what CLIENT sends to the port of FAULT. Who only sends once is run once for each fault. Every client
says its own name in EHLO, so that one journal tells all of them apart.
"""
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from lab.exim import Exim
from lab.opensmtpd import OpenSmtpd
from lab.postfix import MASTER, Postfix
from letter import Letter

# What a client with a queue waits for an answer, and how long we wait for what becomes of its
# letters. OpenSMTPD comes again after 15 s.
TIMER_S = 15
QUEUE_PATIENCE_S = 90


class Patience(NamedTuple):
    """Of one that sends once: what it waits for an answer, where it can be told, and when we stop
    waiting for it."""

    timer_s: int
    limit_s: int


# What most clients only wait at, which costs nobody anything; and all else, which ends by itself
# however slow the machine is.
LONG = ("stall", "garbage", "220-garbage")
WAITING, WORKING = Patience(8, 20), Patience(25, 60)
AT_ONCE = {WAITING: 45, WORKING: 6}
SMTPLIB_CLIENT = Path(__file__).resolve().parent / "lab/smtplib_client.py"
# Names of the addresses of which OpenSMTPD has one for each attempt.
# The host that has TLSA records.
DANE_HOST = "mx.dane.test"
OWN_DOMAIN = ".mx.test"


class Places:
    """Where each fault is to be had: its port, by its name."""

    def __init__(self, ports: dict):
        self.ports = ports

    def only(self, faults, but: bool = False) -> "Places":
        """Those of some faults; or of all others."""
        return Places({fault: port for fault, port in self.ports.items()
                       if (fault in faults) != but})

    @staticmethod
    def domain(fault: str, client: str) -> str:
        return f"{fault}.{client}.test"

    def recipients(self, clients) -> list:
        return [f"bob@{self.domain(fault, client)}" for fault in self.ports for client in clients]


class QueueingClients:
    """What the three queueing senders have in common: `levels` are clients, by name."""

    levels = {}

    def __init__(self, directory: Path, port: int, places: Places, trusted: Path,
                 fingerprint: str):
        self.places = places
        self.trusted = trusted
        self.fingerprint = fingerprint
        super().__init__(directory, port, relay_port=1, timer_s=TIMER_S)

    def configure(self) -> None:
        super().configure()
        (self.directory / "conf/trusted.pem").write_bytes(self.trusted.read_bytes())
        self.add_routes(self.directory / "conf")

    def send_all(self) -> None:
        self.submit(Letter(recipients=self.places.recipients(self.levels)))

    def verdict(self, fault: str, client: str) -> str:
        """"sent", "kept" or "returned", "dies", or "" while nothing is decided."""
        name = re.escape(f"bob@{self.places.domain(fault, client)}")
        logs = self.logs()
        return next((verdict for verdict, pattern in self.verdicts.items()
                     if re.search(pattern.format(name), logs)), "")


class PostfixClients(QueueingClients, Postfix):
    verdicts = {"sent": "to=<{}>.*status=sent", "kept": "to=<{}>.*status=deferred",
                "returned": "to=<{}>.*status=bounced"}
    levels = {
        "postfix-may": {"smtp_tls_security_level": "may"},
        "postfix-encrypt": {"smtp_tls_security_level": "encrypt"},
        "postfix-fingerprint": {"smtp_tls_security_level": "fingerprint"},
        "postfix-secure": {"smtp_tls_security_level": "secure",
                           "smtp_tls_secure_cert_match": "localhost"},
        "postfix-dane": {"smtp_tls_security_level": "dane-only", "smtp_host_lookup": "dns",
                         "smtp_dns_support_level": "dnssec"},
    }

    def add_routes(self, conf: Path) -> None:
        lines = [MASTER.format(port=self.port)]
        for name, settings in self.levels.items():
            options = {"smtp_helo_name": f"{name}.test",
                       "smtp_tls_CAfile": "/etc/postfix/trusted.pem",
                       "smtp_tls_fingerprint_cert_match": self.fingerprint} | settings
            lines += [f"{name} unix - - n - - smtp\n",
                      *(f"  -o {key}={value}\n" for key, value in options.items())]
        (conf / "master.cf").write_text("".join(lines))
        (conf / "transport").write_text("".join(
            f"{self.places.domain(fault, client)} {client}:[{self.host_of(client)}]:{port}\n"
            for fault, port in self.places.ports.items() for client in self.levels))

    @staticmethod
    def host_of(client: str) -> str:
        """DANE is for names that are looked up."""
        return DANE_HOST if client == "postfix-dane" else "localhost"

    def launch(self) -> None:
        self.box.shell("echo options trust-ad >>/etc/resolv.conf")
        super().launch()

    def _sending(self) -> dict:
        return super()._sending() | {
            "relayhost": "", "transport_maps": "texthash:/etc/postfix/transport",
            "smtp_starttls_timeout": f"{TIMER_S}s", "smtp_tls_loglevel": "1"}


class EximClients(QueueingClients, Exim):
    verdicts = {"sent": " [=-]> {} ", "kept": " == {} ", "returned": r" \*\* {} "}
    levels = {
        "exim-may": "",
        "exim-must": "hosts_require_tls = *\n  tls_verify_hosts = *\n"
                     "  tls_verify_certificates = /etc/exim4/trusted.pem\n",
    }

    def add_routes(self, conf: Path) -> None:
        routers, transports = "", ""
        for name, settings in self.levels.items():
            label = name.replace("-", "_")
            routers += (f"{label}:\n  driver = manualroute\n  domains = *.{name}.test\n"
                        "  route_data = ${lookup{$domain}lsearch{/etc/exim4/routes}}\n"
                        f"  self = send\n  transport = {label}\n")
            transports += (f"{label}:\n  driver = smtp\n  allow_localhost\n  hosts_try_dane =\n"
                           f"  helo_data = {name}.test\n  connect_timeout = {TIMER_S}s\n"
                           f"  command_timeout = {TIMER_S}s\n  {settings}")
        text = (conf / "exim4.conf").read_text()
        text = text.replace("begin routers\n", f"begin routers\n{routers}")
        text = text.replace("begin transports\n", f"begin transports\n{transports}")
        (conf / "exim4.conf").write_text("remote_max_parallel = 20\n" + text)
        (conf / "routes").write_text("".join(
            f"{self.places.domain(fault, client)}: localhost::{port} byname\n"
            for fault, port in self.places.ports.items() for client in self.levels))


class OpenSmtpdClients(QueueingClients, OpenSmtpd):
    """It makes few connections to one address, and waits in between: each attempt has its own."""

    verdicts = {"sent": 'to=<?{}>? .*result="Ok"', "kept": 'to=<?{}>? .*result="TempFail"',
                "returned": 'to=<?{}>? .*result="PermFail"', "dies": "double free"}
    # Version 6.8.0p2 frees twice what it read in clear behind the 220, and all of it ends.
    deadly = ("220-garbage", "injected-reply")
    levels = {"opensmtpd-may": "smtp", "opensmtpd-must": "smtp+tls"}

    def add_routes(self, conf: Path) -> None:
        lines, hosts = [], []
        for number, (fault, port) in enumerate(self.places.ports.items()):
            for kind, (client, scheme) in enumerate(self.levels.items(), 1):
                domain = self.places.domain(fault, client)
                host = f"h{number}-{kind}{OWN_DOMAIN}"
                lines += [f'action "{domain}" relay host "{scheme}://{host}:{port}"'
                          f' helo "{client}.test"\n',
                          f'match from any for domain "{domain}" action "{domain}"\n']
                hosts.append(f"127.{number}.{kind}.1 {host}\n")
        (conf / "hosts").write_text("".join(hosts))
        text = (conf / "smtpd.conf").read_text()
        (conf / "smtpd.conf").write_text(text + "".join(lines))

    def launch(self) -> None:
        self.box.shell(f"cd {self.directory}/conf; cat hosts >>/etc/hosts;"
                       "cat trusted.pem >>/etc/ssl/certs/ca-certificates.crt")
        super().launch()


class OneShotClients:
    """Clients that send one letter, or fail. What is given to each is in its command."""

    def __init__(self, box, swaks_box, trusted: Path):
        self.box = box
        self.swaks_box = swaks_box
        self.trusted = trusted
        self.clients = {
            "msmtp": self.msmtp, "swaks-may": self.swaks_may, "swaks-must": self.swaks_must,
            "curl-may": self.curl_may, "curl-must": self.curl_must, "openssl": self.openssl,
            "gnutls-cli": self.gnutls, "smtplib": self.smtplib}

    def attempt(self, client: str, port: int, patience: Patience) -> str:
        """"sent", "failed", or "waits" when we had to end it."""
        try:
            return "sent" if self.clients[client](port, patience) else "failed"
        except subprocess.TimeoutExpired:
            return "waits"

    def attempt_all(self, places: Places) -> dict:
        """By fault and client."""
        with ExitStack() as stack:
            pools = {patience: stack.enter_context(ThreadPoolExecutor(count))
                     for patience, count in AT_ONCE.items()}
            plan = {}
            for fault, port in places.ports.items():
                patience = WAITING if fault.startswith(LONG) else WORKING
                for client in self.clients:
                    plan[fault, client] = pools[patience].submit(self.attempt, client, port,
                                                                 patience)
            return {pair: found.result() for pair, found in plan.items()}

    # -- one by one -----------------------------------------------------------------------------

    def msmtp(self, port: int, patience: Patience) -> bool:
        return self._in_box(
            self.box, patience, "msmtp", "--host=localhost", f"--port={port}",
            f"--timeout={patience.timer_s}", "--auth=off", "--tls=on",
            f"--tls-trust-file={self.trusted}", "--domain=msmtp.test",
            "--from=ann@example.test", "--", "bob@dest.test")

    def swaks_may(self, port: int, patience: Patience) -> bool:
        return self._swaks("swaks-may", port, patience, "--tls-optional")

    def swaks_must(self, port: int, patience: Patience) -> bool:
        return self._swaks("swaks-must", port, patience, "--tls", "--tls-verify", "--tls-ca-path",
                           self.trusted)

    def curl_may(self, port: int, patience: Patience) -> bool:
        return self._curl("curl-may", port, patience, "--ssl", "--insecure")

    def curl_must(self, port: int, patience: Patience) -> bool:
        return self._curl("curl-must", port, patience, "--ssl-reqd", "--cacert", self.trusted)

    def openssl(self, port: int, patience: Patience) -> bool:
        return self._tool(patience, "openssl", "s_client", "-connect", f"localhost:{port}",
                          "-starttls", "smtp", "-name", "openssl.test", "-quiet",
                          "-verify_return_error",
                          "-CAfile", self.trusted, "-verify_hostname", "localhost")

    def gnutls(self, port: int, patience: Patience) -> bool:
        return self._tool(patience, "gnutls-cli", "--starttls-proto=smtp", "--port", str(port),
                          "--crlf", "--x509cafile", self.trusted, "localhost")

    def smtplib(self, port: int, patience: Patience) -> bool:
        """In Debian's Python: what ciphers are fine was decided when a Python was built."""
        result = subprocess.run(
            ["/usr/bin/python3", SMTPLIB_CLIENT, str(port), self.trusted,
             str(patience.timer_s)], input=Letter().text(b"\r\n"), capture_output=True,
            timeout=patience.limit_s)
        return result.returncode == 0

    # -- how they are run -----------------------------------------------------------------------

    def _swaks(self, name: str, port: int, patience: Patience, *options) -> bool:
        return self._in_box(
            self.swaks_box, patience, "swaks", "--server", f"localhost:{port}", "--helo",
            f"{name}.test", "--from", "ann@example.test", "--to", "bob@dest.test", "--data", "-",
            "--timeout", f"{patience.timer_s}s", *options)

    def _curl(self, name: str, port: int, patience: Patience, *options) -> bool:
        result = subprocess.run(
            ["curl", "-sS", "--url", f"smtp://localhost:{port}/{name}.test", "--mail-from",
             "ann@example.test", "--mail-rcpt", "bob@dest.test", "--upload-file", "-", *options],
            input=Letter().text(b"\r\n"), capture_output=True, timeout=patience.limit_s)
        return result.returncode == 0

    @staticmethod
    def _in_box(box, patience: Patience, *command) -> bool:
        result = box.run("timeout", "-k", "1", str(patience.limit_s), *command,
                         input=Letter().text())
        if result.returncode == 124:
            raise subprocess.TimeoutExpired(command, patience.limit_s)
        return result.returncode == 0

    @staticmethod
    def _tool(patience: Patience, *command) -> bool:
        """One that makes TLS, and lets us say what we like: QUIT."""
        result = subprocess.run(command, input=b"QUIT\r\n", capture_output=True,
                                timeout=patience.limit_s)
        return result.returncode == 0
