"""How the scripts beside this one take times: of one call again and again, or of several in turns.

Needs NumPy alone, as a rival's process in an environment of its own uses it too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any

import numpy as np


def milliseconds(call: Callable[[], Any]) -> float:
    """Of one call."""
    start = perf_counter()
    call()
    return (perf_counter() - start) * 1e3


def samples(
    call: Callable[[], Any], seconds: float, least: int = 1, before: int = 1
) -> list[float]:
    """Milliseconds of calls one after the other: at least so many, behind some that do not count."""
    for _ in range(before):
        call()
    found: list[float] = []
    end = perf_counter() + seconds
    while perf_counter() < end or len(found) < least:
        found.append(milliseconds(call))
    return found


def in_turns(
    calls: Mapping[str, Callable[[], Any]], seconds: float, least: int = 5, before: int = 0
) -> dict[str, list[float]]:
    """Milliseconds of calls that take turns: at least so many turns in all these seconds.

    In a turn, so many calls come `before` the one that counts: what another has left in the caches is of no
    use to this one.
    """
    found: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    end = perf_counter() + seconds
    turns = 0
    while perf_counter() < end or turns < least:
        turns += 1
        for name, call in calls.items():
            found[name] += samples(call, 0, before=before)
    return found


def lower_quartile(found: Iterable[float]) -> float:
    """What counts of many samples: others had a part of the machine in the slower ones."""
    return float(np.quantile([*found], 0.25))


def lower_quartiles(found: Mapping[Any, Iterable[float]]) -> dict[Any, float]:
    return {name: lower_quartile(each) for name, each in found.items()}


def geometric_mean(ratios: Iterable[float]) -> float:
    return math.exp(float(np.mean(np.log([*ratios]))))
