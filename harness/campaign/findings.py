"""What a campaign has found: crashes told apart by their stacks, made small, and written down."""

import hashlib
import re
import subprocess

import building
import places
import running
import transcripts

FRAMES = 5
SHRINK_S = 60
FRAME = re.compile(r"^\s*#\d+ 0x[0-9a-f]+ in (\S+)", re.MULTILINE)
# Frames of whoever reports, not of the program.
REPORTER = re.compile(r"__asan|__ubsan|__sanitizer|__interceptor|abort$|raise$|__pthread_kill|"
                      r"gsignal|__assert|_start|__libc_start|main$")


def crash_files(out):
    # A campaign that goes on puts those of before into a folder with their time.
    return sorted(path for path in out.glob("*/crashes*/id:*"))


def report_of(target, data):
    """(what the sanitizers' arm prints, its status) for an input."""
    # The program's own handlers tell less.
    options = "abort_on_error=1:symbolize=1:detect_leaks=0:handle_abort=2:handle_segv=2"
    status, said = running.run_once(target, "asan", data, {"ASAN_OPTIONS": options})
    return said.decode("utf-8", "replace"), status


def stack_of(report):
    """The functions that lead to the crash, innermost first."""
    return [name for name in FRAME.findall(report) if not REPORTER.search(name)][:FRAMES]


def sort_crashes(target, files):
    """{stack: (files, report)}; those that do not crash again are under an empty stack."""
    kinds = {}
    for path in files:
        report, status = report_of(target, path.read_bytes())
        crashed = status is None or status < 0 or status >= 128
        stack = tuple(stack_of(report)) or (f"status {status}",) if crashed else ()
        kinds.setdefault(stack, ([], report))[0].append(path)
    return kinds


def shrink(target, path, seconds=SHRINK_S):
    """The input made small while it still crashes; as it was where that takes too long."""
    arm = "asan" if path.parts[-3].endswith("-asan") else "afl"
    small = places.make(places.spool() / "small", places.NOBODY) / "small"
    given = small.with_name("given")
    given.write_bytes(path.read_bytes())
    small.unlink(missing_ok=True)
    command = ["afl-tmin", "-i", given, "-o", small, "-t", "2000", "-m", "none", "--",
               *target.argv(building.prefix(target, arm))]
    try:
        subprocess.run(running.confined(command), env=running.environment_of(target, arm),
                       timeout=seconds, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        pass
    return small.read_bytes() if small.exists() and small.stat().st_size else path.read_bytes()


def write_down(target, out):
    """A folder for each kind of crash: input, transcript, report; [(folder, stack, count)]."""
    told = []
    for stack, (paths, report) in sort_crashes(target, crash_files(out)).items():
        if not stack:
            continue
        name = f"{stack[0]}-{hashlib.sha256(repr(stack).encode()).hexdigest()[:8]}"
        folder = places.make(out.parent / "findings" / re.sub(r"[^\w.-]", "_", name))
        data = shrink(target, min(paths, key=lambda path: path.stat().st_size))
        (folder / "input").write_bytes(data)
        (folder / "report").write_text(report)
        about = [f"{target.name}: {' < '.join(stack)}"]
        (folder / "session.transcript").write_text(transcripts.write(data, target.speaks, about))
        told.append((folder, stack, len(paths)))
    return told
