#!/usr/bin/env python3
"""./run campaign: fuzzes real mail software with our corpora, dictionary and mutator."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import building
import covering
import findings
import fuzzing
import places
import reproducing
from targets import TARGETS

EXIT_USAGE, EXIT_NO_INPUT, EXIT_UNAVAILABLE = 64, 66, 69


def options(arguments):
    parser = argparse.ArgumentParser(prog="./run campaign", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS), metavar="TARGET",
                        help=" ".join(sorted(TARGETS)))
    parser.add_argument("seconds", type=int, nargs="?", default=60, metavar="SECONDS")
    parser.add_argument("--shared", type=Path, metavar="DIR",
                        help="where findings and queues are: a folder that several machines see")
    parser.add_argument("--name", default=os.uname().nodename, metavar="NAME",
                        help="this machine's among those that share DIR")
    parser.add_argument("--without-mutator", action="store_true", help="AFL++ alone")
    parser.add_argument("--without-asan", action="store_true", help="one engine, the fast arm")
    parser.add_argument("--coverage", action="store_true", help="then tell what lines were reached")
    parser.add_argument("--reproduce", type=Path, metavar="TRANSCRIPT",
                        help="instead: play it against the plain program")
    return parser.parse_args(arguments)


def needed(names):
    """./run asks what packages to install: those of the target."""
    for name in names:
        if name in TARGETS:
            print(*TARGETS[name].needs)


def plot(out, name):
    """The engine's picture of itself, where gnuplot is."""
    if not shutil.which("afl-plot") or not (out / name / "plot_data").exists():
        return None
    picture = places.make(out.parent / "plot")
    done = subprocess.run(["afl-plot", out / name, picture], capture_output=True, check=False)
    return picture / "index.html" if done.returncode == 0 else None


def tell(target, out, names):
    for name in names:
        told = fuzzing.stats(out, name)
        if not told:
            print(f"{name}: did not start; read {out}/{name}.log")
            continue
        print(f"{name}: {told['execs_done']} inputs, {told['execs_per_sec']} a second, "
              f"{told['edges_found']} of {told['total_edges']} edges, stability "
              f"{told['stability']}, {told['corpus_count']} kept")
    kinds = findings.write_down(target, out)
    for folder, stack, count in kinds:
        print(f"found {count} times: {' < '.join(stack)}\n  {folder}/session.transcript")
    if not kinds:
        print("no crash")
    picture = plot(out, names[0])
    if picture:
        print(f"picture: {picture}")


def campaign(target, asked):
    building.build(target, "afl")
    building.build(target, "asan")
    mutator = None if asked.without_mutator else os.environ.get("SMTPCHAOS_MUTATOR")
    home = (asked.shared or places.cache() / "work") / target.name
    places.make(home)
    out = home / "out"
    names = fuzzing.fuzz(target, asked.seconds, out, asked.name, mutator, not asked.without_asan)
    tell(target, out, names)
    if asked.coverage:
        table, last = covering.report(target, out)
        print(f"coverage: {table}\n{last}")
    return 0 if fuzzing.stats(out, names[0]) else EXIT_UNAVAILABLE


def main(arguments):
    if arguments[:1] == ["--needed"]:
        needed(arguments[1:])
        return 0
    asked = options(arguments)
    target = TARGETS[asked.target]
    if asked.reproduce and not asked.reproduce.exists():
        print(f"campaign: no file {asked.reproduce}", file=sys.stderr)
        return EXIT_NO_INPUT
    try:
        if asked.reproduce:
            ended = reproducing.reproduce(target, asked.reproduce, os.environ["SMTPCHAOS_BIN"])
            print(f"{target.name} {ended}")
            return 0
        return campaign(target, asked)
    except building.Unavailable as why:
        print(f"campaign: {why}", file=sys.stderr)
        return EXIT_UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
