"""clang-format would change nothing."""

import re
import shutil
import subprocess

import tree


def findings(top):
    formatter = shutil.which("clang-format")
    if not formatter:
        yield "clang-format", "is not installed (apt-get install clang-format); configure with " \
            "-DSMTPCHAOS_FORMAT_CHECK=OFF to do without"
        return
    sources = [str(path.relative_to(top)) for path in tree.files(top, tree.C_SUFFIXES)]
    if not sources:
        return
    done = subprocess.run([formatter, "--dry-run", *sources], cwd=top, text=True,
                          capture_output=True, check=False)
    places = re.findall(r"^(\S+?:\d+):\d+: warning", done.stderr, re.MULTILINE)
    for place in dict.fromkeys(places):
        yield place, "clang-format -i would change this line"
    if done.returncode and not places:
        yield "clang-format", done.stderr.strip()


if __name__ == "__main__":
    tree.run(findings)
