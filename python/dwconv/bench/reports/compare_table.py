"""A comparison of two reports in the terminal."""

from __future__ import annotations

import statistics

from rich.console import Console
from rich.text import Text

from dwconv.bench.reports.comparison import ALL, Change, Comparison
from dwconv.bench.reports.figures import digits, percent, plural
from dwconv.bench.reports.names import is_ours
from dwconv.bench.reports.tables import Cell, Section, Table, Tone, sections
from dwconv.bench.reports.terminal import show_table


def _row(change: Change, comparison: Comparison) -> list[Cell]:
    tone: Tone = "bad" if change in comparison.slower else "plain"
    noise = f"{digits(1 / change.bound)} to {digits(change.bound)}"
    verdict = change.verdict or "within the noise"
    if change.verdict == "slower" and tone == "plain" and is_ours(change.rival):
        verdict += ", below the threshold"
    return [
        Cell(change.case),
        Cell(change.rival),
        Cell(digits(change.ratio), tone),
        Cell(noise),
        Cell(verdict, tone),
    ]


def comparison_table(comparison: Comparison) -> Table:
    """What changed beyond the noise, the slowest first, and dwconv over all cases in any event."""
    whole = [each for each in comparison.changes if each.case == ALL and is_ours(each.rival)]
    changed = [each for each in comparison.changes if each.verdict and each not in whole]
    changed.sort(key=lambda each: -each.ratio)
    ours = [each for each in changed if is_ours(each.rival)]
    others = [each for each in changed if each not in ours]
    return Table(
        title="Time in the second run over that in the first",
        head=["case", "rival", "change", "noise", "verdict"],
        sections=sections(
            Section("dwconv, on the whole", [_row(each, comparison) for each in whole]),
            Section("dwconv, beyond the noise", [_row(each, comparison) for each in ours]),
            Section("others, beyond the noise", [_row(each, comparison) for each in others]),
        ),
        texts=2,
        optional=("noise",),
    )


def show_comparison(comparison: Comparison, console: Console | None = None) -> None:
    """Prints what changed, what it was judged by, and the verdict.

    Parameters
    ----------
    comparison : Comparison
    console : rich.console.Console, optional
        Standard output by default.
    """
    console = Console(highlight=False) if console is None else console
    show_table(comparison_table(comparison), console)
    noise = comparison.noise
    console.print(
        Text(
            f"Judged beside {', '.join(comparison.references) or 'no reference'}, whose time changed by a factor of "
            f"{digits(comparison.drift)}. Standard deviation of a ratio from run to run: {percent(noise.deviation)}, "
            f"from {plural(noise.observed, 'change')} of references.",
            style="dim",
        )
    )
    for remark in comparison.remarks:
        console.print(Text(remark, style="bold dark_orange"))
    for line in comparison.broken:
        console.print(Text(line, style="bold red"))
    count = len(comparison.slower)
    if comparison.status:
        text = f"dwconv became slower: {plural(count, 'change')} beyond the threshold of {digits(comparison.threshold)}, "
        text += f"{len(comparison.broken)} broken."
        console.print(Text(text, style="bold red"))
    else:
        text = f"dwconv is not slower beyond the threshold of {digits(comparison.threshold)}."
        bounds = [
            each.bound for each in comparison.changes if each.case != ALL and is_ours(each.rival)
        ]
        if bounds:
            # In the middle of the cases.
            seen = digits(statistics.median(bounds))
            text += f" On one case, a change below a factor of {seen} would not be seen."
        console.print(Text(text))
