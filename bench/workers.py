"""Measures what a second worker is worth: messages a second with --workers 2 beside --workers 1.

usage: workers.py [quick]

Two workers can only do twice the work where they, and nothing else, are what is short. On two CPUs
load and sink must not take theirs away, so the proxy is made to work hard for each message: rules
with patterns look at every line. Load and sink then take a few hundredths of a CPU. Nothing is
pinned. Rounds take turns, and each begins new processes.

Two figures: messages a second, of which the ratio is what a second worker is worth on this machine;
and CPU time a message, which no neighbour on the machine changes: what grows there with the second
worker is what workers cost each other. SMTPCHAOS_BIN names the program.
"""
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "tests" / "e2e"))

import contenders  # noqa: E402
import cpus  # noqa: E402
import load  # noqa: E402
from trouble import Trouble  # noqa: E402

ROUNDS = {"quick": (3, 1000), "full": (9, 1500)}
SESSIONS, SIZE = 32, 2_000
PATTERNS = 12
EVERYWHERE = os.sched_getaffinity(0)


class Hard(contenders.Smtpchaos):
    """Looks at every line with patterns that never match."""

    workers = 1

    @property
    def options(self) -> tuple:
        rules = (f"to server body matches=/(?:[a-w]+[0-9]*)+xyz{number}$/ strip-cr"
                 for number in range(PATTERNS))
        return ("--workers", str(self.workers), *(w for rule in rules for w in ("--rule", rule)))


class OneWorker(Hard):
    name = "1 worker"


class TwoWorkers(Hard):
    name = "2 workers"
    workers = 2


def sample(kind, sink: load.Sink, place: Path, milliseconds: int) -> dict:
    """Messages a second, and CPU seconds a message of the proxy and of all others."""
    with ExitStack() as stack:
        proxy = kind(place, sink.port, SESSIONS)
        stack.callback(proxy.stop)
        proxy.start(EVERYWHERE)
        words = load.command(proxy.port, "lockstep", SESSIONS, SIZE, milliseconds)
        neighbours = cpus.Neighbours([sink.pid, proxy.pid])
        taken = load.run(words, [sink.pid, proxy.pid], EVERYWHERE)
        if not taken["rounds"]:
            raise Trouble("no message got through while the sample lasted")
        own, behind, spent = taken["cpu"]
        return {"rate": taken["rounds"] / taken["seconds"],
                "cost": spent / taken["rounds"] * 1e6,
                "others": (own + behind) / taken["seconds"],
                "disturbed": neighbours.disturbed(taken["load_cpu"])}


def median(samples: list, what: str) -> float:
    """Of the undisturbed ones, where there are any."""
    quiet = [one for one in samples if not one["disturbed"]]
    return statistics.median(one[what] for one in quiet or samples)


def tell(samples: dict) -> None:
    for line in cpus.machine():
        print(line)
    print(f"{SESSIONS} sessions, messages of {SIZE} bytes, {PATTERNS} patterns on each line\n")
    one, two = samples[OneWorker.name], samples[TwoWorkers.name]
    for what, unit, digits in (("rate", "messages/s", 0), ("cost", "CPU µs a message", 0),
                               ("others", "CPUs taken by load and sink", 3)):
        first, second = median(one, what), median(two, what)
        print(f"{unit:28} {first:10,.{digits}f} {second:10,.{digits}f}   {second / first:.2f}")
    disturbed = sum(one["disturbed"] for kind in samples.values() for one in kind)
    print(f"\n{disturbed} of {sum(map(len, samples.values()))} samples were disturbed by other "
          "programs" + ("" if disturbed == 0 else "; medians are of the others, where there are"))


def main() -> int:
    form = sys.argv[1] if len(sys.argv) > 1 else "full"
    if form not in ROUNDS or len(EVERYWHERE) < 2:
        print(__doc__ if form not in ROUNDS else "one CPU: a second worker is worth nothing",
              file=sys.stderr)
        return 64 if form not in ROUNDS else 69
    rounds, milliseconds = ROUNDS[form]
    samples = {OneWorker.name: [], TwoWorkers.name: []}
    with tempfile.TemporaryDirectory(prefix="bench-") as place, ExitStack() as stack:
        sink = load.Sink(EVERYWHERE)
        stack.callback(sink.stop)
        for _ in range(rounds):
            for kind in (OneWorker, TwoWorkers):
                samples[kind.name].append(sample(kind, sink, Path(place), milliseconds))
    tell(samples)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(69)
