"""Fetches mail programs ahead of the tests: python3 tests/e2e/lab [PROGRAM...]"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lab.packages import PROGRAMS, MissingProgram, install, left_out  # noqa: E402


def main(names) -> int:
    unknown = [name for name in (*names, *left_out()) if name not in PROGRAMS]
    if unknown:
        print(f"lab: no program {unknown[0]}; known are {' '.join(PROGRAMS)}", file=sys.stderr)
        return 64
    try:
        install(names or [name for name in PROGRAMS if name not in left_out()])
    except MissingProgram as error:
        print(f"lab: {error}", file=sys.stderr)
        return 69
    return 0


sys.exit(main(sys.argv[1:]))
