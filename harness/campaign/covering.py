"""What lines a campaign's inputs reach: the coverage arm runs all of them, llvm-cov tells."""

import shutil
import subprocess

import building
import places
import running

INPUTS_MAX = 3000


def program_of(target):
    return target.argv(building.prefix(target, "coverage"))[0]


def report(target, out):
    """Writes coverage/ beside `out`; the path of the table and its last line."""
    building.build(target, "coverage")
    raw = places.spool() / "coverage"
    shutil.rmtree(raw, ignore_errors=True)
    places.make(raw, places.NOBODY)
    for path in sorted(out.glob("*/queue/id:*"))[:INPUTS_MAX]:
        running.run_once(target, "coverage", path.read_bytes(),
                         {"LLVM_PROFILE_FILE": f"{raw}/%2m.profraw"})
    counts = list(raw.glob("*.profraw"))
    if not counts:
        raise building.Unavailable(f"{target.name} wrote no counts when it ended")
    folder = places.make(out.parent / "coverage")
    merged = folder / "merged.profdata"
    subprocess.run(["llvm-profdata", "merge", "-sparse", *counts, "-o", merged],
                   check=True)
    table = subprocess.run(["llvm-cov", "report", program_of(target), f"-instr-profile={merged}"],
                           check=True, capture_output=True, text=True).stdout
    (folder / "table").write_text(table)
    return folder / "table", table.splitlines()[-1]
