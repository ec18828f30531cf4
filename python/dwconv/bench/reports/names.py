"""Rivals told apart by their names, and the order in which reports show them.

`dwconv` is the plain call, to which all others are compared. A name that begins with it is dwconv in
another way ('dwconv tiled'). One that ends in 'out=' writes into an array that is given. One that has
'invoke' in it leaves out a part of the call that a user makes, such as the copies in and out.
"""

from __future__ import annotations

from dwconv.bench.results import CaseResult, Report

BASE = "dwconv"


def is_ours(rival: str) -> bool:
    """Whether it is dwconv, in whatever way."""
    return rival.split()[0] == BASE


def has_given_output(rival: str) -> bool:
    """Whether it writes into an array that is given, where others make a fresh one."""
    return rival.endswith("out=")


def is_part_of_call(rival: str) -> bool:
    """Whether it does less than a user's call does."""
    return "invoke" in rival


def is_peer(rival: str) -> bool:
    """Whether it does what `dwconv` does, so that being slower than it is a case lost."""
    return not (is_ours(rival) or has_given_output(rival) or is_part_of_call(rival))


def _rank(rival: str) -> int:
    if rival == BASE:
        return 0
    return 1 + 4 * has_given_output(rival) + 2 * is_part_of_call(rival) + is_ours(rival)


def rivals(results: list[CaseResult]) -> list[str]:
    """All that took part: dwconv, its peers, its other ways, parts of calls, then those with out=."""
    names = dict.fromkeys(each.rival for result in results for each in result.measurements)
    return sorted(names, key=_rank)


def timed_rivals(results: list[CaseResult]) -> list[str]:
    """Those of `rivals` that were timed at least once."""
    timed = {each.rival for result in results for each in result.measurements if each.timed}
    return [rival for rival in rivals(results) if rival in timed]


def suites(report: Report) -> list[str]:
    """In the order of the report."""
    return list(dict.fromkeys(result.case.suite for result in report.results))


def layouts(report: Report) -> list[str]:
    """In the order of the report."""
    return list(dict.fromkeys(result.case.layout for result in report.results))
