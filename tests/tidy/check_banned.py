"""Calls that have no place here, and what to use instead."""

import re

import tree

# name: (why, where it is allowed all the same)
C_CALLS = {
    "strcpy": ("no bound; use a span or memcpy", ()),
    "strcat": ("no bound; use snprintf", ()),
    "strncpy": ("may leave out the NUL; use memcpy", ()),
    "sprintf": ("no bound; use snprintf", ()),
    "vsprintf": ("no bound; use vsnprintf", ()),
    "gets": ("no bound", ()),
    "strtok": ("has a memory; cut spans", ()),
    "atoi": ("cannot say that it failed", ()),
    "alloca": ("a peer must not choose how much stack we use", ()),
    "setjmp": ("return instead", ()),
    "longjmp": ("return instead", ()),
    "assert": ("goes away in release builds; use check()", ("tests",)),
    "rand": ("draw with prng_at()", ()),
    "srand": ("draw with prng_at()", ()),
    "random": ("draw with prng_at()", ()),
    "drand48": ("draw with prng_at()", ()),
    "getrandom": ("randomness is handed in", ("proxy",)),
    "time": ("time is handed in", ("proxy",)),
    "clock_gettime": ("time is handed in", ("proxy", "bench", "tests", "harness")),
    "gettimeofday": ("time is handed in", ("proxy",)),
    "getenv": ("the environment is the program's business", ("proxy", "tests", "harness")),
    "fopen": ("files are the program's business", ("proxy", "tests", "harness")),
    "sleep": ("wait for the event", ()),
    "usleep": ("wait for the event", ()),
    "nanosleep": ("wait for the event", ()),
}
C_CALL = re.compile(r"(?<![\w.>])(" + "|".join(C_CALLS) + r")\s*\(")

# In tests and demonstrations a pause is a guess. One place may look again and again for an event.
SLEEP = re.compile(r"\bsleep\s*\(|(?:^|[;&|]|\bdo)\s*sleep\s+[0-9.$]")
WAITS_FOR_EVENTS = "tests/e2e/lab/wait.py"

# Stands in for the C library in servers that are fuzzed, so it defines what nobody here calls.
STANDS_IN = "harness/campaign/still.c"


def c_findings(path, room):
    for number, line in enumerate(tree.c_code_of(path).splitlines(), start=1):
        for name in C_CALL.findall(line):
            why, allowed = C_CALLS[name]
            if room not in allowed:
                yield number, f"{name}(): {why}"


def script_findings(path):
    for number, line in tree.lines_of(path):
        if SLEEP.search(line.split("#")[0]):
            yield number, f"a test waits for an event, not for a time; use {WAITS_FOR_EVENTS}"


def findings(top):
    for path in tree.files(top, tree.C_SUFFIXES | {".py", ".sh"}):
        place = path.relative_to(top)
        if str(place) in (WAITS_FOR_EVENTS, STANDS_IN):
            continue
        is_c = path.suffix in tree.C_SUFFIXES
        found = c_findings(path, place.parts[0]) if is_c else script_findings(path)
        for number, wrong in found:
            yield f"{place}:{number}", wrong


if __name__ == "__main__":
    tree.run(findings)
