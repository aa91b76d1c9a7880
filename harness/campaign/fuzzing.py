"""afl-fuzz at work: one main on the fast arm, one secondary on the sanitizers' for a second core;
what was done before is gone on with."""

import os
import subprocess
import sys
import time

import building
import places
import running

LENGTH_MAX = 65536
POLL_S = 2
# A campaign gives way to whatever else the machine does.
NICENESS = int(os.environ.get("SMTPCHAOS_CAMPAIGN_NICE", "10"))


def gather_seeds(target, folder):
    """All seeds of the target's side in one folder."""
    places.make(folder)
    for kind in target.seed_folders():
        for seed in kind.iterdir():
            (folder / f"{kind.name}-{seed.name}").write_bytes(seed.read_bytes())
    return folder


def engine_environment(target, arm, mutator):
    settings = {"AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
                "AFL_NO_UI": "1", "AFL_AUTORESUME": "1", "AFL_FORKSRV_INIT_TMOUT": "20000",
                "AFL_IGNORE_SEED_PROBLEMS": "1", "AFL_TRY_AFFINITY": "1",
                **{name: os.environ[name] for name in ("AFL_NO_AFFINITY",) if name in os.environ}}
    if mutator:
        settings |= {"AFL_CUSTOM_MUTATOR_LIBRARY": str(mutator),
                     "SMTPCHAOS_MUTATOR_STREAM": target.speaks}
    return {**running.environment_of(target, arm), **settings}


def engine_command(target, arm, seeds, out, role, seconds, options=()):
    return ["nice", "-n", str(NICENESS), "afl-fuzz", *role, "-i", seeds, "-o", out,
            "-V", str(seconds), "-t", "1000+", "-m", "none", "-G", str(LENGTH_MAX), *options, "--",
            *target.argv(building.prefix(target, arm))]


def start(target, arm, seeds, out, role, seconds, mutator=None, options=()):
    """An engine in the background; its log stands beside what it finds."""
    with open(out / f"{role[-1]}.log", "wb") as log:
        return subprocess.Popen(
            running.confined(engine_command(target, arm, seeds, out, role, seconds, options)),
            env=engine_environment(target, arm, mutator), cwd=running.prepare_spool(target),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def stats(out, name):
    """What the engine tells of itself, by name."""
    try:
        lines = (out / name / "fuzzer_stats").read_text().splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {key.strip(): value.strip() for key, _, value in pairs}


def progress(out, names, begun):
    """One line, on a terminal only."""
    if not sys.stderr.isatty():
        return
    parts = [f"{int(time.monotonic() - begun)} s"]
    for name in names:
        told = stats(out, name)
        parts.append(f"{name}: {told.get('execs_per_sec', '?')}/s, {told.get('edges_found', '?')} "
                     f"edges, {told.get('saved_crashes', '?')} crashes")
    print("\r" + "; ".join(parts) + "   ", end="", file=sys.stderr, flush=True)


def wait(engines, out):
    begun = time.monotonic()
    while any(engine.poll() is None for engine in engines.values()):
        progress(out, engines, begun)
        for engine in engines.values():
            try:
                engine.wait(POLL_S / len(engines))
            except subprocess.TimeoutExpired:
                pass
    if sys.stderr.isatty():
        print(file=sys.stderr)


def fuzz(target, seconds, out, name, mutator, with_asan):
    """Fuzzes for that long; the names of the engines."""
    places.make(out, places.NOBODY)
    seeds = gather_seeds(target, out.parent / "seeds")
    dictionary = ("-x", places.TOP / "corpora" / "smtp.dict")
    roles = {f"{name}-main": ("afl", ("-M", f"{name}-main"))}
    if with_asan and (os.cpu_count() or 1) > 1:
        roles[f"{name}-asan"] = ("asan", ("-S", f"{name}-asan"))
    engines = {own: start(target, arm, seeds, out, role, seconds, mutator, dictionary)
               for own, (arm, role) in roles.items()}
    wait(engines, out)
    return list(engines)
