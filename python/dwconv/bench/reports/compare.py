"""What became faster or slower from one report to another."""

from __future__ import annotations

import math
import statistics

from dwconv.bench.reports.comparison import ALL, Change, Comparison
from dwconv.bench.reports.names import is_ours, is_peer, rivals
from dwconv.bench.reports.noise import Noise, log_turns, variance_of_median
from dwconv.bench.results import Case, CaseResult, Measurement, Report


def _version_changed(rival: str, a: Report, b: Report) -> bool:
    """Whether a version under its name differs: of 'torch' for 'PyTorch channels_last'."""
    text = rival.lower().replace(" ", "")
    names = [name for name in {*a.versions, *b.versions} if name.lower().replace(" ", "") in text]
    return any(a.versions.get(name) != b.versions.get(name) for name in names)


def _timed(result: CaseResult) -> dict[str, Measurement]:
    return {each.rival: each for each in result.measurements if each.timed}


def _step(
    rival: str, before: dict[str, Measurement], after: dict[str, Measurement], references: set[str]
) -> tuple[float, float]:
    """The logarithm of the change beside the references other than itself, and its variance."""
    others = sorted((references & before.keys() & after.keys()) - {rival})
    medians, variance = [], 0.0
    for timed in (before, after):
        turns = log_turns(timed[rival].turns, [timed[each].turns for each in others])
        medians.append(statistics.median(turns))
        variance += variance_of_median(turns)
    return medians[1] - medians[0], variance


def _broken(before: CaseResult, after: CaseResult) -> list[str]:
    return [
        f"{each.rival} on {after.case.name} was timed and is {each.status} now: {each.reason}"
        for each in after.measurements
        if is_ours(each.rival)
        and each.status in ("wrong", "failed")
        and (old := before.of(each.rival)) is not None
        and old.timed
    ]


def _remarks(a: Report, b: Report, common: list[Case], references: list[str]) -> list[str]:
    remarks = []
    for name, one, other in (
        ("processor", a.machine.processor, b.machine.processor),
        ("instruction set", a.machine.isa, b.machine.isa),
        ("governor", a.machine.governor, b.machine.governor),
        ("number of threads", str(a.threads), str(b.threads)),
    ):
        if one != other:
            remarks.append(f"Another {name}: {one}, then {other}.")
    for which, report in (("first", a), ("second", b)):
        remarks += [
            f"The machine was busy in the {which} run: {each}" for each in report.machine.busy
        ]
        alone = [each.case.name for each in report.results if each.case not in common]
        if alone:
            remarks.append(f"In the {which} run alone: {', '.join(alone)}.")
    if not references:
        remarks.append(
            "No rival of the same version is in both runs: the drift of the machine counts as a change."
        )
    return remarks


def compare(a: Report, b: Report, threshold: float = 1.10) -> Comparison:
    """Compares two runs, case by case and rival by rival.

    Times drift from run to run by more than code changes them, with the frequency of the processor and
    what else runs on the machine; within a run the rivals take turns, so drift hits all alike. So a time
    is taken turn by turn in units of the *references*, the median of those peers whose version is the
    same in both runs, and the medians of these are compared. A rival is never its own reference.

    What is left is noise of two kinds. That between turns shows in their scatter. That between runs
    (another process, other addresses) does not show within a run at all, but the references show it:
    their code did not change, so what they changed beside each other is that noise (`Noise.of`). A
    change is one where it exceeds the bound of Student's t for both kinds together, so wide that two
    runs of the same code raise a false alarm in one comparison of twenty, however many cases there are.
    The geometric mean over all cases is judged in the same way, and finds what is small and everywhere.

    Parameters
    ----------
    a, b : Report
        The first run and the second.
    threshold : float
        How many times slower, beyond the noise, dwconv may become before `Comparison.status` is 1.

    Raises
    ------
    ValueError
        Where no case was timed in both runs, or the threshold is below 1.
    """
    if threshold < 1:
        raise ValueError(f"argument `threshold`: expected at least 1, got {threshold}")
    after_by_case = {each.case: each for each in b.results}
    pairs = [(each, after_by_case[each.case]) for each in a.results if each.case in after_by_case]
    timed = [(before.case, _timed(before), _timed(after)) for before, after in pairs]
    common = rivals([before for before, _ in pairs])
    references = [
        each
        for each in common
        if is_peer(each)
        and not _version_changed(each, a, b)
        and any(each in before and each in after for _, before, after in timed)
    ]
    steps: dict[tuple[Case, str], tuple[float, float]] = {}
    observed: list[float] = []
    drifts: list[float] = []
    for case, before, after in timed:
        here = set(references) & before.keys() & after.keys()
        for rival in before.keys() & after.keys():
            steps[case, rival] = _step(rival, before, after, set(references))
        if len(here) > 1:
            observed += [steps[case, each][0] for each in sorted(here)]
        drifts += [math.log(after[each].time / before[each].time) for each in here]
    if not steps:
        raise ValueError("no case was timed in both reports")
    noise = Noise.of(observed)
    return Comparison(
        threshold=threshold,
        changes=_changes(steps, common, references, noise),
        noise=noise,
        references=references,
        drift=math.exp(statistics.median(drifts)) if drifts else 1.0,
        broken=[each for before, after in pairs for each in _broken(before, after)],
        remarks=_remarks(a, b, [before.case for before, _ in pairs], references),
    )


def _changes(
    steps: dict[tuple[Case, str], tuple[float, float]],
    names: list[str],
    references: list[str],
    noise: Noise,
) -> list[Change]:
    """Those of every case, then those of all cases together."""
    own = {name: [step for (_, rival), step in steps.items() if rival == name] for name in names}
    own = {name: each for name, each in own.items() if each}
    means = {name: statistics.fmean(step for step, _ in each) for name, each in own.items()}
    known = [means[name] for name in references] if len(references) > 1 else []
    comparisons = len(steps) + len(own)
    changes = [
        Change(
            f"{case.suite} {case.name}",
            rival,
            math.exp(step),
            math.exp(noise.bound(variance, comparisons)),
        )
        for (case, rival), (step, variance) in steps.items()
    ]
    for name, each in own.items():
        # Noise of the cases is taken to be independent, unless the means of the references say otherwise.
        noise_of_mean = Noise.of(known, noise.deviation / math.sqrt(len(each)))
        variance = statistics.fmean(variance for _, variance in each) / len(each)
        bound = noise_of_mean.bound(variance, comparisons)
        changes.append(Change(ALL, name, math.exp(means[name]), math.exp(bound)))
    return changes
