"""Where a recipe for random cases takes its decisions from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(Protocol):
    """A source of decisions."""

    def integer(self, low: int, high: int) -> int: ...
    def one_of(self, values: Sequence[T]) -> T: ...


class RandomChoices:
    """Decisions of a seeded generator."""

    def __init__(self, *seed: int) -> None:
        self._random = random.Random(repr(seed))

    def integer(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def one_of(self, values: Sequence[T]) -> T:
        return self._random.choice(values)


class HypothesisChoices:
    """Decisions that Hypothesis can shrink, towards small numbers and the first of the values."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def one_of(self, values: Sequence[T]) -> T:
        return self._draw(st.sampled_from(values))


def per_dimension(choose: Choices, values: Sequence[int], rank: int) -> int | tuple[int, ...]:
    """One value for all spatial dimensions, or one for each."""
    if choose.one_of((True, False)):
        return choose.one_of(values)
    return tuple(choose.one_of(values) for _ in range(rank))
