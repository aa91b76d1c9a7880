"""Reads the journal that `smtpchaos proxy --journal FILE` writes, while it is being written."""
import json
from pathlib import Path

from lab.wait import wait_until, wait_until_still


class Journal:
    """The journal in one file, one JSON object a line."""

    def __init__(self, file: Path):
        self.file = file

    def entries(self, **wanted) -> list:
        """The entries whose fields are as wanted, when no more have come for as long as the proxy
        may keep lines to itself (docs/journal.md), and a while longer."""
        wait_until_still(lambda: self.file.stat().st_size if self.file.exists() else 0)
        return self.written(**wanted)

    def written(self, **wanted) -> list:
        """The entries that are in the file now; an unfinished last line does not count."""
        if not self.file.exists():
            return []
        whole_lines = self.file.read_bytes().rpartition(b"\n")[0].splitlines()
        return [entry for entry in map(json.loads, whole_lines)
                if all(entry.get(field) == value for field, value in wanted.items())]

    def wait(self, count: int = 1, timeout_s: float = 15.0, **wanted) -> list:
        """Waits for so many entries with the wanted fields."""
        wait_until(lambda: len(self.written(**wanted)) >= count,
                   f"{count} journal entries with {wanted}", timeout_s)
        return self.written(**wanted)

    def head(self) -> dict:
        """The first entry, which tells version, seed, options and rules."""
        return self.wait(event="start")[0]

    def rules(self, **wanted) -> list:
        """The decisions of rules."""
        return self.entries(event="rule", **wanted)
