"""The interface of a rival: a way of computing a depthwise convolution that can be timed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry


class Skip(Exception):
    """Raised by a rival that cannot do a case; the text says why."""


def _unchanged(result: Any) -> Floats:
    array: Floats = result
    return array


@dataclass(frozen=True)
class Prepared:
    """A rival made ready for a case."""

    call: Callable[[], Any]
    """What is timed, again and again: from NumPy arrays to a NumPy array, as a user calls it."""
    result: Callable[[Any], Floats] = field(default=_unchanged)
    """From what `call` returned to the result as an array in the case's layout."""
    detail: Callable[[], str] = field(default=str)
    """What ran; asked for after the first call."""


class Rival(ABC):
    """One way of computing a case. Nothing is imported before `load`."""

    name: str
    """As reports show it. One that ends in 'out=' writes into a given array."""
    modules: tuple[str, ...] = ()
    """What must be importable; the first is the one whose version counts."""
    forks: bool = True
    """Whether a process that has imported the modules may fork, and the child use them."""

    def load(self, threads: int) -> None:
        """Imports what is needed and sets the number of threads. Raises ModuleNotFoundError."""
        for module in self.modules:
            import_module(module)

    def module(self, index: int = 0) -> Any:
        """One of `modules`, imported."""
        return import_module(self.modules[index])

    def versions(self) -> dict[str, str]:
        """Names and versions of what runs."""
        module: ModuleType = self.module()
        return {self.title: str(getattr(module, "__version__", "unknown"))}

    @property
    def title(self) -> str:
        """The name of what runs, in the table of versions."""
        return self.name

    @abstractmethod
    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        """Makes ready what a user makes ready once. Raises Skip."""


def require(fits: bool, reason: str) -> None:
    """Raises Skip with the reason unless it fits."""
    if not fits:
        raise Skip(reason)


def require_plain(geometry: Geometry) -> None:
    """Raises Skip where an activation would have to be fused, which is no part of the comparison."""
    require(not geometry.activation, "not written for a fused activation")
