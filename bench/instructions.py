"""Holds a bar on how many instructions a message takes, counted by valgrind's callgrind.

usage: instructions.py [--bless]

Time is noise on a busy machine; instructions repeat. bench-session takes messages through the
session core in memory; a message is what a longer run takes more than a shorter one. The bar is for
the optimised build by GCC: more than 5 % above it fails, and so does more than 5 % below it, for a
new bar, which --bless writes. SMTPCHAOS_BENCH_SESSION names bench-session.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "tests" / "e2e"))

from contenders import IDLE_RULES, LINE_RULE  # noqa: E402

BAR = Path(__file__).with_name("instructions.json")
ROOM = 0.05
FEW, MANY = 100, 600
TOTAL = re.compile(r"Collected : (\d+)")

CASES = {
    "a message": ("silent",),
    "with ten rules that never fire": ("silent", *IDLE_RULES),
    "with a rule that looks at every line": ("silent", LINE_RULE),
    "with a delayed reply": ("silent", "to client reply 250 after RCPT delay time=1ms"),
    "with the JSON journal": ("journal",),
}


def instructions(count: int, words: tuple) -> int:
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                          os.environ["SMTPCHAOS_BENCH_SESSION"], str(count), *words],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"instructions: {run.stderr}")
    return int(TOTAL.search(run.stderr).group(1))


def measure(words: tuple) -> int:
    return (instructions(MANY, words) - instructions(FEW, words)) // (MANY - FEW)


def main() -> int:
    bars = json.loads(BAR.read_text()) if BAR.exists() else {}
    counts = {name: measure(words) for name, words in CASES.items()}
    if "--bless" in sys.argv:
        BAR.write_text(json.dumps(counts, indent=4) + "\n")
        bars = counts
    failed = False
    for name, count in counts.items():
        bar = bars.get(name, 0)
        ratio = count / bar if bar else float("inf")
        off = abs(ratio - 1) > ROOM
        failed |= off
        word = "" if not off else "  above the bar" if ratio > 1 else "  below it: bless a new bar"
        print(f"{name:40} {count:9,} of {bar:9,}  {ratio:5.3f}{word}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
