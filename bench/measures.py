"""The measures: what load makes each figure, and what the figure is."""
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Figure:
    """One row of the table. `of` computes it from a sample; None where there is nothing to tell."""

    name: str
    unit: str
    of: Callable[[dict], float]
    digits: int = 0
    more_is_better: bool = True


@dataclass(frozen=True)
class Measure:
    """One kind of load. `together`: everything shares one CPU."""

    name: str
    title: str
    figures: tuple
    mode: str = "lockstep"
    sessions: int = 50
    size: int = 1024
    together: bool = False
    tls: str = ""  # on both sides: "full" handshakes, or "resumed" ones


def rate(unit: str) -> Figure:
    return Figure("rate", unit, lambda sample: sample["rounds"] / sample["seconds"])


def cost(unit: str) -> Figure:
    return Figure("cost", unit, lambda sample: _cost(sample, sample["rounds"], 1e6), 1, False)


def _cost(sample: dict, per: float, scale: float):
    spent = sample["proxy_cpu"]
    return None if spent is None else spent / per * scale


MEGABYTES = Figure("rate", "MB/s", lambda sample: sample["bytes"] / sample["seconds"] / 1e6)
PER_GIGABYTE = Figure("cost", "CPU s a GB",
                      lambda sample: _cost(sample, sample["bytes"], 1e9), 3, False)
MEDIAN = Figure("p50", "µs, p50", lambda sample: sample["p50_us"], 1, False)
SLOWEST = Figure("p99", "µs, p99", lambda sample: sample["p99_us"], 1, False)
RESIDENT = Figure("memory", "KiB a session", lambda sample: sample["kib"], 2, False)
MESSAGES = (rate("messages/s"), cost("CPU µs a message"))
SESSIONS = (rate("connections/s"), cost("CPU µs a connection"))

SAMPLED = (
    Measure("reused", "Connections reused: 50 sessions, 1 KiB, each reply awaited", MESSAGES),
    Measure("pipelined", "The same, pipelined", MESSAGES, "pipelined"),
    Measure("connection", "A connection each: 50 at once, 1 KiB", MESSAGES, "connection"),
    Measure("greeting", "Bare connections: greeting, QUIT; 50 at once",
            SESSIONS, "greeting"),
    Measure("bulk", "Bulk: 4 sessions, messages of 10 MB", (MEGABYTES, PER_GIGABYTE),
            sessions=4, size=10_000_000),
    Measure("message", "One message from MAIL to 250; one session, all on one CPU",
            (MEDIAN, SLOWEST), sessions=1, together=True),
    Measure("noop", "NOOP round trip; one session, all on one CPU", (MEDIAN, SLOWEST), "noop",
            sessions=1, together=True),
)
ENCRYPTED = (
    Measure("handshake", "TLS on both sides, full handshakes: greeting, QUIT; 50 at once",
            SESSIONS, "greeting", tls="full"),
    Measure("resumed", "The same, sessions resumed on both sides", SESSIONS, "greeting",
            tls="resumed"),
    Measure("tls-bulk", "Bulk, TLS on both sides: 4 sessions, messages of 10 MB",
            (MEGABYTES, PER_GIGABYTE), sessions=4, size=10_000_000, tls="full"),
)
IDLE = Measure("idle", "Memory an idle session, of thousands held behind the greeting", (RESIDENT,),
               "hold")
NAMES = tuple(measure.name for measure in (*SAMPLED, *ENCRYPTED, IDLE))
