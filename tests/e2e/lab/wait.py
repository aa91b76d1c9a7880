"""Waiting for what is bound to happen: look again and again until a deadline, never just sleep."""
import re
import time
from pathlib import Path

LISTEN = "0A"


class NeverHappened(AssertionError):
    """What was waited for did not happen in time."""


def wait_until(happened, what: str, timeout_s: float = 15.0):
    """Asks `happened()` until it answers something true, which is returned."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = happened()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise NeverHappened(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(0.01)


def is_listening(port: int) -> bool:
    """Whether somebody listens on the TCP port; found out without connecting to it."""
    wanted = re.compile(rf"^ *\d+: [0-9A-F]+:{port:04X} [0-9A-F:]+ {LISTEN} ", re.MULTILINE)
    return any(wanted.search(Path(f"/proc/net/{table}").read_text()) for table in ("tcp", "tcp6"))


def wait_listening(port: int, timeout_s: float = 15.0) -> None:
    wait_until(lambda: is_listening(port), f"a listener on port {port}", timeout_s)


def wait_until_still(read, quiet_s: float = 0.05) -> None:
    """Waits until two looks at what `read` answers find the same."""
    before = read()
    time.sleep(quiet_s)
    while (now := read()) != before:
        before = now
        time.sleep(quiet_s)
