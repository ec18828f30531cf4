"""`compare` finds what a change of the code did, and nothing where only the machine changed."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from dwconv.bench.reports import compare, show_comparison
from dwconv.bench.reports.comparison import ALL, Comparison
from dwconv.bench.results import Measurement, Report
from helpers.reports import report, with_rival

SPEEDS = {
    "dwconv": 1.0,
    "dwconv tiled": 1.1,
    "NumPy shifted adds": 35.0,
    "PyTorch": 7.5,
    "ONNX Runtime": 1.9,
}
# 3 % from turn to turn, and 4 % from one run to the next that its turns do not show.
NOISE = {"noise": 0.03, "noise_of_run": 0.04, "speeds": SPEEDS, "suites": ("mobilenet",)}


def slowed(base: Report, factor: float, *, rival: str = "dwconv", every: int = 1) -> Report:
    """The rival takes so many times longer on each case, or on every second one and so on."""
    for index, result in enumerate(base.results):
        if index % every == 0:
            old = result.of(rival)
            base = with_rival(base, index, replace(old, rounds=[[t * factor for t in old.turns]]))
    return base


def shown(comparison: Comparison) -> str:
    console = Console(file=io.StringIO(), width=160)
    show_comparison(comparison, console)
    return console.file.getvalue()


def test_noise_and_drift_are_no_change() -> None:
    alarms = 0
    for seed in range(20):
        before = report(4, seed=2 * seed, **NOISE)
        after = report(4, seed=2 * seed + 1, drift=1.4, **NOISE)
        found = compare(before, after, 1.0)
        assert found.drift == pytest.approx(1.4, rel=0.05)
        alarms += found.status
    # One in twenty is what the bound allows on the average; four would come once in sixty times.
    assert alarms <= 3


@pytest.mark.parametrize("drift", [0.7, 1.0, 1.4])
def test_slowed_build_is_flagged(drift: float) -> None:
    before = report(8, seed=1, **NOISE)
    after = slowed(report(8, seed=2, drift=drift, **NOISE), 2.0)
    found = compare(before, after)
    assert found.status == 1
    assert len([each for each in found.slower if each.case != ALL]) == len(before.results)
    whole = next(each for each in found.slower if each.case == ALL)
    # 4 % in each of two runs, of dwconv and of what it is judged by, over 16 cases: 2.3 % is one standard
    # error of the mean.
    assert whole.ratio == pytest.approx(2.0, rel=3 * 0.023)
    # The reverse is a gain, and no failure.
    gained = compare(after, before)
    assert gained.status == 0
    assert {each.verdict for each in gained.changes if each.rival == "dwconv"} == {"faster"}


def test_slowed_case_alone_is_flagged() -> None:
    before = report(8, seed=3, **NOISE)
    found = compare(before, slowed(report(8, seed=4, **NOISE), 2.0, every=100))
    result = before.results[0].case
    assert [(each.case, each.rival) for each in found.slower] == [
        (f"mobilenet {result.name}", "dwconv")
    ]
    assert f"{result.name}" in shown(found)


def test_small_slowness_everywhere_shows_in_the_mean() -> None:
    before = report(8, seed=5, **NOISE)
    found = compare(before, slowed(report(8, seed=6, **NOISE), 1.15), 1.05)
    assert (ALL, "dwconv") in [(each.case, each.rival) for each in found.slower]
    assert len(found.slower) < len(before.results) / 2


def test_threshold_lets_pass_what_is_no_noise() -> None:
    before = report(8, seed=1, **NOISE)
    after = slowed(report(8, seed=2, **NOISE), 1.5)
    found = compare(before, after, threshold=2.0)
    assert found.status == 0
    assert "slower, below the threshold" in shown(found)
    with pytest.raises(ValueError, match="threshold"):
        compare(before, after, 0.9)


@pytest.mark.parametrize("version", ["2.9.0", "3.0"])
def test_slowed_peer_is_no_change_of_dwconv(version: str) -> None:
    before = report(8, seed=7, **NOISE)
    after = slowed(report(8, seed=8, **NOISE), 1.8, rival="PyTorch")
    found = compare(before, replace(after, versions={**after.versions, "PyTorch": version}))
    assert found.status == 0
    changed = {each.rival for each in found.changes if each.verdict}
    # One of three references that changes on its own makes all look noisy; as a newer version it is seen.
    assert changed == (set() if version == "2.9.0" else {"PyTorch"})


def test_peer_of_another_version_is_no_reference() -> None:
    before, after = (report(4, seed=seed, **NOISE) for seed in (9, 10))
    assert compare(before, after).references == ["NumPy shifted adds", "PyTorch", "ONNX Runtime"]
    newer = replace(after, versions={**after.versions, "PyTorch": "3.0"})
    assert compare(before, newer).references == ["NumPy shifted adds", "ONNX Runtime"]


def test_without_references_drift_is_told() -> None:
    alone = {**NOISE, "speeds": {"dwconv": 1.0}}
    found = compare(report(2, seed=1, **alone), report(2, seed=2, drift=3.0, **alone))
    assert found.status == 1
    assert "the drift of the machine counts as a change" in shown(found)


def test_broken_build_fails() -> None:
    before = report(2, seed=1, **NOISE)
    after = with_rival(before, 1, Measurement("dwconv", "wrong", "error 7"))
    found = compare(before, after)
    assert found.status == 1
    assert f"dwconv on {before.results[1].case.name} was timed and is wrong now: error 7" in shown(
        found
    )
    assert compare(after, before).status == 0


def test_a_report_is_the_same_as_itself() -> None:
    same = report(2, **NOISE)
    found = compare(same, same)
    assert found.status == 0
    assert {each.ratio for each in found.changes} == {1.0}
    assert "dwconv is not slower beyond the threshold of 1.10." in shown(found)
    bound = next(each.bound for each in found.changes if each.rival == "dwconv")
    # The bounds of the cases differ by the scatter of their turns, here some per cent.
    told = re.search(r"below a factor of (\d\.\d+) would", shown(found))
    assert float(told[1]) == pytest.approx(bound, rel=0.05)


def test_what_differs_is_told() -> None:
    before, after = report(3, seed=1, **NOISE), report(2, seed=2, **NOISE)
    other = replace(after, machine=replace(after.machine, isa="SSE4.1", busy=["a compiler"]))
    text = " ".join(shown(compare(before, other)).split())
    assert "Another instruction set: AVX2, then SSE4.1." in text
    assert "busy in the second run: a compiler" in text
    assert f"In the first run alone: {before.results[2].case.name}" in text
    elsewhere = report(2, **{**NOISE, "suites": ("tiny",)})
    with pytest.raises(ValueError, match="no case was timed in both"):
        compare(before, elsewhere)
