"""What real clients do when TLS goes wrong in each way that there is: docs/tls.md has the table.

Each row of the table is a fault, each column a client; a cell says what became of one letter. The
table is what this test expects, and what it prints when something else happens.
"""
import hashlib
import re
import ssl
import unittest
from pathlib import Path

from built_in import Sink
from dnssec_stub import DnssecStub
from lab.box import Box
from lab.place import make
from lab.wait import NeverHappened, wait_until
from network import free_port
from tls_clients import (DANE_HOST, OWN_DOMAIN, QUEUE_PATIENCE_S, EximClients, OneShotClients,
                         OpenSmtpdClients, Places, PostfixClients)
from tls_peers import Certificate
from tls_stage import TlsStage

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/tls.md"
HEAD = "| fault |"

TO_CLIENT = "to client tls tls "
STARTTLS = "to server command STARTTLS answer reply="

# The rules of each fault, by the name that its row has.
FAULTS = {
    "none": (),
    "rsa": (),
    "tls12": (TO_CLIENT + "highest=1.2",),
    "tls13": (TO_CLIENT + "lowest=1.3",),
    "tls10": (TO_CLIENT + "highest=1.0",),
    "cipher": (TO_CLIENT + 'highest=1.2 ciphers="AES128-SHA:ECDHE-ECDSA-AES128-SHA"',),
    "fragment": (TO_CLIENT + "fragment=16B",),
    "no-tickets": (TO_CLIENT + "tickets=no",),
    "no-close-notify": ("to client tls no-close-notify",),
    **{kind: (f"to client tls certificate kind={kind}",) for kind in (
        "expired", "not-yet-valid", "wrong-name", "self-signed", "untrusted", "weak",
        "missing-intermediate")},
    **{f"{what}-{when}": (f"{TO_CLIENT}{what}={when}",)
       for what in ("stall", "cut", "reset") for when in ("before", "hello", "within")},
    "alert": (TO_CLIENT + "alert=handshake_failure",),
    "garbage": (TO_CLIENT + 'garbage="\\x15\\x00\\xff\\xff\\x00\\x01"',),
    "plain": (TO_CLIENT + 'plain="454 4.7.0 TLS not available"',),
    "220-garbage": (STARTTLS + '"220 Go ahead"', TO_CLIENT + 'garbage="what?\\r\\n" at=before'),
    "injected-reply": ('to client tls inject-plaintext text="250 injected.test\\r\\n"',),
    "injected-command": ('to server tls inject-plaintext text="RSET"',),
    "clear-reply": ('to client reply 354 once inject-plaintext text="354 in clear"',),
    "clear-mail": ('to server body once inject-plaintext text="in clear"',),
    "strip": ("to client reply 250 after EHLO ehlo remove=STARTTLS",),
    **{code: (f'{STARTTLS}"{code} no TLS"',) for code in ("454", "500", "501", "502")},
    "no-ehlo": ('to server command EHLO answer reply="502 5.5.1 Unknown"',),
}


# The reply to a letter that was taken; and the tools that make TLS and send no letter.
TAKEN = (("DATA", 250), ("BDAT", 250))
SEND_NONE = ("openssl", "gnutls-cli")


