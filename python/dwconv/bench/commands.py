"""What ``python -m dwconv bench`` can be told to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from dwconv.bench import reports
from dwconv.bench.machine import Watch
from dwconv.bench.options import Options
from dwconv.bench.results import Case, CaseResult, Report
from dwconv.bench.rivals import OURS
from dwconv.bench.runner import Runner


def measure(cases: Sequence[Case], options: Options, command: str) -> Report:
    """Measures all cases, with a view of it on the terminal."""
    created = datetime.now(timezone.utc).astimezone().isoformat(timespec="seconds")
    watch = Watch(options.processors)
    results: dict[Case, CaseResult] = {}
    with Runner(options) as runner:
        steps = len(cases) * len(runner.rivals) * options.turns * options.rounds
        with reports.live(steps) as view:
            for count, result in enumerate(runner.run(cases, view.step), 1):
                results[result.case] = result
                view.result(result, last=count > len(cases) * (options.rounds - 1))
    machine = watch.machine()
    return Report(
        created=created,
        command=command,
        threads=options.threads,
        machine=replace(machine, busy=[*machine.busy, *runner.warnings()]),
        versions=runner.versions,
        copy_bandwidth=runner.limits.bandwidths,
        fma_peak=runner.limits.fma_peak,
        results=list(map(runner.with_final_limits, results.values())),
    )


def deliver(report: Report, forms: reports.Forms) -> int:
    """Shows a report and saves it in the forms asked for; the exit status."""
    reports.show(report)
    reports.save(report, forms)
    all_measurements = (each for result in report.results for each in result.measurements)
    ours = [each for each in all_measurements if each.rival.split()[0] == OURS]
    return int(any(each.status in ("wrong", "failed") for each in ours))


def compare_reports(before: Path, after: Path, threshold: float) -> int:
    """Shows what changed between two reports; the exit status."""
    comparison = reports.compare(Report.read(before), Report.read(after), threshold)
    reports.show_comparison(comparison)
    return comparison.status


def explain_cases(cases: Sequence[Case], options: Options) -> int:
    """Explains cases, with the time of dwconv alone; the exit status."""
    with Runner(replace(options, peers=(), files=(), rivals=(OURS,), rounds=1)) as runner:
        for result in runner.run(cases):
            ours = result.measurements[0]
            if not ours.timed:
                raise ValueError(f"{result.case.name}: {ours.status}, {ours.reason}")
            strategy, _, kernels = ours.detail.removesuffix("]").partition(" [")
            numbers = (result.flops, result.nbytes, result.limit, ours.time)
            reports.explain(result.case, *numbers, strategy, kernels)
    return 0
