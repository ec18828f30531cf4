"""Times calls in this process."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

#: A sample shorter than this has too much of the clock in it; short calls are timed several at once.
_SHORTEST_SAMPLE = 20e-6
#: Of the calls of a turn.
_DECILE = 0.1
#: Of the time of a turn, to bring caches, clocks and thread pools up again.
_WARM_UP = 0.25


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that one call takes, and what it returns."""
    start = perf_counter()
    result = call()
    return perf_counter() - start, result


def _seconds(call: Callable[[], Any], calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - start) / calls


def turn(call: Callable[[], Any], seconds: float) -> float:
    """The time of a warm call: the low decile of as many as fit into about so many seconds; one at least.

    What holds single calls up on a shared host is not the library's.
    """
    gc.collect()
    gc.disable()
    try:
        start = perf_counter()
        once = _seconds(call, 1)
        while once < seconds and perf_counter() - start < _WARM_UP * seconds:
            once = min(once, _seconds(call, 1))
        calls = max(math.ceil(_SHORTEST_SAMPLE / once), 1)
        samples: list[float] = []
        start = perf_counter()
        while not samples or perf_counter() - start < (1 - _WARM_UP) * seconds:
            samples.append(_seconds(call, calls))
        return float(np.quantile(samples, _DECILE))
    finally:
        gc.enable()
