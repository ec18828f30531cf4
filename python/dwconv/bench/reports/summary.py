"""What many cases come to: geometric means of ratios, and the cases that were lost."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from dwconv.bench.reports.names import BASE, is_peer, rivals
from dwconv.bench.results import CaseResult, Measurement, Report


@dataclass(frozen=True)
class Mean:
    """A geometric mean over those cases that have the ratio."""

    ratio: float
    cases: int


@dataclass(frozen=True)
class Loss:
    """A case on which a peer was faster than dwconv."""

    result: CaseResult
    peer: str
    ratio: float
    """The peer's time as a fraction of dwconv's, below 1."""


@dataclass(frozen=True)
class Untimed:
    """Where and why a rival has no time."""

    rival: str
    status: str
    reason: str
    cases: list[str]


def select(report: Report, suite: str, layout: str) -> list[CaseResult]:
    """The results of one suite in one layout."""
    return [
        each for each in report.results if (each.case.suite, each.case.layout) == (suite, layout)
    ]


def _mean(ratios: list[float | None]) -> Mean | None:
    known = [each for each in ratios if each is not None]
    return Mean(statistics.geometric_mean(known), len(known)) if known else None


def mean_ratio(results: list[CaseResult], rival: str) -> Mean | None:
    """Of the time of a rival over that of dwconv."""
    return _mean([each.ratio(rival, BASE) for each in results])


def fastest_peer(result: CaseResult) -> tuple[Measurement, float] | None:
    """The peer that took the shortest time, and its time over that of dwconv, turn by turn."""
    fastest = result.fastest([rival for rival in rivals([result]) if is_peer(rival)])
    if fastest is None:
        return None
    ratio = result.ratio(fastest.rival, BASE)
    return None if ratio is None else (fastest, ratio)


def mean_fastest_peer(results: list[CaseResult]) -> Mean | None:
    """Of the time of each case's fastest peer over that of dwconv."""
    found = [fastest_peer(each) for each in results]
    return _mean([each and each[1] for each in found])


def over_limit(result: CaseResult, rival: str = BASE) -> float | None:
    """The median time of a rival over the limit of the machine."""
    measurement = result.of(rival)
    if measurement is None or not measurement.timed:
        return None
    return measurement.time / result.limit.seconds


def mean_over_limit(results: list[CaseResult]) -> Mean | None:
    """Of dwconv's time over the limit of the machine."""
    return _mean([over_limit(each) for each in results])


def losses(results: list[CaseResult]) -> list[Loss]:
    """The cases on which the fastest peer was faster than dwconv, the worst first."""
    found = [(result, fastest_peer(result)) for result in results]
    lost = [
        Loss(result, each[0].rival, each[1])
        for result, each in found
        if each is not None and each[1] < 1
    ]
    return sorted(lost, key=lambda loss: loss.ratio)


def undecided(results: list[CaseResult]) -> list[CaseResult]:
    """The cases for which dwconv itself has no time, though it took part."""
    return [each for each in results if (base := each.of(BASE)) is not None and not base.timed]


def untimed(results: list[CaseResult]) -> list[Untimed]:
    """Every rival without a time, by rival, status and reason."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        for each in result.measurements:
            if not each.timed:
                key = (each.rival, each.status, each.reason)
                found.setdefault(key, []).append(result.case.name)
    order = rivals(results)
    ordered = sorted(found.items(), key=lambda item: order.index(item[0][0]))
    return [Untimed(*key, cases) for key, cases in ordered]
