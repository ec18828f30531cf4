"""A report as CSV: one row for each case and rival, all figures in full."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from dwconv.bench.reports.names import BASE
from dwconv.bench.results import CaseResult, Measurement, Report

#: Times are in seconds, rates per second; empty where there is no figure.
COLUMNS = [
    "suite",
    "problem",
    "layout",
    "rival",
    "status",
    "reason",
    "detail",
    "error",
    "first_call",
    "time",
    "median",
    "low_quartile",
    "spread",
    "turns",
    "rounds",
    "ratio_to_dwconv",
    "over_limit",
    "flops_rate",
    "bytes_rate",
    "flops",
    "nbytes",
    "limit",
    "limit_copy",
    "limit_fma",
    "limit_call",
    "bound",
]


def _row(result: CaseResult, each: Measurement) -> dict[str, Any]:
    limit = result.limit
    row = {
        "suite": result.case.suite,
        "problem": result.case.problem,
        "layout": result.case.layout,
        "rival": each.rival,
        "status": each.status,
        "reason": each.reason,
        "detail": each.detail,
        "error": each.error,
        "first_call": each.first_call,
        "turns": len(each.turns),
        "rounds": len(each.rounds),
        "flops": result.flops,
        "nbytes": result.nbytes,
        "limit": limit.seconds,
        "limit_copy": limit.copy,
        "limit_fma": limit.fma,
        "limit_call": limit.call,
        "bound": limit.bound,
    }
    if each.timed:
        row |= {
            "time": each.time,
            "median": each.median,
            "low_quartile": each.low_quartile,
            "spread": each.spread,
            "ratio_to_dwconv": result.ratio(each.rival, BASE),
            "over_limit": each.time / limit.seconds,
            "flops_rate": result.flops / each.time,
            "bytes_rate": result.nbytes / each.time,
        }
    return row


def write_csv(report: Report, path: Path) -> None:
    """Writes the report."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for result in report.results:
            writer.writerows(_row(result, each) for each in result.measurements)
