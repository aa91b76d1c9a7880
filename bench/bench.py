"""Measures smtpchaos against a direct connection and HAProxy, all in one run on one machine.

usage: bench.py [quick] [--only NAME[,NAME...]] [--json FILE]

`quick` takes about a minute and is rougher. --only names measures and contenders; what is not
named of either is left out, and the baseline is always there. --json keeps every sample.
SMTPCHAOS_BIN names the program. No figure makes this fail: it prints.
"""
import os
import resource
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "tests" / "e2e"))

import contenders  # noqa: E402
import cpus  # noqa: E402
import load  # noqa: E402
import measures  # noqa: E402
import report  # noqa: E402
import unpaced  # noqa: E402
from crosscheck import CROSS_CHECK, CrossCheck, is_possible  # noqa: E402
from trouble import Trouble  # noqa: E402

USAGE = 64


@dataclass(frozen=True)
class Form:
    rounds: int
    rounds_more: int  # for what lacks undisturbed samples
    milliseconds: int
    held: int
    contenders: tuple
    cross_checks: int


FULL = Form(7, 7, 1200, 9000, contenders.ALL, 3)
QUICK = Form(3, 0, 300, 1000, contenders.USUAL, 0)
# Undisturbed samples that make a figure.
SAMPLES_ENOUGH = 3
# Descriptors that a program needs beside two for each session.
DESCRIPTORS_SPARE = 400


class Progress:
    """Tells a person at a terminal how far it is, and nobody else."""

    def __init__(self):
        self.shows = sys.stderr.isatty()

    def show(self, number: int, share: float, *words) -> None:
        self._print(f"round {number}, {share:.0%}: {' '.join(words)}")

    def over(self) -> None:
        self._print("")

    def _print(self, text: str) -> None:
        if self.shows:
            print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


