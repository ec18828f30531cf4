"""Whether the processors give what they can: on a shared host they may give half of it for seconds.

The system does not see that as load. A millisecond of multiply-adds on all threads does: it takes twice as
long then. What they can is what they gave in the best tenth of all looks: a single one may be better than
any other, when a core had its neighbours' power for a moment.
"""

from __future__ import annotations

import statistics

import numpy as np

from dwconv import _core

_SECONDS = 0.001
_BEST = 0.9
#: Of what they can give; clocks and caches alone make it vary by some per cent.
_STEADY_SHARE = 0.85
#: Of all looks, that may find less than that without a word.
_UNTOLD_SHARE = 0.05


class Steadiness:
    """Looks at the processors now and then, and tells how often they gave less than they can."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._rates: list[float] = []

    def look(self) -> None:
        """Notes what the processors give now."""
        rates = _core.measure_multiply_add(threads=self._threads, seconds=_SECONDS)
        self._rates.append(statistics.median(rates))

    def warnings(self) -> list[str]:
        """What a reader of the times must know."""
        if not self._rates:
            return []
        rates = np.array(self._rates)
        least = _STEADY_SHARE * np.quantile(rates, _BEST, method="higher")
        disturbed = int(np.count_nonzero(rates < least))
        if disturbed <= _UNTOLD_SHARE * len(rates):
            return []
        return [
            f"at {disturbed} of {len(rates)} looks the processors gave less than "
            f"{_STEADY_SHARE:.0%} of what they can"
        ]
