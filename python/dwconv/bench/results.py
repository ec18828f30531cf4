"""What a run of the benchmark measured: plain values that go to a JSON file and come back."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

#: timed: its result was compared with the reference, then it was timed. wrong: the comparison failed,
#: so it was not timed. skipped: the rival cannot do this case, or it would take too long. missing: not
#: installed. failed: it raised, or its process died.
Status = Literal["timed", "wrong", "skipped", "missing", "failed"]


@dataclass(frozen=True)
class Case:
    """A problem and the layout of its arrays."""

    suite: str
    problem: str
    """As `Plan.problem` writes it: 'n1c32i112x112k3x3p1'."""
    layout: str

    @property
    def name(self) -> str:
        return f"{self.problem} {self.layout}"


@dataclass(frozen=True)
class Measurement:
    """One rival on one case. Times are in seconds."""

    rival: str
    status: Status
    reason: str = ""
    """Why it was not timed."""
    error: float | None = None
    """The largest error of its result, as a fraction of the error that is accepted."""
    first_call: float | None = None
    """The first call in a new process, with all that it makes ready; the import is not in it."""
    rounds: list[list[float]] = field(default_factory=list)
    """The time of a warm call in each round, turn by turn: that which nine of ten of its calls exceed."""
    detail: str = ""
    """What ran: for dwconv 'tiled [brdgmm_dw:avx2]'."""

    @property
    def timed(self) -> bool:
        return self.status == "timed"

    @property
    def turns(self) -> list[float]:
        """The time of each turn: the best of its rounds.

        Many libraries have a fast and a slow state, by the addresses that a process happened to get, and
        hosts have slow minutes. What all rounds show at best is the library's own, and repeats.
        """
        return [min(times) for times in zip(*self.rounds, strict=True)]

    @property
    def time(self) -> float:
        """The median of the turns."""
        return statistics.median(self.turns)

    @property
    def median(self) -> float:
        """Of all times, as they came."""
        return self.quartiles[1]

    @property
    def low_quartile(self) -> float:
        """Of all times, as they came."""
        return self.quartiles[0]

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Of all times, as they came."""
        times = [time for turns in self.rounds for time in turns]
        if len(times) == 1:
            return (times[0],) * 3
        low, middle, high = statistics.quantiles(times, n=4, method="inclusive")
        return low, middle, high

    @property
    def spread(self) -> float:
        """The distance between the quartiles as a fraction of the median."""
        low, middle, high = self.quartiles
        return (high - low) / middle


@dataclass(frozen=True)
class Limit:
    """The least time, in seconds, that this machine needs for a case: the larger of the two bounds."""

    copy: float
    """The best of memcpy and of a plain read-and-write loop over the case's own source and destination
    bytes, with buffers of those very sizes and the same threads."""
    fma: float
    """The case's operations over the measured peak of multiply-adds with the same threads."""
    call: float
    """An empty call."""

    @property
    def seconds(self) -> float:
        return max(self.copy, self.fma) + self.call

    @property
    def bound(self) -> Literal["copy", "fma"]:
        return "copy" if self.copy >= self.fma else "fma"


@dataclass(frozen=True)
class CaseResult:
    """All rivals on one case, measured in turns."""

    case: Case
    flops: int
    nbytes: int
    limit: Limit
    measurements: list[Measurement]

    def of(self, rival: str) -> Measurement | None:
        """The measurement of a rival, where it was among them."""
        return next((each for each in self.measurements if each.rival == rival), None)

    def ratio(self, rival: str, base: str) -> float | None:
        """How many times longer `rival` took than `base`: the median of the ratios turn by turn.

        None where either was not timed.
        """
        above, below = self.of(rival), self.of(base)
        if above is None or below is None or not above.timed or not below.timed:
            return None
        return statistics.median(a / b for a, b in zip(above.turns, below.turns, strict=True))

    def fastest(self, rivals: list[str]) -> Measurement | None:
        """The one of these rivals that took the shortest time, where any was timed."""
        timed = [each for each in self.measurements if each.rival in rivals and each.timed]
        return min(timed, key=lambda each: each.time, default=None)


@dataclass(frozen=True)
class Machine:
    """Where and when it was measured."""

    processor: str
    processors: int
    """That the run was pinned to."""
    caches: dict[str, int]
    """Bytes by name: 'L1d', 'L2', 'L3', as far as the system tells."""
    memory: int
    """Bytes."""
    governor: str
    system: str
    isa: str
    """The newest instruction set that dwconv used."""
    load_before: float
    load_after: float
    busy: list[str] = field(default_factory=list)
    """Warnings: what else was running."""


@dataclass(frozen=True)
class Report:
    """A whole run."""

    created: str
    """ISO 8601, with the time zone."""
    command: str
    threads: int
    machine: Machine
    versions: dict[str, str]
    """Of dwconv, oneDNN, NumPy, Python and each rival that was there."""
    copy_bandwidth: dict[int, float]
    """Bytes a second that a copy reads and writes together, by bytes of both buffers."""
    fma_peak: float
    """Operations a second; a multiply-add counts as two."""
    results: list[CaseResult]

    def write(self, path: Path) -> None:
        """Writes the report as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Report:
        """Reads what `write` wrote.

        Raises
        ------
        ValueError
            Where the file is not such a report.
        """
        try:
            return _report(json.loads(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"{path} is not a report of python -m dwconv bench: {error!r}"
            ) from error


def _report(values: dict[str, Any]) -> Report:
    results = [
        CaseResult(
            case=Case(**each["case"]),
            flops=each["flops"],
            nbytes=each["nbytes"],
            limit=Limit(**each["limit"]),
            measurements=[Measurement(**one) for one in each["measurements"]],
        )
        for each in values["results"]
    ]
    bandwidth = {int(size): rate for size, rate in values["copy_bandwidth"].items()}
    machine = Machine(**values["machine"])
    return Report(**{**values, "results": results, "copy_bandwidth": bandwidth, "machine": machine})
