#!/usr/bin/env python3
"""Exim under our campaign against AFL++ as the field runs it, each engine alone on its share of the
machine, all from the same binary and in the same run.

usage: ./run field [SECONDS [TARGET]]     (600 exim)

field     two sessions and a dictionary of fourteen words, no mutator
seeds     the same engine and dictionary, our seeds: what the seeds alone bring
campaign  our seeds, dictionary and mutator

The three run at the same time, with as many processors as there are; every figure is printed with
the processor time that the engine had, because nobody's machine is idle.
"""

import os
import shutil
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "harness" / "campaign"))

import building  # noqa: E402
import fuzzing  # noqa: E402
import places  # noqa: E402
from targets import TARGETS  # noqa: E402

FIELD = TOP / "bench" / "field"
MARKS = (10, 30, 60, 120, 300, 600, 1200, 3600)


def arms(target, home):
    ours = fuzzing.gather_seeds(target, home / "seeds")
    words, dictionary = ("-x", FIELD / "words.dict"), ("-x", TOP / "corpora" / "smtp.dict")
    mutator = os.environ["SMTPCHAOS_MUTATOR"]
    return {"field": (FIELD / "seeds", None, words), "seeds": (ours, None, words),
            "campaign": (ours, mutator, dictionary)}


def edges_at(out, name):
    """[(seconds, edges)] from the engine's own log."""
    lines = (out / name / "plot_data").read_text().splitlines()
    names = [column.strip() for column in lines[0].lstrip("# ").split(",")]
    time, edges = names.index("relative_time"), names.index("edges_found")
    rows = [line.split(",") for line in lines[1:]]
    return [(int(row[time]), int(row[edges])) for row in rows]


def edges_by(points, seconds):
    return max((edges for at, edges in points if at <= seconds), default=0)


def table(out, names, seconds):
    marks = [mark for mark in MARKS if mark < seconds] + [seconds]
    print(f"{'':10} {'inputs':>9} {'a second':>9} {'CPU s':>6} {'per CPU s':>9} " + " ".join(
        f"{mark:>6}s" for mark in marks))
    last = {}
    for name, cpu in names.items():
        told, points = fuzzing.stats(out / name, name), edges_at(out / name, name)
        done = int(told["execs_done"])
        last[name] = edges_by(points, seconds)
        print(f"{name:10} {done:>9} {float(told['execs_per_sec']):>9.0f} {cpu:>6.0f} "
              f"{done / cpu if cpu else 0:>9.0f} " + " ".join(
                  f"{edges_by(points, mark):>7}" for mark in marks))
    for name in list(names)[1:]:
        print(f"{name} has {last[name] / last['field']:.2f} times the edges of field")


def start(target, name, arm, out, seconds):
    """An engine in a folder of its own: those in one folder would learn from one another."""
    seeds, mutator, words = arm
    own = places.make(out / name, places.NOBODY)
    return fuzzing.start(target, "afl", seeds, own, ("-S", name), seconds, mutator, words)


def processor_time(pid):
    """User and system seconds of an ended child, its own children's included."""
    _, _, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime


def main(arguments):
    seconds = int(arguments[0]) if arguments else 600
    target = TARGETS[arguments[1] if len(arguments) > 1 else "exim"]
    building.build(target, "afl")
    home = places.make(places.cache() / "field" / target.name)
    shutil.rmtree(home, ignore_errors=True)
    out = places.make(home / "out", places.NOBODY)
    engines = {name: start(target, name, arm, out, seconds)
               for name, arm in arms(target, home).items()}
    names = {name: processor_time(engine.pid) for name, engine in engines.items()}
    print(f"{target.name}, {seconds} s, {len(engines)} engines at once on {os.cpu_count()} "
          f"processors; load {os.getloadavg()[1]:.1f}")
    table(out, names, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
