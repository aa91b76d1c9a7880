"""What `smtpchaos proxy --record` keeps, and `smtpchaos replay` makes of it.

With $SMTPCHAOS_E2E_RECORD every session of every test is recorded below that folder, and has to go
the same when its proxy has ended. The recordings stay there.
"""
import os
import subprocess
from pathlib import Path

import proxy
from lab.place import make


def folder_for(directory: Path):
    """Where the sessions of the proxy with this directory are kept; None when nobody asks."""
    top = os.environ.get("SMTPCHAOS_E2E_RECORD")
    return make(Path(top)) / f"{directory.parent.name}-{directory.name}" if top else None


class Replay:
    """A run of `smtpchaos replay`."""

    def __init__(self, *places):
        result = subprocess.run([proxy.binary(), "replay", *places], capture_output=True)
        self.status = result.returncode
        self.out = result.stdout.decode()
        self.err = result.stderr.decode()
        if self.status < 0 or proxy.SANITIZER.search(self.err):
            raise AssertionError(f"replay ended with {self.status}\n{self.err}")
