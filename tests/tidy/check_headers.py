"""Each header compiles alone: whoever includes it needs to know of no other.

SMTPCHAOS_COMPILE is the compiler with its options, SMTPCHAOS_GENERATED the folder of headers that
the build writes.
"""

import os
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

import tree

# Rows for whoever defines the macro, not a header to be understood alone.
TABLES = {"mutators/list.h"}


def complaint(header, top):
    """What the compiler says about a file with nothing but this include."""
    command = shlex.split(os.environ["SMTPCHAOS_COMPILE"])
    command += ["-Werror", "-fsyntax-only", "-I", str(top), "-x", "c", "-"]
    generated = os.environ.get("SMTPCHAOS_GENERATED")
    if generated:
        command += ["-I", generated]
    # A header of macros only declares nothing, which C wants of a file.
    source = f'#include "{header}"\nextern int declaration;\n'
    done = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    return done.stderr.strip() if done.returncode else None


def findings(top):
    headers = [path.relative_to(top) for path in tree.files(top, {".h"})]
    headers = [header for header in headers if str(header) not in TABLES]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = pool.map(lambda header: complaint(header, top), headers)
    for header, said in zip(headers, complaints):
        if said:
            yield header, f"does not compile alone\n{said}"


if __name__ == "__main__":
    tree.run(findings)
