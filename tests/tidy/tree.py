"""What every check shares: the files of the tree, C text without comments, and how to complain.

A check is a script with a function `findings(top)` that yields (place, what is wrong); run() calls
it with the top of the tree from the command line and turns findings into an exit status.
"""

import re
import subprocess
import sys
from pathlib import Path

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}
C_SUFFIXES = {".c", ".h"}


def files(top, suffixes=None):
    """The files that belong to the tree: what git keeps or would keep, or else all there are."""
    listed = subprocess.run(
        ["git", "-C", str(top), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True, check=False)
    if listed.returncode == 0:
        found = [top / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        found = list(top.rglob("*"))
    for path in sorted(set(found)):
        skipped = SKIPPED_FOLDERS & set(path.relative_to(top).parts)
        if path.is_file() and not skipped and (suffixes is None or path.suffix in suffixes):
            yield path


def text_of(path):
    """The file as text, or "" for one that is none."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", errors="replace")


def lines_of(path):
    """Numbered lines, as people count them."""
    return enumerate(text_of(path).splitlines(), start=1)


_NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def c_code_of(path):
    """C text in which comments, strings and characters are blanks, every line where it was."""
    return _NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text_of(path))


def run(findings):
    """Prints the findings and exits 1, or exits 0 where there are none."""
    top = Path(sys.argv[1]).resolve()
    count = 0
    for place, wrong in findings(top):
        count += 1
        print(f"{place}: {wrong}")
    if count:
        print(f"{count} to mend")
    sys.exit(1 if count else 0)
