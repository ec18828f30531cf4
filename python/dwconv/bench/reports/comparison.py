"""What a comparison of two reports found."""

from __future__ import annotations

from dataclasses import dataclass, field

from dwconv.bench.reports.names import is_ours
from dwconv.bench.reports.noise import Noise

#: In the place of a case.
ALL = "all cases"


@dataclass(frozen=True)
class Change:
    """Of one rival on one case, or on all together."""

    case: str
    rival: str
    ratio: float
    """Time in the second run over that in the first, the drift of the machine taken out."""
    bound: float
    """The ratio up to which it may be noise, above 1."""

    @property
    def verdict(self) -> str:
        """'slower', 'faster' or, where it may be noise, ''."""
        if self.ratio > self.bound:
            return "slower"
        return "faster" if self.ratio < 1 / self.bound else ""


@dataclass(frozen=True)
class Comparison:
    """Of two runs."""

    threshold: float
    changes: list[Change]
    noise: Noise
    references: list[str]
    """The rivals by which the drift of the machine was taken out."""
    drift: float
    """The time of the references in the second run over that in the first."""
    broken: list[str] = field(default_factory=list)
    """What was timed in the first run and is wrong or failed in the second."""
    remarks: list[str] = field(default_factory=list)
    """What makes the runs hard to compare."""

    @property
    def slower(self) -> list[Change]:
        """What dwconv lost: beyond the noise and beyond the threshold."""
        return [
            each
            for each in self.changes
            if is_ours(each.rival) and each.verdict == "slower" and each.ratio > self.threshold
        ]

    @property
    def status(self) -> int:
        """The exit status: 1 where dwconv became slower or broke, else 0."""
        return 1 if self.slower or self.broken else 0
