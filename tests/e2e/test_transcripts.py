"""Every transcript that real time allows holds over real sockets too, with `smtpchaos play` as both
peers of a running proxy."""
import re
import subprocess
import unittest
from pathlib import Path

from network import free_port
from proxy import binary
from stage import Stage

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.transcript"))
WAIT_MS_MAX = 6000

# What only the world in memory knows: addresses, names, the date, and servers that do not accept.
IN_MEMORY_ONLY = re.compile(
    r"^(?:client|server) |192\.0\.2\.|198\.51\.100\.|proxy\.test|00000000-0000|2026", re.MULTILINE)
UNITS_MS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


class Script:
    """A transcript, as far as the proxy in between has to know it."""

    def __init__(self, path: Path):
        self.name = path.stem
        self.path = path
        self.text = path.read_text(encoding="latin-1")

    def directives(self, word: str) -> list:
        lines = re.findall(rf"^{word}\s+(.*)$", self.text, re.MULTILINE)
        return [re.sub(r"\s\s+# .*", "", line) for line in lines]

    def is_for_sockets(self) -> bool:
        waits = re.findall(r"^@\s+\+(\d+)([a-z]+)", self.text, re.MULTILINE)
        wait_ms = sum(int(number) * UNITS_MS[unit] for number, unit in waits)
        return wait_ms <= WAIT_MS_MAX and not IN_MEMORY_ONLY.search(self.text)

    def settings(self) -> dict:
        """Rules and seed for the proxy. A profile's line may be a rule."""
        profiles = self.directives("profile")
        rules = [line for line in profiles if re.match(r"to |both ", line)]
        return {"rules": rules + self.directives("rule"),
                "profiles": [line for line in profiles if line not in rules],
                "seed": (self.directives("seed") or [1])[0]}

    def options(self) -> list:
        found = []
        for line in self.directives("option"):
            name, *value = line.split(None, 1)
            found += [f"--{name}", *value]
        return found


class TranscriptsTest(Stage):
    def test_over_sockets(self):
        scripts = [Script(path) for path in TRANSCRIPTS]
        for script in filter(Script.is_for_sockets, scripts):
            with self.subTest(script.name):
                self.check_holds(script)

    def check_holds(self, script: Script) -> None:
        upstream = free_port()
        proxy = self.proxy(upstream, *script.options(), **script.settings())
        result = subprocess.run(
            [binary(), "play", "--connect", f"127.0.0.1:{proxy.port}", "--listen",
             f"127.0.0.1:{upstream}", script.path],
            capture_output=True, text=True, timeout=60)
        proxy.stop()
        self.assertEqual(0, result.returncode, result.stdout + result.stderr + proxy.logs())


if __name__ == "__main__":
    unittest.main()
