"""Whether the processors give what they can: on a shared host they may give half of it for seconds.

The system does not see that as load. A millisecond of multiply-adds on all threads before and after a turn
does: it takes twice as long then. What they can is what they gave in the best tenth of the last probes:
a single one may be better than any other, when a core had its neighbours' power for a moment.
"""

from __future__ import annotations

import statistics
import time
from collections import deque

import numpy as np

from dwconv import _core

_PROBE_SECONDS = 0.001
_PAUSE_SECONDS = 0.05
#: Probes that are remembered, and the part of them that tells what the processors can give.
_PROBES = 2000
_BEST = 0.9
#: Of what they can give; clocks and caches alone make it vary by some per cent.
_STEADY_SHARE = 0.85
#: What a visit to a case may be held up by in all: hosts are slow for minutes, too, which the rounds are for.
_MOST_SECONDS_A_VISIT = 1.0
#: A turn that was disturbed is taken again so often.
_TRIES = 3


class Steadiness:
    """Holds turns up while the processors give less than they did before."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._rates: deque[float] = deque(maxlen=_PROBES)
        self._left = 0.0
        self._turns = self._disturbed = 0

    def begin_visit(self) -> None:
        """Allows for the share of waiting that a visit to a case has."""
        self._left = _MOST_SECONDS_A_VISIT

    def steady(self) -> bool:
        """Whether the processors now give nearly what they can."""
        rates = _core.measure_multiply_add(threads=self._threads, seconds=_PROBE_SECONDS)
        rate = statistics.median(rates)
        self._rates.append(rate)
        return rate >= _STEADY_SHARE * float(np.quantile(self._rates, _BEST, method="higher"))

    def wait(self) -> None:
        """Returns when they do, or when the visit has been held up for long enough."""
        start = time.monotonic()
        while not self.steady() and time.monotonic() - start < self._left:
            time.sleep(_PAUSE_SECONDS)
        self._left = max(self._left - (time.monotonic() - start), 0.0)

    def tries(self) -> range:
        """How often a turn may be taken; each time `wait` comes first."""
        return range(_TRIES if self._left > 0 else 1)

    def count(self, undisturbed: bool) -> None:
        """Notes how a turn ended up."""
        self._turns += 1
        self._disturbed += not undisturbed

    def warnings(self) -> list[str]:
        """What a reader of the times must know."""
        if self._disturbed <= 0.05 * self._turns:
            return []
        return [
            f"in {self._disturbed} of {self._turns} turns the processors gave less than "
            f"{_STEADY_SHARE:.0%} of what they can"
        ]
