"""Runs a target on one input, or a fuzzer on a target: without a network, without privileges."""

import os
import shutil
import subprocess

import building
import places


def confined(argv):
    """The command as nobody, where there is no network to reach, if we may arrange that."""
    if os.geteuid() != 0:
        return list(argv)
    user = str(places.NOBODY)
    inner = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"]
    # Some programs look for an interface before they begin.
    alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
    outer = alone if shutil.which("unshare") else []
    return [*outer, *inner, *map(str, argv)]


def environment_of(target, arm):
    """What the target wants to be told, in an otherwise small environment."""
    prefix = building.prefix(target, arm)
    letter = target.folder.parent / "letter"
    own = {name: value.format(prefix=prefix, letter=letter)
           for name, value in target.environment.items()}
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/nonexistent", "LC_ALL": "C",
            "TZ": "UTC0",  # a name would be looked for in a file with each look at the clock
            "ASAN_OPTIONS": "abort_on_error=1:symbolize=0:detect_leaks=0:handle_abort=1", **own}


def prepare_spool(target):
    places.make(places.spool(), places.NOBODY)
    return places.make(places.spool() / target.name, places.NOBODY)


def run_once(target, arm, data, extra=None, seconds=10):
    """(status, what it printed) of the target on one input."""
    environment = {**environment_of(target, arm), **(extra or {})}
    try:
        done = subprocess.run(confined(target.argv(building.prefix(target, arm))), input=data,
                              env=environment, capture_output=True, timeout=seconds,
                              cwd=prepare_spool(target), check=False)
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"") + (late.stderr or b"")
    return done.returncode, done.stdout + done.stderr
