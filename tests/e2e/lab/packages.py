"""Unpacks mail programs from Debian's packages below the lab directory, once.

Nothing is installed: the packages are fetched by apt-get and unpacked by dpkg side by side. A
program that is there already, from the same list of packages, costs nothing.
"""
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from lab.place import home, make, unpacked

PROGRAMS = {
    "postfix": ["postfix"],
    "exim": ["exim4-daemon-heavy"],
    "opensmtpd": ["opensmtpd"],
    "sendmail": ["sendmail-bin", "sendmail-cf"],
    "dovecot": ["dovecot-lmtpd"],
    "aiosmtpd": ["python3-aiosmtpd"],
    "clients": ["msmtp", "swaks"],
    "swaks-tls": ["swaks", "libnet-ssleay-perl"],
    "nodemailer": ["node-nodemailer", "nodejs"],
}

# What the host has, and from where, is not to sway apt's choice.
NOTHING_INSTALLED = ("-o", "Dir::State::status=/dev/null")

# Packages that only matter where something is really installed.
USELESS = re.compile(
    r"exim4-config|libc-bin|debconf.*|usrmerge|lsb-base|cron.*|init-system-helpers|fonts-.*|"
    r"libfile-find-rule-perl|libnumber-compare-perl|libtext-glob-perl|sphinx-rtd-theme-common")



def left_out() -> set:
    """The programs that somebody wants no test with, by $SMTPCHAOS_E2E_WITHOUT=NAME,NAME."""
    return set(filter(None, os.environ.get("SMTPCHAOS_E2E_WITHOUT", "").split(",")))


class MissingProgram(Exception):
    """A program cannot be had; the text says which and why."""


def install(programs) -> None:
    """Unpacks those of the programs that are not there yet."""
    make(home())
    with _alone():
        missing = [name for name in programs if not is_installed(name)]
        if missing:
            print(f"lab: fetching {', '.join(missing)} into {home()}", file=sys.stderr, flush=True)
            _fetch_and_unpack(missing)


def is_installed(program: str) -> bool:
    """Whether the program was unpacked whole, from the packages listed here."""
    stamp = _stamp(program)
    return stamp.exists() and stamp.read_text().splitlines()[0] == " ".join(PROGRAMS[program])


def require(program: str) -> None:
    """Raises MissingProgram if the program was not unpacked."""
    if not is_installed(program):
        raise MissingProgram(f"{program} is not below {home()}; python3 tests/e2e/lab fetches it")


def _stamp(program: str) -> Path:
    return unpacked(program).with_suffix(".packages")


@contextmanager
def _alone():
    """Keeps test programs that start together from fetching the same things."""
    with open(home() / "install.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_and_unpack(programs: list) -> None:
    _update_lists_if_needed(programs)
    host = _host_packages()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        closures = dict(zip(programs, pool.map(lambda name: _closure(name, host), programs)))
    with tempfile.TemporaryDirectory(dir=home()) as archive:
        _download(sorted(set().union(*closures.values())), Path(archive))
        for program, packages in closures.items():
            _unpack(program, packages, Path(archive))


def _apt(*arguments, **options) -> subprocess.CompletedProcess:
    environment = dict(os.environ, LC_ALL="C", DEBIAN_FRONTEND="noninteractive")
    return subprocess.run(["apt-get", "-q", *arguments], capture_output=True, text=True,
                          env=environment, **options)


def _update_lists_if_needed(programs: list) -> None:
    if _simulate(PROGRAMS[programs[0]]).returncode != 0:
        print("lab: apt-get update", file=sys.stderr, flush=True)
        _apt("update")


def _simulate(packages: list) -> subprocess.CompletedProcess:
    """Asks what a machine with nothing at all on it would install."""
    return _apt(*NOTHING_INSTALLED, "-s", "--no-install-recommends", "-o", "Debug::NoLocking=1",
                "install", *packages)


def _closure(program: str, host: set) -> set:
    """The program's packages, and whatever of their dependencies the host lacks."""
    plan = _simulate(PROGRAMS[program])
    if plan.returncode != 0:
        raise MissingProgram(f"{program}: apt-get knows no such package\n{plan.stderr}")
    needed = set(re.findall(r"^Inst (\S+)", plan.stdout, re.MULTILINE))
    kept = {name for name in needed - host if not USELESS.fullmatch(name)}
    return kept | set(PROGRAMS[program])


def _host_packages() -> set:
    listing = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n"],
                             capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^ii +(\S+)", listing, re.MULTILINE))


def _download(packages: list, archive: Path) -> None:
    result = _apt(*NOTHING_INSTALLED, "download", *packages, cwd=archive)
    if result.returncode != 0:
        raise MissingProgram(f"apt-get download failed\n{result.stdout[-500:]}{result.stderr}")


def _unpack(program: str, packages: set, archive: Path) -> None:
    root, partial = unpacked(program), unpacked(program).with_suffix(".partial")
    for leftover in (root, partial):
        shutil.rmtree(leftover, ignore_errors=True)
    make(partial)
    for package in sorted(packages):
        [file] = archive.glob(f"{package}_*.deb")
        subprocess.run(["dpkg", "-x", file, partial], check=True)
    _merge_usr(partial)
    partial.chmod(0o755)
    partial.rename(root)
    _stamp(program).write_text(f"{' '.join(PROGRAMS[program])}\n{' '.join(sorted(packages))}\n")


def _merge_usr(root: Path) -> None:
    """Moves /lib and its like below /usr: a real one would hide the host's link in the overlay."""
    for name in ("bin", "sbin", "lib", "lib64"):
        old = root / name
        if old.is_dir() and not old.is_symlink():
            shutil.copytree(old, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(old)
