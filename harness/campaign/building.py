"""Fetches a target's Debian source and builds it, once for each arm:

afl       AFL++'s instrumentation, fast
asan      the same with AddressSanitizer and UndefinedBehaviorSanitizer
coverage  clang's counters, for the report
plain     nothing added: what a finding must be reproduced with
"""

import hashlib
import os
import shutil
import subprocess
import sys

import places

ARMS = {
    "afl": ("afl-clang-fast", "-g -O2", {}),
    "asan": ("afl-clang-fast", "-g -O1 -fno-omit-frame-pointer", {"AFL_USE_ASAN": "1"}),
    # In the compiler's name, since not every program's build links with its flags.
    "coverage": ("clang -fprofile-instr-generate -fcoverage-mapping", "-g -O1", {}),
    "plain": ("clang", "-g -O1", {}),
}


class Unavailable(Exception):
    """What a campaign needs cannot be had; the text says what, and where to read more."""


def say(text):
    print(f"campaign: {text}", file=sys.stderr, flush=True)


def _apt(folder, suite, *arguments):
    """apt-get with a list of sources of its own: the machine's are left as they are."""
    lists = places.make(places.cache() / "apt" / suite)
    places.make(lists / "lists" / "partial")
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (lists / "sources.list").write_text(
        f"deb-src [signed-by={keyring}] http://deb.debian.org/debian {suite} main\n")
    return subprocess.run(
        ["apt-get", "-q", "-o", f"Dir::Etc::sourcelist={lists}/sources.list",
         "-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State::lists={lists}/lists",
         "-o", "APT::Sandbox::User=root", *arguments],
        cwd=folder, capture_output=True, text=True, check=False)


def fetch(target):
    """The unpacked source of the target's package."""
    folder = places.make(places.cache() / "source" / target.package)
    unpacked = folder / "unpacked"
    if unpacked.exists():
        return unpacked
    say(f"fetching the source of {target.package} ({target.suite})")
    _apt(folder, target.suite, "update")
    got = _apt(folder, target.suite, "--download-only", "source", target.package)
    descriptions = sorted(folder.glob("*.dsc"))
    if got.returncode or not descriptions:
        raise Unavailable(f"apt-get source {target.package}: {got.stderr.strip()[-400:]}")
    partial = folder / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    done = subprocess.run(["dpkg-source", "--no-check", "-x", descriptions[-1].name, partial],
                          cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"dpkg-source: {done.stderr.strip()[-400:]}")
    partial.rename(unpacked)
    return unpacked


def prefix(target, arm):
    return places.cache() / "build" / f"{target.name}-{arm}" / "program"


def _fingerprint(target, arm):
    """Changes with whatever the build is made of."""
    parts = [repr(ARMS[arm]), repr(target.library), repr(target.variant), str(places.spool())]
    files = [*sorted(target.folder.rglob("*")), target.folder.parent / "steps.sh"]
    if target.library:
        files.append(target.folder.parent.parent / target.library)
    parts += [path.read_text() for path in files if path.is_file()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def build(target, arm):
    """Builds the arm if need be; the folder of the program."""
    home = places.cache() / "build" / f"{target.name}-{arm}"
    stamp, mark = home / "stamp", _fingerprint(target, arm)
    if stamp.exists() and stamp.read_text() == mark:
        return prefix(target, arm)
    source = fetch(target)
    shutil.rmtree(home, ignore_errors=True)
    places.make(home)
    say(f"building {target.name} ({arm}); the log is {home}/log")
    shutil.copytree(source, home / "source", symlinks=True)
    _run_steps(target, arm, home)
    stamp.write_text(mark)
    return prefix(target, arm)


def _run_steps(target, arm, home):
    compiler, flags, extra = ARMS[arm]
    places.make(prefix(target, arm))
    environment = {**os.environ, **extra, "CC": compiler, "CFLAGS": flags, "AFL_QUIET": "1",
                   "ASAN_OPTIONS": "detect_leaks=0", "HERE": str(target.folder), "LC_ALL": "C",
                   "ARM": arm, "VARIANT": target.variant,
                   "PREFIX": str(prefix(target, arm)), "SPOOL": str(places.spool())}
    for left in ("MAKEFLAGS", "MAKELEVEL", "LDFLAGS"):
        environment.pop(left, None)
    with open(home / "log", "w") as log:
        # The plain program is the true one: a client gets to a server that `smtpchaos play` is,
        # a server has a clock.
        if target.library and arm != "plain":
            environment["LIBRARY"] = str(home / "library.o")
            library = target.folder.parent.parent / target.library
            command = [*f"{compiler} {flags} -c".split(), library, "-o", environment["LIBRARY"]]
            done = subprocess.run(command, env=environment, check=False, stdout=log, stderr=log)
            if done.returncode:
                raise Unavailable(f"{target.library} ({arm}) does not compile; read {home}/log")
        done = subprocess.run(["bash", target.folder / "build.sh"], cwd=home / "source",
                              env=environment, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise Unavailable(f"{target.name} ({arm}) does not build; read {home}/log")
