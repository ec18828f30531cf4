"""A run of the benchmark: turns, and rivals that are wrong, absent, dead or late."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest

import dwconv
from dwconv.bench.options import Options
from dwconv.bench.results import Case, CaseResult, Measurement
from dwconv.bench.runner import Runner
from helpers import odd_rivals

FILE = odd_rivals.__file__
CASES = [Case("test", "n1c3i9x8k3x3p1", "NCHW"), Case("test", "n2c2i7x7k3x3s2p1", "NHWC")]


def run(
    *rivals: str, cases: list[Case] = CASES[:1], **options: float | int
) -> tuple[list[CaseResult], Runner]:
    keywords = {"turns": 3, "rounds": 1, "seconds": 0.002, "patience": 30.0, **options}
    chosen = Options(peers=(), files=(FILE,), rivals=rivals, threads=1, **keywords)
    with Runner(chosen) as runner:
        return list(runner.run(cases)), runner


def one(rival: str, **options: float) -> Measurement:
    (result,), _ = run("dwconv", rival, **options)
    base, odd = result.measurements
    # Whatever the rival does, dwconv is measured beside it.
    assert base.timed, base.reason
    assert len(base.turns) == 3
    return odd


def test_right_rivals_are_timed() -> None:
    results, runner = run("dwconv", "dwconv out=", "right", cases=CASES)
    assert [result.case for result in results] == CASES
    for result in results:
        assert [each.rival for each in result.measurements] == ["dwconv", "dwconv out=", "right"]
        for each in result.measurements:
            assert each.status == "timed", each.reason
            assert len(each.turns) == 3
            assert all(0 < time < 1 for time in each.turns)
            assert each.first_call is not None
            assert each.first_call > 0
            assert each.error is not None
            assert 0 < each.error < 0.5
        assert result.measurements[0].detail.split()[0] in ("direct", "tiled", "planar")
        assert result.ratio("right", "dwconv") is not None
    assert {"dwconv", "oneDNN", "right"} <= set(runner.versions)


@pytest.mark.parametrize(
    ("rival", "reason"),
    [
        ("one element off", "times the error accepted"),
        ("not finite", "not finite"),
        ("other shape", "not of the right shape"),
    ],
)
def test_a_wrong_result_is_not_timed(rival: str, reason: str) -> None:
    wrong = one(rival)
    assert wrong.status == "wrong"
    assert reason in wrong.reason
    assert wrong.turns == []


@pytest.mark.parametrize(
    ("rival", "status", "reason"),
    [
        ("raises", "failed", "RuntimeError: no good"),
        ("raises later", "failed", "no good any more"),
        ("dies", "failed", "SIGSEGV"),
        ("dies at import", "failed", "libsomething.so: cannot be loaded"),
        ("unable", "skipped", "cannot do it"),
        ("absent", "missing", "no_module_of_this_name is not installed"),
        ("talkative", "timed", ""),
        ("unforked", "timed", ""),
    ],
)
def test_a_rival_that_fails_does_not_end_the_run(rival: str, status: str, reason: str) -> None:
    odd = one(rival)
    assert odd.status == status, odd.reason
    assert reason in odd.reason
    assert len(odd.turns) == (3 if status == "timed" else 0)


def test_a_hanging_rival_has_failed_and_is_ended() -> None:
    results, _ = run("hangs", "dwconv", cases=CASES, patience=1.0)
    for result in results:
        hanging = result.of("hangs")
        assert hanging is not None
        assert (hanging.status, hanging.reason) == ("failed", "it gave no answer within 1 s")
        base = result.of("dwconv")
        assert base is not None
        assert base.timed


def test_a_slow_rival_is_skipped() -> None:
    slow = one("slow", most_seconds=0.1)
    assert slow.status == "skipped"
    assert slow.reason.startswith("a call takes 0.3 s")


def test_turns_go_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv(odd_rivals.LOG, str(log))
    names = ["noted a", "noted b", "noted c"]
    run(*names)
    seen = [name for name, _ in itertools.groupby(log.read_text().splitlines())]
    # Once to be compared, then once a turn.
    assert seen == names * 4


def test_rounds_go_over_all_cases_in_new_processes() -> None:
    visits, _ = run("dwconv", "witness", "raises", cases=CASES, turns=2, rounds=3)
    assert [visit.case for visit in visits] == CASES * 3
    pids = set()
    for index, visit in enumerate(visits):
        rounds = index // len(CASES) + 1
        base, witness, raising = map(visit.of, ("dwconv", "witness", "raises"))
        assert [len(turns) for turns in base.rounds] == [2] * rounds
        assert [len(turns) for turns in witness.rounds] == [2] * rounds
        assert (raising.status, raising.rounds) == ("failed", [])
        pids.add(json.loads(witness.detail)["pid"])
    assert len(pids) == len(visits)
    for first, last in zip(visits[:-2], visits[2:], strict=True):
        assert last.of("witness").rounds[:-1] == first.of("witness").rounds
        assert last.of("witness").error == first.of("witness").error


def test_a_turn_is_the_best_of_its_rounds() -> None:
    each = Measurement("a", "timed", rounds=[[3.0, 8.0], [4.0, 6.0], [5.0, 7.0]])
    assert each.turns == [3.0, 6.0]
    assert each.time == 4.5
    assert each.median == 5.5  # of 3, 4, 5, 6, 7 and 8


def test_workers_are_pinned_and_bare() -> None:
    results, _ = run("witness", cases=CASES)
    seen = [json.loads(result.measurements[0].detail) for result in results]
    for each in seen:
        assert each["processors"] == [min(os.sched_getaffinity(0))]
        assert each["threads"] == "1"
        # dwconv's own libraries are not in its rivals' processes.
        assert not each["whole"]
    assert seen[0]["pid"] != seen[1]["pid"], "each case has a process of its own"


def test_the_runner_gives_processors_and_threads_back() -> None:
    before = os.sched_getaffinity(0), dwconv.get_num_threads()
    run("right")
    assert (os.sched_getaffinity(0), dwconv.get_num_threads()) == before


def test_arrays_that_do_not_fit_at_once_are_made_for_each_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dwconv.bench.runner.available_memory", lambda: 0)
    (result,), _ = run("dwconv", "right", "one element off")
    assert [each.status for each in result.measurements] == ["timed", "timed", "wrong"]
    assert len(result.measurements[0].turns) == 3
