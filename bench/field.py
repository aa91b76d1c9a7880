#!/usr/bin/env python3
"""Exim under our campaign against AFL++ as the field runs it: the same binary, the same processor,
the same processor time for each.

usage: ./run field [SECONDS [TARGET]]     (300 exim)

field     two sessions and a dictionary of fourteen words, no mutator
seeds     the same engine and dictionary, our seeds: what the seeds alone bring
campaign  our seeds, dictionary and mutator

The three run side by side on one processor, so that what else the machine does meets all of them,
and each is ended when it has used SECONDS of processor time. That is what all figures count in: how
long it took by the clock says only how busy the machine was.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "harness" / "campaign"))

import building  # noqa: E402
import fuzzing  # noqa: E402
import places  # noqa: E402
from targets import TARGETS  # noqa: E402

FIELD = TOP / "bench" / "field"
MARKS = (10, 30, 60, 120, 300, 600, 1200, 3600)
POLL_S = 0.2
# An engine is given up on when it gets less than this share of a processor.
SHARE_MIN = 0.02
EXIT_USAGE, EXIT_SOFTWARE = 64, 70
TICKS = os.sysconf("SC_CLK_TCK")


def arms(target, home):
    ours = fuzzing.gather_seeds(target, home / "seeds")
    words, dictionary = ("-x", FIELD / "words.dict"), ("-x", TOP / "corpora" / "smtp.dict")
    mutator = os.environ["SMTPCHAOS_MUTATOR"]
    return {"field": (FIELD / "seeds", None, words), "seeds": (ours, None, words),
            "campaign": (ours, mutator, dictionary)}


def _ticks(pid):
    """User and system time of a process and of those of its children that have ended."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return sum(int(field) for field in text.rpartition(")")[2].split()[11:15])


def processor_time(pid):
    """Seconds that an engine and its fork server have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return sum(_ticks(each) for each in (pid, *children.read_text().split())) / TICKS
    except FileNotFoundError:
        return None


class Engine:
    """One arm at work: in a folder of its own, as those in one would learn from one another."""

    def __init__(self, target, name, arm, out, seconds):
        seeds, mutator, words = arm
        self.name, self.seconds, self.out = name, seconds, places.make(out / name, places.NOBODY)
        self.begun = time.monotonic()
        self.process = fuzzing.start(target, "afl", seeds, self.out, ("-S", name),
                                     int(seconds / SHARE_MIN), mutator, words)
        self.used = [(0.0, 0.0)]  # by the clock, of the processor

    def look(self):
        """Waits a while, notes what it has used, and ends it when that is enough."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(POLL_S)
        used = processor_time(self.process.pid) if self.process.poll() is None else None
        if used is None:
            return
        self.used.append((time.monotonic() - self.begun, max(used, self.used[-1][1])))
        if used >= self.seconds:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def used_at(self, clock):
        return next((used for at, used in self.used if at >= clock), self.used[-1][1])

    def edges(self):
        """[(processor seconds, edges)] from the engine's own log."""
        lines = (self.out / self.name / "plot_data").read_text().splitlines()
        names = [column.strip() for column in lines[0].lstrip("# ").split(",")]
        at, edges = names.index("relative_time"), names.index("edges_found")
        rows = [line.split(",") for line in lines[1:]]
        told = int(fuzzing.stats(self.out, self.name)["edges_found"])
        return [(self.used_at(int(row[at])), int(row[edges])) for row in rows] + [
            (self.used[-1][1], told)]


def edges_by(points, seconds):
    return max((edges for used, edges in points if used <= seconds), default=0)


def table(engines, seconds):
    marks = [mark for mark in MARKS if mark < seconds]
    print(f"{'':10} {'inputs':>9} {'CPU s':>6} {'inputs/CPU s':>12}  edges after "
          + " ".join(f"{mark:>4} s" for mark in marks) + "   all")
    last = {}
    for engine in engines:
        points, used = engine.edges(), engine.used[-1][1]
        done = int(fuzzing.stats(engine.out, engine.name)["execs_done"])
        last[engine.name] = edges_by(points, used)
        print(f"{engine.name:10} {done:>9} {used:>6.0f} {done / used if used else 0:>12.0f}  "
              f"{'':11} " + " ".join(f"{edges_by(points, mark):>6}" for mark in marks)
              + f" {last[engine.name]:>5}")
    for name, edges in last.items():
        if name != "field":
            print(f"{name} has {edges / last['field']:.2f} times the edges of field")


def main(arguments):
    if not all(argument.isdecimal() for argument in arguments[:1]) or (
            arguments[1:] and arguments[1] not in TARGETS) or len(arguments) > 2:
        print("usage: ./run field [SECONDS [TARGET]]", file=sys.stderr)
        return EXIT_USAGE
    seconds = int(arguments[0]) if arguments else 300
    target = TARGETS[arguments[1] if len(arguments) > 1 else "exim"]
    building.build(target, "afl")
    home = places.make(places.cache() / "field" / target.name)
    shutil.rmtree(home, ignore_errors=True)
    out = places.make(home / "out", places.NOBODY)
    choices = arms(target, home)
    # Theirs too: they inherit it.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ["AFL_NO_AFFINITY"] = "1"
    engines = [Engine(target, name, arm, out, seconds) for name, arm in choices.items()]
    while any(engine.process.poll() is None for engine in engines):
        for engine in engines:
            engine.look()
    clock = max(engine.used[-1][0] for engine in engines)
    print(f"{target.name}, {seconds} s of processor time each, three engines on one processor, "
          f"{clock:.0f} s by the clock; load {os.getloadavg()[1]:.1f}")
    table(engines, seconds)
    early = [engine for engine in engines if engine.used[-1][1] < seconds]
    for engine in early:
        print(f"{engine.name} ended too early, with {engine.process.returncode}: read "
              f"{engine.out}/{engine.name}.log", file=sys.stderr)
    return EXIT_SOFTWARE if early else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
