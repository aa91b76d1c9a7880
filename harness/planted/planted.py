#!/usr/bin/env python3
"""Plants bugs, one at a time, in a copy of the sources, and sees that the harnesses find them.

usage: harness/planted/planted.py [--seconds N] [--work DIR] [NAME…]

Each NAME.bug in this folder is a bug: what it is, which harness has to find it, and in which file
which lines become which. The harness tries its seeds first and is then fuzzed for N seconds (60).
A bug that is not found, or does not fit the sources any more, is a failure.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
# What no harness is built from.
LEFT_OUT = [":!tests", ":!docs", ":!demo"]
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "CMAKE_COLOR_DIAGNOSTICS": "OFF"}


class Bug:
    """A bug as its file tells it; `edits` are (file, lines before, lines after)."""

    def __init__(self, path):
        self.name = path.stem
        lines = path.read_text().splitlines()
        self.what, self.finder, self.edits = lines[0], "", []
        for line in lines[1:]:
            if line.startswith("finder: "):
                self.finder = line.removeprefix("finder: ")
            elif line.startswith("file: "):
                self.edits.append((line.removeprefix("file: "), [], []))
            else:
                self.edits[-1][1 if line[0] == "-" else 2].append(line[1:])


def copy_sources(source):
    """The copy is as the tree is; files that have not changed keep their time."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                             "--", ".", *LEFT_OUT], cwd=TOP, check=True,
                            capture_output=True, text=True)
    wanted = {name for name in listed.stdout.split("\0") if name and (TOP / name).exists()}
    for name in wanted:
        there, here = source / name, TOP / name
        if not there.exists() or there.read_bytes() != here.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(here, there)
    for path in source.rglob("*"):
        if path.is_file() and str(path.relative_to(source)) not in wanted:
            path.unlink()


def configure(source, build):
    subprocess.run(["cmake", "--preset", "fuzz", "-B", str(build)], cwd=source, check=True,
                   stdout=subprocess.DEVNULL)


def make(build, bug):
    targets = ["simulate"] if bug.finder == "simulate" else \
        [f"replay_{bug.finder}", f"fuzz_{bug.finder}"]
    done = subprocess.run(["cmake", "--build", str(build), "--target", *targets],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{bug.name}: does not build\n" + done.stdout[-2000:])


def plant(source, bug):
    for name, before, after in bug.edits:
        path = source / name
        text = path.read_text()
        old = "\n".join(before)
        if text.count(old) != 1:
            return f"{name} has its lines {text.count(old)} times, not once"
        path.write_text(text.replace(old, "\n".join(after)))
    return ""


def uproot(source, bug):
    for name, _, _ in bug.edits:
        shutil.copy(TOP / name, source / name)
        os.utime(source / name)


def steady(command, seconds):
    """Whether the program has died, and what it said. Clang 14's ASan wants addresses that do not
    move about; where that is not allowed, it has to take them as they are."""
    still = ["setarch", "-R"]
    if subprocess.run([*still, "true"], capture_output=True).returncode != 0:
        still = []
    try:
        done = subprocess.run([*still, *command], cwd=TOP, capture_output=True,
                              env=ENVIRONMENT, timeout=seconds)
    except subprocess.TimeoutExpired:
        return True, b"hangs"
    return done.returncode != 0, done.stderr


def seeds_of(finder):
    folders = subprocess.run([TOP / "run", "seeds", finder], check=True, capture_output=True,
                             text=True).stdout.split()
    return [folder for folder in folders if (TOP / folder).exists()]


def find(build, bug, seconds):
    """How the bug was found; empty when it was not."""
    if bug.finder == "simulate":
        died, _ = steady([str(build / "simulate"), str(seconds), "1", str(build)],
                         seconds + 60)
        return "simulation" if died else ""
    folders = seeds_of(bug.finder)
    died, said = steady([str(build / f"replay_{bug.finder}"), *folders], 60)
    if died:
        tried = re.findall(rb"^(?:corpora|profiles|tests)/\S+$", said, re.MULTILINE)
        return "seed " + (tried[-1].decode().rsplit("/", 1)[-1] if tried else "")
    found, grown = build / "found", build / "grown"
    shutil.rmtree(grown, ignore_errors=True)
    for folder in found, grown:
        folder.mkdir(exist_ok=True)
    dictionary = TOP / "corpora" / f"{bug.finder}.dict"
    if not dictionary.exists():
        dictionary = TOP / "corpora" / "smtp.dict"
    died, _ = steady([str(build / f"fuzz_{bug.finder}"), f"-max_total_time={seconds}", "-seed=1",
                      "-timeout=20", f"-dict={dictionary}", f"-artifact_prefix={found}/",
                      str(grown), *folders], seconds + 60)
    return "fuzzing" if died else ""


def try_bug(source, build, bug, seconds):
    wrong = plant(source, bug)
    if wrong:
        return f"does not fit: {wrong}", 0
    make(build, bug)
    began = time.monotonic()
    how = find(build, bug, seconds)
    return how, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--work", type=Path, default=TOP / "build" / "planted",
                        help="where the copy and its build stand")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    bugs = [Bug(path) for path in sorted(HERE.glob("*.bug"))
            if not options.names or path.stem in options.names]
    if not bugs:
        sys.exit("planted: no such bug")
    source, build = options.work / "source", options.work / "build"
    copy_sources(source)
    configure(source, build)
    missed = 0
    print(f"{'bug':32} {'in':10} {'finder':10} {'s':>6}  found by")
    for bug in bugs:
        try:
            how, took = try_bug(source, build, bug, options.seconds)
        finally:
            uproot(source, bug)
        found = how and not how.startswith("does not fit")
        missed += not found
        room = bug.edits[0][0].split("/")[0]
        print(f"{bug.name:32} {room:10} {bug.finder:10} {took:6.1f}  {how or 'NOT FOUND'}",
              flush=True)
    print(f"{len(bugs) - missed} of {len(bugs)} found")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
