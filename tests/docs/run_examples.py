"""Runs the examples of README.md and docs/*.md, so that what is written there keeps working.

A block fenced as ```sh run is one bash script: it runs by itself in an empty folder with the built
program (SMTPCHAOS_BIN) on PATH as `smtpchaos`, and must end with status 0. What it leaves running
is ended. Blocks marked plain `sh` are for reading.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SECONDS_MAX = 60
BLOCK = re.compile(r"^```sh run\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples():
    """(place, script) of each block."""
    for page in [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]:
        text = page.read_text()
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            yield f"{page.relative_to(TOP)}:{line}", block.group(1)


def run(script, program):
    """(exit status or None for too long, what it printed)."""
    with tempfile.TemporaryDirectory() as folder:
        bin_folder = Path(folder, "bin")
        work_folder = Path(folder, "work")
        bin_folder.mkdir()
        work_folder.mkdir()
        (bin_folder / "smtpchaos").symlink_to(program)
        environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": folder}
        output = Path(folder, "output")
        # A file takes the output: a pipe would stay open with whatever the script leaves running.
        with output.open("wb") as sink:
            shell = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", script], cwd=work_folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True)
            try:
                status = shell.wait(SECONDS_MAX)
            except subprocess.TimeoutExpired:
                status = None
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            shell.wait()
        return status, output.read_text(errors="replace")


def main():
    program = Path(os.environ["SMTPCHAOS_BIN"]).resolve()
    ran = failed = 0
    for place, script in examples():
        status, output = run(script, program)
        ran += 1
        if status != 0:
            failed += 1
            ending = f"took more than {SECONDS_MAX} s" if status is None else f"status {status}"
            print(f"{place}: FAILED, {ending}\n{script}--- it printed:\n{output}")
        else:
            print(f"{place}: fine")
    if not ran:
        print("no block in README.md or docs/*.md is marked ```sh run")
    sys.exit(1 if failed or not ran else 0)


if __name__ == "__main__":
    main()
