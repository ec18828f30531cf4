"""A report tells where the processors gave less than they can."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dwconv.bench import steady
from dwconv.bench.steady import Steadiness


def looks(monkeypatch: pytest.MonkeyPatch, rates: Iterable[float]) -> list[str]:
    """The warnings after the processors gave these rates, one a look."""
    left = list(rates)
    count = len(left)
    monkeypatch.setattr(steady._core, "measure_multiply_add", lambda **_: [left.pop(0)])
    steadiness = Steadiness(2)
    for _ in range(count):
        steadiness.look()
    assert not left
    return steadiness.warnings()


def test_a_steady_host_is_not_mentioned(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks(monkeypatch, []) == []
    assert looks(monkeypatch, [100.0, 90.0, 86.0, 95.0]) == []
    assert looks(monkeypatch, [50.0] * 5 + [100.0] * 95) == []


def test_disturbed_looks_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = looks(monkeypatch, [84.0] * 6 + [100.0] * 94)
    assert text == "at 6 of 100 looks the processors gave less than 85% of what they can"


def test_a_single_better_moment_is_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks(monkeypatch, [*[50.0] * 20, 100.0, *[50.0] * 20]) == []
