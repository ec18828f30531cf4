"""Turns are held up while the processors give less than they can, but not for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from dwconv.bench import steady
from dwconv.bench.steady import Steadiness


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "_PAUSE_SECONDS", 0.0)


def rates(monkeypatch: pytest.MonkeyPatch, values: Iterable[float]) -> Iterator[float]:
    """Has the processors give these rates, one a probe."""
    left = iter(values)
    monkeypatch.setattr(steady._core, "measure_multiply_add", lambda **_: [next(left)])
    return left


def test_waits_until_the_best_rate_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    left = rates(monkeypatch, [100.0, 50.0, 60.0, 84.0, 86.0, 100.0])
    steadiness = Steadiness(2)
    steadiness.begin_visit()
    steadiness.wait()
    steadiness.wait()
    assert list(left) == [100.0], "86 of 100 was good enough, 84 was not"


def test_a_single_better_moment_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    left = rates(monkeypatch, [*[50.0] * 20, 100.0, 50.0, 50.0])
    steadiness = Steadiness(2)
    steadiness.begin_visit()
    for _ in range(21):
        assert steadiness.steady()
    steadiness.wait()
    assert list(left) == [50.0]


def test_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "_MOST_SECONDS_A_VISIT", 0.001)
    rates(monkeypatch, [*[100.0] * steady._PROBES, *[50.0] * steady._PROBES])
    steadiness = Steadiness(2)
    for _ in range(steady._PROBES):
        assert steadiness.steady()
    steadiness.begin_visit()
    assert len(steadiness.tries()) > 1
    steadiness.wait()
    steadiness.wait()
    # The visit has no patience left: one try, and no waiting.
    assert len(steadiness.tries()) == 1


def test_disturbed_turns_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    steadiness = Steadiness(2)
    for turn in range(100):
        steadiness.count(turn >= 5)
    assert steadiness.warnings() == []
    steadiness.count(False)
    (text,) = steadiness.warnings()
    assert text.startswith("in 6 of 101 turns the processors gave less than 85%")
