"""Transcripts hold over real sockets too, with `smtpchaos play` as both peers of a running proxy.

Those that cannot be, and why, is derived from what stands in them: see `MEMORY_ONLY`.
"""
import re
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.place import make
from proxy import Proxy, address, binary
from stage import Stage

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.transcript"))
WAIT_MS_MAX = 6000
AT_A_TIME = 6
# The test has a network of its own; below the ports that connections come from.
FIRST_PORT = 20_000
# So many of all transcripts run at least: what makes a transcript one for memory is no way out.
RUN_MIN = len(TRANSCRIPTS) // 2

UNITS_MS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}

# What only the world in memory has, by the words that tell of it.
MEMORY_ONLY = {
    "TLS without encryption": r"^option\s+tls|^handshake |^smtps |\\CUT",
    "clients of other addresses, servers that do not accept": r"^(?:client|server) ",
    "addresses and names of its own": r"192\.0\.2\.|198\.51\.100\.|proxy\.test|00000000-0000",
    "its date": r"2026",
}


class Script:
    """A transcript, as far as the proxy in between has to know it."""

    def __init__(self, path: Path):
        self.name = path.stem
        self.path = path
        self.text = path.read_text(encoding="latin-1")

    def directives(self, word: str) -> list:
        lines = re.findall(rf"^{word}\s+(.*)$", self.text, re.MULTILINE)
        return [re.sub(r"\s\s+# .*", "", line) for line in lines]

    def why_memory_only(self) -> str:
        """Empty for one that holds over sockets."""
        for why, words in MEMORY_ONLY.items():
            if re.search(words, self.text, re.MULTILINE):
                return why
        waits = re.findall(r"^@\s+\+(\d+)([a-z]+)", self.text, re.MULTILINE)
        wait_ms = sum(int(number) * UNITS_MS[unit] for number, unit in waits)
        return "waits that take too long" if wait_ms > WAIT_MS_MAX else ""

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
        scripts = [script for script in scripts if not script.why_memory_only()]
        self.assertGreaterEqual(len(scripts), RUN_MIN)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            plays = [pool.submit(self.play, script, FIRST_PORT + 2 * number)
                     for number, script in enumerate(scripts)]
        for script, play in zip(scripts, plays):
            with self.subTest(script.name):
                wrong = play.result()
                if wrong:
                    self.fail(wrong)

    def play(self, script: Script, port: int) -> str:
        """Plays it through a proxy of its own, on two ports; answers what went wrong."""
        proxy = Proxy(make(self.directory / script.name), port + 1, *script.options(), port=port,
                      **script.settings()).start()
        try:
            result = subprocess.run(
                [binary(), "play", "--connect", address(port), "--listen", address(port + 1),
                 script.path], capture_output=True, text=True, timeout=60)
        finally:
            proxy.stop()
        fine = result.returncode == 0 and not proxy.misbehaviour()
        return "" if fine else result.stdout + result.stderr + proxy.logs()


if __name__ == "__main__":
    unittest.main()