class ClientsTest(TlsStage):
    """All clients meet all faults once, and each cell of the table is looked at."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.shown = {kind: Certificate(cls.directory, "localhost", kind, [f"*{OWN_DOMAIN}"])
                     for kind in ("ecdsa", "rsa")}
        cls.trusted = cls.directory / "trusted.pem"
        cls.trusted.write_bytes(b"".join(
            [Path(cls.authority(), "ca.pem").read_bytes(),
             *(certificate.file.read_bytes() for certificate in cls.shown.values())]))

    def test_each_client_and_fault(self):
        proxies = self.start_proxies()
        places = Places({fault: proxy.port for fault, proxy in proxies.items()})
        senders = self.start_senders(places)
        clients = self.clients()
        for sender in senders:
            sender.send_all()
        self.need("swaks-tls")
        swaks = Box("swaks-tls", self.directory / "swaks")
        self._enter(swaks)
        one_shot = OneShotClients(clients.box, swaks, self.trusted)
        told = one_shot.attempt_all(places) | self.told_by(senders)
        names = [*dict.fromkeys(name for sender in senders for name in sender.levels),
                 *one_shot.clients]
        seen = Seen(proxies)
        found = {fault: [seen.outcome(fault, name, told[fault, name]) for name in names]
                 for fault in FAULTS}
        self.compare(names, found)

    def start_proxies(self) -> dict:
        place = make(self.directory / "sink")
        sink = Sink(place, "--tls", "--certificate", self.shown["ecdsa"].file, "--key",
                    self.shown["ecdsa"].key)
        self.addCleanup(sink.stop)
        sink.start()
        started = {}
        for fault, rules in FAULTS.items():
            proxy = self.unstarted_proxy(
                f"localhost:{sink.port}", "--tls", "intercept", "--ca", self.authority(),
                *self.certificate_for(fault), host="0.0.0.0", rules=rules)
            self.addCleanup(self._end, proxy)
            proxy.spawn()
            started[fault] = proxy
        for proxy in started.values():
            proxy.wait_listening()
        return started

    def certificate_for(self, fault: str) -> tuple:
        """A bad one is minted; else it is the one that is known by its fingerprint."""
        if FAULTS[fault] and "certificate" in FAULTS[fault][0]:
            return ()
        certificate = self.shown["rsa" if fault == "rsa" else "ecdsa"]
        return "--certificate", str(certificate.file), "--key", str(certificate.key)

    def start_senders(self, places: Places) -> list:
        stub = DnssecStub(DANE_HOST, self.shown["ecdsa"].key_digest())
        self.addCleanup(stub.stop)
        der = ssl.PEM_cert_to_DER_cert(self.shown["ecdsa"].file.read_text())
        fingerprint = ":".join(re.findall("..", hashlib.sha256(der).hexdigest()))
        deadly = OpenSmtpdClients.deadly
        parts = [(PostfixClients, places), (EximClients, places),
                 (OpenSmtpdClients, places.only(deadly, but=True)),
                 *((OpenSmtpdClients, places.only([fault])) for fault in deadly)]
        senders = []
        for number, (kind, part) in enumerate(parts):
            self.need(kind.program)
            place = self.directory / f"{kind.program}{number}"
            senders.append(self._enter(kind(place, free_port(), part, self.trusted, fingerprint)))
        return senders

    def told_by(self, senders) -> dict:
        """What the senders' logs say of each letter; one that says nothing still waits."""
        pairs = [(sender, fault, name) for sender in senders for fault in sender.places.ports
                 for name in sender.levels]

        def told() -> dict:
            return {(fault, name): sender.verdict(fault, name) for sender, fault, name in pairs}
        try:
            wait_until(lambda: not self.is_awaited(told()), "every letter", QUEUE_PATIENCE_S)
        except NeverHappened:
            pass  # that they wait is for the table
        return {pair: verdict or "waits" for pair, verdict in told().items()}

    @staticmethod
    def is_awaited(told: dict) -> bool:
        """Whether one says nothing that will, or may: OpenSMTPD's own timer is 300 s, and what it
        dies of is over before others have waited for theirs."""
        slow = ("stall", *OpenSmtpdClients.deadly)
        return any(not verdict and not ("opensmtpd" in name and fault.startswith(slow))
                   for (fault, name), verdict in told.items())

    def compare(self, names, found) -> None:
        """With the table of the document: a row for each fault, its cells in the clients' order."""
        seen = [["fault", *names], *([fault, *cells] for fault, cells in found.items())]
        wanted = rows_of(DOCUMENT.read_text())
        self.assertEqual([row[0] for row in seen], [row[0] for row in wanted], "the table's rows")
        self.assertEqual(seen[0], wanted[0], "the table's columns")
        wrong = [f"{row[0]}, {name}: {cell}, not {want}" for row, wants in zip(seen, wanted)
                 for name, cell, want in zip(seen[0], row, wants, strict=True)
                 if cell not in want.split(" or ")]
        self.assertEqual([], wrong, "what happened:\n" + "\n".join(map(line_of, seen)))


def rows_of(text: str) -> list:
    """The table, without the line below its head."""
    lines = text[text.index(HEAD):].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for number, line in enumerate(lines) if number != 1]


def line_of(cells: list) -> str:
    return f"| {' | '.join(cells)} |"


class Seen:
    """What the proxies' journals say of each client, which is known by its name in EHLO."""

    def __init__(self, proxies: dict):
        self.sessions = {}
        for fault, proxy in proxies.items():
            for session in sessions_of(proxy.journal.entries()):
                self.sessions.setdefault((fault, session.name), []).append(session)

    def outcome(self, fault: str, client: str, told: str) -> str:
        """The word of the table."""
        sessions = self.sessions.get((fault, client), [])
        if not sessions and told == "waits":
            return "?"
        way = next((session.way for session in sessions if session.way), "")
        if told == "sent" and way:
            return way + (" 2nd" if not sessions[0].way else "")
        if way:
            return f"{way}, {told}"
        if told == "sent":
            return "believes"
        return told


class Session:
    """One connection: who it was, and whether a letter went through, and how."""

    def __init__(self):
        self.name = ""
        self.is_secure = False
        self.way = ""

    def take(self, entry: dict) -> None:
        event = entry["event"]
        if event == "command" and entry["verb"] in ("EHLO", "HELO"):
            name = entry["line"].split()[-1]
            # gnutls-cli says the host's name.
            self.name = name.removesuffix(".test") if name.endswith(".test") else "gnutls-cli"
        elif event == "tls" and entry["direction"] == "to client":
            self.is_secure = "version" in entry
            self.way = "TLS" if self.is_secure and self.name in SEND_NONE else ""
        elif event == "reply" and (entry.get("verb"), entry["code"]) in TAKEN:
            self.way = "TLS" if self.is_secure else "clear"


def sessions_of(entries: list) -> list:
    sessions = {}
    for entry in entries:
        if "session" in entry:
            sessions.setdefault(entry["session"], Session()).take(entry)
    return list(sessions.values())


if __name__ == "__main__":
    unittest.main()
