#!/usr/bin/env python3
"""Prints which share of each room's lines the corpora reach by themselves, and fails where a room
is below its bar.

usage: harness/coverage.py BUILD     a build folder with line counts (preset coverage)
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
# Percent of lines. What has none is shown only.
BARS = {"smtp": 95, "session": 90, "mutators": 90}
ROOMS = ["base", "smtp", "mutators", "session", "play", "peers"]


def replay(build):
    for counts in build.rglob("*.gcda"):
        counts.unlink()
    for harness in sorted((TOP / "harness").glob("fuzz_*.c")):
        name = harness.stem.removeprefix("fuzz_")
        seeds = subprocess.run([TOP / "run", "seeds", name], check=True, capture_output=True,
                               text=True).stdout.split()
        done = subprocess.run([build / f"replay_{name}", *seeds], cwd=TOP, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"coverage: replay_{name} fails:\n" + done.stderr.decode()[-1000:])


def count(build):
    """Lines that there are, and lines that were reached, by room."""
    summary = build / "corpora.json"
    subprocess.run(["gcovr", "--root", TOP, "--object-directory", build, "--json-summary", summary,
                    "--filter", f"({'|'.join(ROOMS)})/"], cwd=TOP, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lines, reached, files = Counter(), Counter(), []
    for file in json.loads(summary.read_text())["files"]:
        room = file["filename"].split("/")[0]
        lines[room] += file["line_total"]
        reached[room] += file["line_covered"]
        files.append((file["line_total"] - file["line_covered"], file["filename"]))
    return lines, reached, sorted(files, reverse=True)


def main():
    build = Path(sys.argv[1]).resolve()
    replay(build)
    lines, reached, files = count(build)
    low = []
    print(f"{'room':10} {'lines':>6} {'reached':>8} {'%':>6} {'bar':>4}")
    for room in ROOMS:
        share = 100 * reached[room] / max(lines[room], 1)
        bar = BARS.get(room)
        print(f"{room:10} {lines[room]:6} {reached[room]:8} {share:6.1f} {bar or '':>4}")
        if bar and share < bar:
            low.append(room)
    for room in low:
        print(f"\n{room}/ is below its bar; lines that no seed reaches:")
        for missing, name in [file for file in files if file[1].startswith(room + "/")][:10]:
            print(f"  {missing:4}  {name}")
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
