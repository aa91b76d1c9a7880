"""What a run has found: the table, how it was made, and the samples for programs."""
import json
from pathlib import Path

import contenders
import cpus
import table
from trouble import Trouble


def show(bench, measures: list) -> None:
    names = [kind.name for kind in bench.kinds]
    rows = table.rows(measures, bench.samples, names, contenders.BASELINE)
    about = [*_reading(bench), *cpus.machine(), "", *_commands(bench)]
    print(*table.lines(rows), "", *about, sep="\n")
    for trouble in dict.fromkeys(bench.troubles):
        print(f"failed: {trouble}")


def _reading(bench) -> list:
    every = [sample for samples in bench.samples.values() for sample in samples]
    disturbed = sum(sample["disturbed"] for sample in every)
    seconds = bench.form.milliseconds / 1000
    return [
        f"(ratio to {contenders.BASELINE}); ↓ less is better; medians of "
        f"{bench.form.rounds} or more interleaved samples of {seconds:g} s; {bench.held} sessions "
        "held",
        f"{disturbed} of {len(every)} samples were taken while something else used the machine; "
        f"a figure rests on them only where it had no others ({table.DISTURBED_MARK})",
        f"The proxy has CPU {_listed(bench.layout.proxy)}; load and sink have "
        f"{_listed(bench.layout.load)}",
    ]


def _listed(numbers: set) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _commands(bench) -> list:
    lines = ["Command lines"]
    lines += [f"  sink       {' '.join(sink.command)}" for sink in bench.sinks.values()]
    for kind, shown in bench.shown:
        lines.append(f"  {kind.name:<10} {kind.about}")
        lines += [f"             {line}" for line in shown]
    for measure in bench.measures:
        lines.append(f"  {measure.name:<10} {' '.join(bench.command('PORT', measure))}")
    return lines


def keep(bench, file: Path) -> None:
    samples = [{"contender": name, "measure": measure} | sample
               for (name, measure), samples in bench.samples.items() for sample in samples]
    try:
        file.write_text(json.dumps(samples, indent=1) + "\n")
    except OSError as error:
        raise Trouble(f"{file}: {error.strerror}", 74) from error
