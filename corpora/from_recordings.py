#!/usr/bin/env python3
"""Records what real programs say to each other, and makes seeds of it: anonymous, and only those
that reach something new.

usage: corpora/from_recordings.py BUILD [FOLDER]     (build/fuzz, and where the recordings are kept)

BUILD has the fuzz targets for libFuzzer; SMTPCHAOS_BIN names the program. The sessions are those of
the tests named below; a FOLDER that has recordings already is taken as it is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TESTS = ["test_wire_real", "test_tls_real"]
# What test_wire_real sends with, in this order.
CLIENTS = ["msmtp", "swaks", "curl", "smtplib"]
LMTP = "*by-lmtp.recording"
# What becomes of the recordings, where it goes, the target that says what is new, and what is kept
# whatever it reaches: each sender, each receiver.
SEEDS = [("client", "corpora/client/recorded", "fuzz_decoder", ["*-to-postfix.recording", LMTP]),
         ("server", "corpora/server/recorded", "fuzz_decoder", ["*-from-postfix-*", LMTP]),
         ("session", "corpora/session", "fuzz_session", [])]


def record(folder):
    environment = os.environ | {"SMTPCHAOS_E2E_RECORD": str(folder)}
    for test in TESTS:
        subprocess.run([sys.executable, TOP / "tests/e2e" / f"{test}.py"], env=environment,
                       check=True)


def kebab(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).replace("_", "-").lower()


def names_of(folder, count):
    """ToExim-…-test_from_postfix-0 is from-postfix-to-exim: a name for each of its sessions."""
    found = re.match(r"(\w+?)-\w+-test_(\w+)-\d+$", folder.name)
    if not found or not re.match("To|RealTest", found[1]):
        return []
    test, end = kebab(found[2]), kebab(found[1]).replace("real-test", "under-tls")
    if test == "from-one-shot-clients":
        return [f"from-{client}-{end}" for client in CLIENTS]
    return [f"{test}-{end}"] + [f"{test}-{end}-{number}" for number in range(2, count + 1)]


def gather(folder, place):
    """One folder with all recordings, named after who spoke with whom."""
    for place_of_test in sorted(folder.iterdir()):
        recordings = sorted(place_of_test.glob("*.recording"))
        for recording, name in zip(recordings, names_of(place_of_test, len(recordings))):
            shutil.copy(recording, place / f"recorded-{name}.recording")


def corpus(form, folder, *arguments):
    subprocess.run([os.environ["SMTPCHAOS_BIN"], "corpus", "--to", form, "--anonymise",
                    "--seed", "2", "--out", TOP / folder, *arguments], check=True)


def make_seeds(build, place):
    """Every program once; and of the rest, what reaches something new."""
    for form, folder, target, once in SEEDS:
        chosen = [file for pattern in once for file in sorted(place.glob(pattern))]
        if chosen:
            corpus(form, folder, *chosen)
        corpus(form, folder, "--minimise", build / target, place)


def main():
    build = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(place) / "sessions"
        if not folder.is_dir():
            record(folder)
        flat = Path(place) / "flat"
        flat.mkdir()
        gather(folder, flat)
        make_seeds(build, flat)


if __name__ == "__main__":
    main()
