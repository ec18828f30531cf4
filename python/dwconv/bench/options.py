"""What a run can be told."""

from __future__ import annotations

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
    turns: int = 16
    rounds: int = 4
    """In each, all cases are visited for their share of the turns: what else the host does changes from minute
    to minute."""
    seconds: float = 0.02
    """Of a turn."""
    most_seconds: float = 3.0
    """A rival whose calls take longer is skipped; dwconv itself is waited for."""
    patience: float = 60.0
    """A rival that does not answer for so long has failed."""

    @property
    def processors(self) -> tuple[int, ...]:
        """What all processes are pinned to."""
        return _processors()[: self.threads]

    @property
    def shares(self) -> list[range]:
        """The turns of each round, from 0 on; of no more rounds than there are turns."""
        rounds = min(self.rounds, self.turns)
        return [
            range(self.turns * each // rounds, self.turns * (each + 1) // rounds)
            for each in range(rounds)
        ]

    def __post_init__(self) -> None:
        for name in ("threads", "turns", "rounds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1; got {getattr(self, name)}")
        if self.threads > len(_processors()):
            raise ValueError(
                f"threads: there are {len(_processors())} processors for {self.threads}"
            )
