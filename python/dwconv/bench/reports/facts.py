"""Where, when and how a report was measured, in words."""

from __future__ import annotations

from dwconv.bench.reports.figures import amount, binary, digits, plural
from dwconv.bench.reports.names import BASE
from dwconv.bench.reports.summary import losses, undecided, untimed
from dwconv.bench.results import Report

#: What the columns mean, for those who see a report for the first time.
METHOD = (
    "Each rival runs in a process of its own, on the same processors with the same number of threads, one at a time "
    "and in turns. Each case comes in several rounds, minutes apart and in new processes. The time of a turn in a "
    "round is that which nine of ten of its calls exceed; the time of a turn is the best of its rounds, and a "
    "rival's time the median of its turns. Median, low quartile and spread are of all turns of all rounds. Ratios "
    "are medians of the ratios turn by turn; means of ratios are geometric. / dwconv: the rival's time over that of "
    "the plain dwconv call, so above 1 dwconv is faster. / limit: the time over the least that this machine needs, "
    "which is the larger of a copy of the same bytes and of the same multiply-adds at peak, plus an empty call. A "
    "result counts only after it was compared with a float64 reference. First calls are those of a new process and "
    "in no other figure. Rivals that write into a given array (out=) and parts of calls (invoke) stand apart and "
    "count neither as won nor as lost."
)


def versions(report: Report) -> str:
    """'dwconv 0.1.0, NumPy 2.4.6'."""
    return ", ".join(f"{name} {version}" for name, version in report.versions.items())


def machine(report: Report) -> list[tuple[str, str]]:
    """Names and values of all that was on record of the machine and the run."""
    here = report.machine
    caches = ", ".join(f"{name} {binary(size)}" for name, size in here.caches.items())
    rates = {size: f"{digits(rate / 1e9)} GB/s" for size, rate in report.copy_bandwidth.items()}
    bandwidth = ", ".join(f"{rates[size]} at {amount(size)}" for size in sorted(rates))
    return [
        ("measured", report.created),
        ("command", report.command),
        ("processor", here.processor),
        ("processors used", f"{here.processors}, {plural(report.threads, 'thread')}"),
        ("caches", caches or "unknown"),
        ("memory", binary(here.memory)),
        ("governor", here.governor),
        ("system", here.system),
        ("instruction set", here.isa),
        ("load before, after", f"{here.load_before:.2f}, {here.load_after:.2f}"),
        ("copy bandwidth", bandwidth or "not measured"),
        ("multiply-add peak", f"{digits(report.fma_peak / 1e9)} GFLOP/s"),
        ("versions", versions(report)),
    ]


def warnings(report: Report) -> list[str]:
    """What makes the figures less trustworthy."""
    return [f"The machine was busy: {each}" for each in report.machine.busy]


def verdicts(report: Report) -> list[str]:
    """One line for each case that dwconv lost or could not be timed on, and how many there are."""
    results = report.results
    lost, failed = losses(results), undecided(results)
    lines = [f"{plural(len(lost), 'case')} lost of {len(results)}" + (":" if lost else ".")]
    for each in lost:
        lines.append(
            f"{each.result.case.suite} {each.result.case.name}: lost to {each.peer}, "
            f"{digits(each.ratio)} of {BASE}'s time"
        )
    for result in failed:
        base = result.of(BASE)
        if base is not None:
            lines.append(
                f"{result.case.suite} {result.case.name}: {BASE} {base.status}: {base.reason}"
            )
    return lines


def absences(report: Report) -> list[str]:
    """One line for each rival, status and reason for which there is no time."""
    lines = []
    for each in untimed(report.results):
        took_part = sum(result.of(each.rival) is not None for result in report.results)
        everywhere = len(each.cases) == took_part
        where = "" if everywhere else f" on {plural(len(each.cases), 'case')}"
        few = f" ({', '.join(each.cases)})" if not everywhere and len(each.cases) <= 3 else ""
        lines.append(f"{each.rival}: {each.status}{where}{few}: {each.reason or 'no reason given'}")
    return lines
