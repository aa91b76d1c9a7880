"""Samples become a table that is text and Markdown at once, with ratios to the baseline."""
from statistics import median

# Behind a figure, or a ratio, that rests on samples taken while something else used the machine.
DISTURBED_MARK = "~"


def _middle(samples: list, figure):
    """The median of the undisturbed samples, or of all when there are none; and whether that is
    so. None where there is nothing to tell."""
    clean = [sample for sample in samples if not sample["disturbed"]]
    values = [value for sample in clean or samples if (value := figure.of(sample)) is not None]
    return (median(values), not clean) if values else None


def _cell(found, figure, base) -> str:
    if found is None:
        return "–"
    value, is_disturbed = found
    text = f"{value:,.{figure.digits}f}{_mark(is_disturbed)}"
    if not base or not base[0]:
        return text
    return f"{text} ({value / base[0]:.2f}{_mark(is_disturbed or base[1])})"


def _mark(is_disturbed: bool) -> str:
    return DISTURBED_MARK if is_disturbed else ""


def _row(measure, figure, samples: dict, names, baseline: str) -> list:
    middles = {name: _middle(samples.get((name, measure.name), []), figure) for name in names}
    label = figure.unit + ("" if figure.more_is_better else " ↓")
    return [label, *(_cell(middles[name], figure, middles.get(baseline)) for name in names)]


def rows(measures, samples: dict, names, baseline: str) -> list:
    """A heading, then for each measure its title and its figures."""
    found = [["", *names]]
    for measure in measures:
        found.append([f"**{measure.title}**", *[""] * len(names)])
        found += [_row(measure, figure, samples, names, baseline) for figure in measure.figures]
    return found


def lines(table: list) -> list:
    """Columns as wide as their widest cell; titles may run over the columns beside them."""
    figures = [row for row in table if any(row[1:])]
    widths = [max(len(row[i]) for row in figures) for i in range(len(table[0]))]

    def line(row: list) -> str:
        if not any(row[1:]):
            room = sum(widths) + 3 * (len(widths) - 1) - len(widths) + 1
            return f"| {row[0]:<{room}} " + "|" * len(widths)
        cells = [f"{row[0]:<{widths[0]}}"]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:])]
        return f"| {' | '.join(cells)} |"

    rule = "|" + "|".join("-" * (width + 1) + (":" if i else "-")
                          for i, width in enumerate(widths)) + "|"
    return [line(table[0]), rule, *(line(row) for row in table[1:])]
