"""What a run can be told."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from dwconv.bench.rivals import PEERS


def _processors() -> tuple[int, ...]:
    return tuple(sorted(os.sched_getaffinity(0)))


@dataclass(frozen=True)
class Options:
    """Times are in seconds."""

    threads: int = field(default_factory=lambda: len(_processors()))
    """Of every rival; as many processors are used, the same for all."""
    peers: tuple[str, ...] = PEERS
    """The families of peers that take part."""
    pythons: Mapping[str, str] = field(default_factory=dict)
    """The interpreter of a family that lives in an environment of its own."""
    files: tuple[str, ...] = ()
    """Python files with further rivals: each has a function `rivals()`."""
    rivals: tuple[str, ...] = ()
    """Names of the rivals that take part; empty for all."""
    turns: int = 4
    """Of each rival on a case."""
    rounds: int = 12
    """In each, all cases are visited for all their turns, in new processes: what else the host does changes from
    minute to minute, and the addresses that a process gets with each new one."""
    seconds: float = 0.01
    """Of a turn in a round."""
    most_seconds: float = 3.0
    """A rival whose calls take longer is skipped; dwconv itself is waited for."""
    patience: float = 60.0
    """A rival that does not answer for so long has failed."""

    @property
    def processors(self) -> tuple[int, ...]:
        """What all processes are pinned to."""
        return _processors()[: self.threads]

    def __post_init__(self) -> None:
        for name in ("threads", "turns", "rounds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1; got {getattr(self, name)}")
        if not 0 <= self.seconds < math.inf:
            raise ValueError(f"seconds: expected a finite number of at least 0; got {self.seconds}")
        if not self.most_seconds > 0:
            raise ValueError(
                f"most_seconds: expected a number greater than 0; got {self.most_seconds}"
            )
        if self.threads > len(_processors()):
            raise ValueError(
                f"threads: there are {len(_processors())} processors for {self.threads}"
            )
