"""The same comparison with Postfix's smtp-source and smtp-sink, which anyone can run.

They are slower than our own load programs and so hide more of what a proxy costs; smtp-source
cannot pipeline. They come from the packages that the tests unpack, when those are there.
"""
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import cpus
from measures import MESSAGES as MESSAGE_FIGURES
from measures import Measure
from lab.packages import is_installed
from lab.place import home
from lab.postfix import SmtpSink
from network import free_port
from trouble import Trouble

SESSIONS = 50
MESSAGES = 10_000
SIZE = 1024

CROSS_CHECK = Measure("smtp-source", f"smtp-source -s {SESSIONS} -m {MESSAGES} -l {SIZE}, a "
                      "connection each, to smtp-sink; neither pinned", MESSAGE_FIGURES)


def is_possible() -> bool:
    return is_installed("postfix")


class CrossCheck:
    """smtp-sink in a box of its own; messages a second through each contender before it."""

    def __init__(self, stack: ExitStack):
        # A box has its own idea of what stands elsewhere, such as in the directory for such things.
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=home()))
        Path(place).chmod(0o755)
        self.sink = SmtpSink(Path(place) / "smtp-sink", free_port())
        stack.callback(self.sink.stop)
        try:
            self.sink.start()
        except (OSError, RuntimeError, AssertionError) as error:
            raise Trouble(f"smtp-sink does not run here: {error}") from error

    @property
    def port(self) -> int:
        return self.sink.port

    def sample(self, contender, _) -> dict:
        before = cpus.spent(contender.pid) if contender.pid else 0
        began = time.monotonic()
        self.sink.source(contender.port, MESSAGES, SESSIONS, SIZE)
        seconds = time.monotonic() - began
        contender.rest()
        spent = cpus.spent(contender.pid) - before if contender.pid else None
        return {"rounds": MESSAGES, "seconds": seconds, "proxy_cpu": spent, "disturbed": False}
