"""How far two runs of the same code differ, and when a difference is more than that."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

#: Before anything is known of two runs, a ratio is taken to repeat within 10 % nine times out of ten:
#: what the benchmark promises, as the standard deviation of a logarithm.
PRIOR_DEVIATION = math.log(1.10) / stats.norm.ppf(0.95)
#: How many observed changes that promise weighs as much as: a few references on a few cases outweigh it.
PRIOR_WEIGHT = 10
#: How often a comparison of two runs of the same code may find any change at all.
FALSE_ALARM = 0.05


def log_turns(times: Sequence[float], references: Sequence[Sequence[float]]) -> list[float]:
    """Logarithms of the times turn by turn, in units of the references' median time of that turn.

    With no references, of the times in seconds.
    """
    logs = [math.log(each) for each in times]
    if not references:
        return logs
    turns = zip(*references, strict=True)
    common = [statistics.median(math.log(each) for each in turn) for turn in turns]
    return [own - other for own, other in zip(logs, common, strict=True)]


def variance_of_median(values: Sequence[float]) -> float:
    """The square of the standard error of the median of these turns.

    π/2 · σ²/n for the median of normal values, σ from the median distance to the median, which a
    single disturbed turn does not move.
    """
    if len(values) < 3:
        return 0.0
    sigma = stats.median_abs_deviation(values, scale="normal")
    return float(math.pi / 2 * sigma**2 / len(values))


@dataclass(frozen=True)
class Noise:
    """Of the logarithm of one rival's change on one case from one run to another."""

    deviation: float
    freedom: int
    """Degrees of freedom of the deviation."""
    observed: int
    """Changes of references that it comes from."""

    @classmethod
    def of(cls, changes: Sequence[float], prior: float = PRIOR_DEVIATION) -> Noise:
        """From the changes of rivals whose code is the same in both runs.

        Those changes are noise and nothing else, of just the kind that is in question: another process,
        other addresses, another hour. A few large ones among them count little.
        """
        count = len(changes)
        seen = stats.median_abs_deviation(changes, center=_zero, scale="normal") if count else 0.0
        squares = PRIOR_WEIGHT * prior**2 + count * seen**2
        freedom = PRIOR_WEIGHT + count
        return cls(math.sqrt(squares / freedom), freedom, count)

    def bound(self, variance: float, comparisons: int) -> float:
        """The change, as a logarithm, beyond which it is no noise.

        `variance` is that of the turns within both runs. The bound is wide enough for all comparisons
        together to raise no more than `FALSE_ALARM` false alarms (Bonferroni).
        """
        quantile = stats.t.ppf(1 - FALSE_ALARM / (2 * max(comparisons, 1)), self.freedom)
        return float(quantile * math.sqrt(self.deviation**2 + variance))


def _zero(values: Sequence[float], axis: int | None = None) -> float:
    """The centre of the changes of code that is the same."""
    return 0.0
