"""All figures of one case."""

from __future__ import annotations

from dwconv.bench.reports.figures import amount, digits, duration, operations, percent
from dwconv.bench.reports.names import BASE, has_given_output, is_part_of_call, is_peer
from dwconv.bench.reports.tables import NOTHING, Cell, Section, Table, Tone, sections
from dwconv.bench.results import CaseResult, Measurement

HEAD = [
    "rival",
    "what ran",
    "time",
    "median",
    "low\nquartile",
    "spread",
    f"/ {BASE}",
    "/ limit",
    "GFLOP/s",
    "GB/s",
    "first\ncall",
]


def limit_text(result: CaseResult) -> str:
    """The size of the case and what bounds it."""
    limit = result.limit
    bound = {"copy": "the copy", "fma": "the multiply-adds"}[limit.bound]
    return (
        f"{operations(result.flops)}, {amount(result.nbytes)}, {digits(result.flops / result.nbytes)} FLOP/byte; "
        f"limit {duration(limit.seconds)}, set by {bound}: copy {duration(limit.copy)}, "
        f"multiply-adds {duration(limit.fma)}, empty call {duration(limit.call)}"
    )


def _timed(result: CaseResult, each: Measurement) -> list[Cell]:
    ratio = result.ratio(each.rival, BASE)
    tone: Tone = "ours" if each.rival == BASE else "plain"
    lost = ratio is not None and ratio < 1 and is_peer(each.rival)
    return [
        Cell(each.rival, tone),
        Cell(each.detail),
        Cell(duration(each.time), tone),
        Cell(duration(each.median)),
        Cell(duration(each.low_quartile)),
        Cell(percent(each.spread)),
        NOTHING if ratio is None else Cell(digits(ratio), "lost" if lost else tone),
        Cell(digits(each.time / result.limit.seconds)),
        Cell(digits(result.flops / each.time / 1e9)),
        Cell(digits(result.nbytes / each.time / 1e9)),
        NOTHING if each.first_call is None else Cell(duration(each.first_call)),
    ]


def _untimed(each: Measurement) -> list[Cell]:
    tone: Tone = "bad" if each.status in ("wrong", "failed") else "absent"
    cells = [Cell(each.rival, tone), Cell(each.reason, tone), Cell(each.status, tone)]
    return cells + [NOTHING] * (len(HEAD) - len(cells))


def rows(result: CaseResult, measurements: list[Measurement]) -> list[list[Cell]]:
    """The fastest first, those without a time last."""
    timed = sorted((each for each in measurements if each.timed), key=lambda each: each.time)
    others = [each for each in measurements if not each.timed]
    return [_timed(result, each) for each in timed] + [_untimed(each) for each in others]


def case_table(result: CaseResult, *, missing: bool = True) -> Table:
    """All rivals on one case, with those that are not installed or without."""
    shown = [each for each in result.measurements if missing or each.status != "missing"]
    given = [each for each in shown if has_given_output(each.rival)]
    parts = [each for each in shown if is_part_of_call(each.rival) and each not in given]
    whole = [each for each in shown if each not in given and each not in parts]
    return Table(
        title=f"{result.case.suite}: {result.case.name}",
        head=HEAD,
        sections=sections(
            Section("whole call, fresh array", rows(result, whole)),
            Section("part of the call", rows(result, parts)),
            Section("given array, out=", rows(result, given)),
        ),
        texts=2,
        notes=[limit_text(result)],
        wrapping=("what ran",),
        optional=("first\ncall", "low\nquartile", "what ran", "spread", "median"),
    )


def suite_table(results: list[CaseResult], title: str, rivals: list[str]) -> Table:
    """A row for each case: dwconv beside the limit, and the ratio of each rival."""
    others = [rival for rival in rivals if rival != BASE]
    body = []
    for result in results:
        base = result.of(BASE)
        cells = [Cell(result.case.problem)]
        if base is not None and base.timed:
            cells += [
                Cell(duration(base.time), "ours"),
                Cell(digits(base.time / result.limit.seconds)),
                Cell(digits(result.flops / base.time / 1e9)),
                Cell(digits(result.nbytes / base.time / 1e9)),
            ]
        else:
            cells += [Cell("not there" if base is None else base.status, "bad"), *[NOTHING] * 3]
        body.append(cells + [_ratio(result, rival) for rival in others])
    head = ["case", BASE, "/ limit", "GFLOP/s", "GB/s", *others]
    return Table(title, head, sections(Section("", body)))


def _ratio(result: CaseResult, rival: str) -> Cell:
    each, ratio = result.of(rival), result.ratio(rival, BASE)
    if each is None:
        return NOTHING
    if not each.timed:
        return Cell(each.status, "bad" if each.status in ("wrong", "failed") else "absent")
    if ratio is None:
        return Cell(duration(each.time))
    return Cell(digits(ratio), "lost" if ratio < 1 and is_peer(rival) else "plain")
