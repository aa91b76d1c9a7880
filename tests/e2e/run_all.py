"""Runs all tests of this folder and ends with a line for each file: run_all.py [NAME]

NAME picks files, such as survive or wire_*; $SMTPCHAOS_BIN names the program under test. The exit
status is 1 if anything failed, and 1 too if nothing ran.
"""
import os
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run_file(file: Path) -> tuple:
    """Runs one file; answers whether all is well, and its line of the summary."""
    began = time.monotonic()
    suite = unittest.defaultTestLoader.discover(str(HERE), file.name)
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    bad = len(result.failures) + len(result.errors)
    well = result.wasSuccessful() and result.testsRun > 0
    return well, (f"{'ok' if well else 'FAILED':6} {file.stem:22} {result.testsRun:3} tests, "
                  f"{bad} bad, {len(result.skipped)} skipped, {time.monotonic() - began:.0f} s")


def main(pattern: str = "*") -> int:
    if not os.environ.get("SMTPCHAOS_BIN"):
        print("run_all: SMTPCHAOS_BIN does not say which program to test", file=sys.stderr)
        return 64
    outcomes = [run_file(file) for file in sorted(HERE.glob(f"test_{pattern}.py"))]
    print("\n" + "\n".join(line for _, line in outcomes))
    return 0 if outcomes and all(well for well, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
