"""The written seeds in corpora/ are what corpora/write_seeds.py writes: nobody edits the files."""

import subprocess
import sys
import tempfile
from pathlib import Path

import tree

WRITER = "corpora/write_seeds.py"


def findings(top):
    if not (top / WRITER).exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, top / WRITER, folder], check=True)
        for path in sorted(Path(folder).rglob("*")):
            kept = top / "corpora" / path.relative_to(folder)
            if path.is_file() and not (kept.exists() and kept.read_bytes() == path.read_bytes()):
                yield kept.relative_to(top), f"is not what {WRITER} writes; run it"


if __name__ == "__main__":
    tree.run(findings)
