"""What the suites come to, in one table for each layout, and the first calls."""

from __future__ import annotations

import statistics

from dwconv.bench.reports.figures import digits, duration
from dwconv.bench.reports.names import (
    BASE,
    has_given_output,
    is_ours,
    is_part_of_call,
    is_peer,
    layouts,
    suites,
    timed_rivals,
)
from dwconv.bench.reports.summary import (
    Mean,
    losses,
    mean_fastest_peer,
    mean_over_limit,
    mean_ratio,
    select,
    undecided,
)
from dwconv.bench.reports.tables import NOTHING, Cell, Section, Table, sections
from dwconv.bench.results import CaseResult, Report

COUNTS = "(n): n cases; in a row, over those n cases of the suite that have the ratio."


def _mean(mean: Mean | None, results: list[CaseResult], *, peer: bool) -> Cell:
    if mean is None:
        return NOTHING
    few = "" if mean.cases == len(results) else f" ({mean.cases})"
    return Cell(digits(mean.ratio) + few, "lost" if peer and mean.ratio < 1 else "plain")


def _lost(results: list[CaseResult]) -> Cell:
    count = len(losses(results))
    failed = len(undecided(results))
    text = f"{count} of {len(results)}" + (f", {failed} not timed" if failed else "")
    return Cell(text, "lost" if count or failed else "plain")


def summary_table(report: Report, layout: str) -> Table:
    """Geometric means of each rival's time over dwconv's, a column for each suite."""
    columns = [
        (suite, chosen) for suite in suites(report) if (chosen := select(report, suite, layout))
    ]
    chosen_results = [result for _, results in columns for result in results]
    names = [rival for rival in timed_rivals(chosen_results) if rival != BASE]

    def row(rival: str) -> list[Cell]:
        means = [(mean_ratio(results, rival), results) for _, results in columns]
        return [Cell(rival), *(_mean(mean, rs, peer=is_peer(rival)) for mean, rs in means)]

    result = [
        [
            Cell(f"fastest peer / {BASE}", "ours"),
            *(_mean(mean_fastest_peer(rs), rs, peer=True) for _, rs in columns),
        ],
        [Cell("cases lost", "ours"), *(_lost(rs) for _, rs in columns)],
        [
            Cell(f"{BASE} / limit", "ours"),
            *(_mean(mean_over_limit(rs), rs, peer=False) for _, rs in columns),
        ],
    ]
    apart = [name for name in names if has_given_output(name) or is_part_of_call(name)]
    whole = [name for name in names if name not in apart]
    return Table(
        title=f"{layout}: time of each over that of {BASE}, geometric means",
        head=[f"/ {BASE}", *(f"{suite}\n({len(rs)})" for suite, rs in columns)],
        sections=sections(
            Section("in short", result),
            Section("peers", [row(name) for name in whole if not is_ours(name)]),
            Section(f"{BASE} in other ways", [row(name) for name in whole if is_ours(name)]),
            Section("part of the call, given array", [row(name) for name in apart]),
        ),
        notes=[COUNTS],
    )


def summary_tables(report: Report) -> list[Table]:
    """One for each layout."""
    return [summary_table(report, layout) for layout in layouts(report)]


def first_call_table(report: Report) -> Table:
    """The first call of each rival in a new process beside its warm calls, medians over the cases."""
    body = []
    for rival in timed_rivals(report.results):
        measured = [each for result in report.results if (each := result.of(rival)) and each.timed]
        pairs = [(each.first_call, each.time) for each in measured if each.first_call is not None]
        if pairs:
            firsts, warm = zip(*pairs, strict=True)
            body.append(
                [
                    Cell(rival, "ours" if rival == BASE else "plain"),
                    Cell(duration(statistics.median(firsts))),
                    Cell(duration(statistics.median(warm))),
                    Cell(str(len(pairs))),
                ]
            )
    return Table(
        title="First call in a new process, the import left out; medians over the cases",
        head=["rival", "first call", "warm call", "cases"],
        sections=sections(Section("", body)),
    )