class Bench:
    """One run: its sink, its contenders, its samples by (contender, measure)."""

    def __init__(self, form: Form, only: set, stack: ExitStack):
        self.form = form
        self.named = only & set(measures.NAMES)
        self.layout = cpus.Layout()
        self.directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        self.directory.chmod(0o755)
        self.kinds = [kind for kind in form.contenders if _is_wanted(kind.name, only, NAMES)
                      or kind.name == contenders.BASELINE]
        self.measures = [measure for measure in (*measures.SAMPLED, *measures.ENCRYPTED,
                                           measures.IDLE)
                         if _is_wanted(measure.name, only, measures.NAMES)]
        self.sessions_max = (resource.getrlimit(resource.RLIMIT_NOFILE)[1]
                             - DESCRIPTORS_SPARE) // 2
        self.samples = {}
        self.troubles = []
        self.shown = []
        self.progress = Progress()
        self.stack = stack
        self.sinks = {}

    # -- starting and ending contenders ---------------------------------------------------------

    def sink_of(self, kind, tls) -> load.Sink:
        """Who wants the same of it shares one; all of them live as long as the run."""
        options = tls.sink_options(kind.security) if tls else ()
        if tls:
            tls.make()
        if options not in self.sinks:
            self.sinks[options] = load.Sink(self.layout.load, *options)
            self.stack.callback(self.sinks[options].stop)
        return self.sinks[options]

    def tls_of(self, measure):
        """What a measure wants both sides to have; None: they are in clear."""
        how = measure.tls
        return contenders.Tls(self.directory, how == "resumed") if how else None

    def start(self, kind, stack: ExitStack, upstream: int, tls=None):
        place = Path(tempfile.mkdtemp(prefix=f"{kind.name}-", dir=self.directory))
        contender = kind(place, upstream, self.sessions_max, tls)
        stack.callback(contender.stop)
        return contender.start(self.layout.proxy)

    def keep(self, name: str, measure, sample: dict) -> None:
        self.samples.setdefault((name, measure.name), []).append(sample)

    # -- samples --------------------------------------------------------------------------------

    def sample_all(self) -> None:
        """Round by round, so that whatever changes in the meantime changes for all contenders; each
        round with new processes, since where one's memory lies is luck that stays with it."""
        wanted = [measure for measure in self.measures if measure != measures.IDLE]
        plan = [(measure, kind) for measure in wanted for kind in self.kinds
                if kind.takes(measure)]
        for number in range(1, self.form.rounds + self.form.rounds_more + 1):
            if number > self.form.rounds:
                plan = [place for place in plan if self._lacks_samples(*place)]
            with ExitStack() as stack:
                self._sample_round(number, plan, stack)
        self.progress.over()

    def _sample_round(self, number: int, plan: list, stack: ExitStack) -> None:
        running = {}
        for measure, kind in plan:
            if (kind, measure.tls) not in running:
                tls = self.tls_of(measure)
                running[kind, measure.tls] = self.start(kind, stack, self.sink_of(kind, tls).port,
                                                        tls)
        self.shown = self.shown or [(kind, running[kind, tls].shown()) for kind, tls in running]
        for place, (measure, kind) in enumerate(plan):
            self.progress.show(number, place / len(plan), measure.name, kind.name)
            self._guarded(running[kind, measure.tls], measure, self._sample)

    def _lacks_samples(self, measure, kind) -> bool:
        samples = self.samples.get((kind.name, measure.name), [])
        return sum(not sample["disturbed"] for sample in samples) < SAMPLES_ENOUGH

    def _guarded(self, contender, measure, take) -> None:
        try:
            self.keep(contender.name, measure, take(contender, measure))
        except Trouble as trouble:
            self.troubles.append(f"{measure.name}, {contender.name}: {trouble}")

    def _sample(self, contender, measure) -> dict:
        home = self.layout.together if measure.together else self.layout.load
        receiver = self.sink_of(contender, contender.tls)
        watched = [pid for pid in (receiver.pid, contender.pid) if pid]
        cpus.pin(receiver.pid, home)
        neighbours = cpus.Neighbours(watched)
        sample = load.run(self.command(contender.port, measure, contender), watched, home)
        own, sink, *proxy = sample["cpu"]
        contender.rest()
        return sample | {"proxy_cpu": proxy[0] if proxy else None, "others_cpu": own + sink,
                         "disturbed": neighbours.disturbed(sample["load_cpu"])}

    def command(self, port, measure, kind=contenders.Direct) -> list:
        sessions = self.held if measure == measures.IDLE else measure.sessions
        tls = self.tls_of(measure)
        return load.command(port, measure.mode, sessions, measure.size, self.form.milliseconds,
                            *(tls.client_options(kind.security) if tls else ()))

    # -- memory ---------------------------------------------------------------------------------

    @property
    def held(self) -> int:
        return min(self.form.held, self.sessions_max)

    def hold_all(self) -> None:
        if measures.IDLE not in self.measures:
            return
        for kind in self.kinds:
            with ExitStack() as stack:
                contender = self.start(kind, stack, self.sink_of(kind, None).port)
                if contender.pid and kind.takes(measures.IDLE):
                    self._guarded(contender, measures.IDLE, self._hold)

    def _hold(self, contender, _) -> dict:
        before = cpus.resident_kib(contender.pid)
        held = load.Held(contender.port, self.held, self.layout.load)
        grown = cpus.resident_kib(contender.pid) - before
        held.let_go()
        return {"kib": grown / self.held, "disturbed": False}

    # -- with programs that everybody has -------------------------------------------------------

    def cross_check(self) -> bool:
        """Whether there was anything to compare with."""
        if not self.form.cross_checks or self.named or not is_possible():
            return False
        try:
            with ExitStack() as stack:
                self._cross_check(CrossCheck(stack), stack)
        except Trouble as trouble:
            self.troubles.append(f"{CROSS_CHECK.name}: {trouble}")
        return True

    def _cross_check(self, check: CrossCheck, stack: ExitStack) -> None:
        running = [self.start(kind, stack, check.port) for kind in self.kinds
                   if kind.takes(CROSS_CHECK)]
        for _ in range(self.form.cross_checks):
            for contender in running:
                self._guarded(contender, CROSS_CHECK, check.sample)

    def run(self) -> list:
        """Everything; answers the measures of the table."""
        self.sample_all()
        self.hold_all()
        return [*self.measures, CROSS_CHECK] if self.cross_check() else self.measures


# -- the command line ---------------------------------------------------------------------------


NAMES = tuple(kind.name for kind in contenders.ALL)


def _is_wanted(name: str, only: set, kind: tuple) -> bool:
    """What is named of a kind leaves the rest of that kind out."""
    return name in only or not only & set(kind)


def read_arguments(words: list) -> tuple:
    form, only, file = FULL, set(), None
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "quick":
            form = QUICK
        elif word == "--only" and words:
            only |= set(words.pop(0).split(","))
        elif word == "--json" and words:
            file = Path(words.pop(0))
        else:
            raise Trouble(f"{word}: expected quick, --only NAME[,NAME...] or --json FILE", USAGE)
    for name in sorted(only - set(NAMES) - set(measures.NAMES)):
        near = get_close_matches(name, (*NAMES, *measures.NAMES), 1)
        hint = f"did you mean {near[0]}?" if near else f"{', '.join((*NAMES, *measures.NAMES))}"
        raise Trouble(f"--only {name}: no measure or contender of that name; {hint}", USAGE)
    return form, only, file


def check_programs() -> None:
    if not os.access(os.environ.get("SMTPCHAOS_BIN", ""), os.X_OK):
        raise Trouble("SMTPCHAOS_BIN names no program")
    if not shutil.which("haproxy"):
        raise Trouble("haproxy is missing; apt-get install haproxy")


def main(words: list) -> None:
    form, only, file = read_arguments(words)
    check_programs()
    unpaced.enter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        bench = Bench(form, only, stack)
        found = bench.run()
    report.show(bench, found)
    if file:
        report.keep(bench, file)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Trouble as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        sys.exit(trouble.status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever reads has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
