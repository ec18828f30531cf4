"""Operations and bytes of a convolution, and the arguments that they are computed from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _arguments

#: An array, of which the shape alone matters, or that shape.
Like = NDArray[np.floating] | Sequence[int]


@dataclass(frozen=True)
class Cost:
    """Operations and bytes. The sum of two is the cost of one after the other.

    Examples
    --------
    >>> from dwconv.flops import Cost
    >>> Cost(flops=900, nbytes=300) + Cost(flops=100, nbytes=100)
    Cost(flops=1000, nbytes=400)
    >>> sum([Cost(1, 2), Cost(3, 4), Cost(5, 6)])
    Cost(flops=9, nbytes=12)
    >>> Cost(flops=1000, nbytes=400).intensity
    2.5
    """

    flops: int
    """Operations: a multiply-add counts as two."""
    nbytes: int
    """Bytes of all arrays, each counted once."""

    @property
    def intensity(self) -> float:
        """Arithmetic intensity: operations for each byte; NaN where there are no bytes."""
        return self.flops / self.nbytes if self.nbytes else math.nan

    def __add__(self, other: object) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(self.flops + other.flops, self.nbytes + other.nbytes)

    def __radd__(self, other: int) -> Cost:
        # Where `sum` begins.
        return self if other == 0 else NotImplemented


def shape_of(argument: str, like: Like) -> list[int]:
    """The shape that an argument is or has."""
    return _arguments.shape(argument, like.shape if isinstance(like, np.ndarray) else like)


def _itemsize(dtype: DTypeLike | None) -> int:
    """The bytes of an element; bfloat16 is known by its name, also where no package adds it to NumPy."""
    if isinstance(dtype, str) and dtype == "bfloat16":
        return 2
    try:
        return np.dtype(np.float32 if dtype is None else dtype).itemsize
    except TypeError:
        raise _arguments.wrong_type("dtype", "None or a dtype", dtype) from None


def cost(flops: int, dtype: DTypeLike | None, *shapes: Sequence[int]) -> Cost:
    """Of so many operations on arrays of these shapes, all of one dtype."""
    return Cost(flops, _itemsize(dtype) * sum(map(math.prod, shapes)))


def bias_shape(argument: str, bias: Like | None, channels: int) -> list[int]:
    """The shape of a bias, (0,) for none."""
    if bias is None:
        return [0]
    shape = shape_of(argument, bias)
    if shape != [channels]:
        raise _arguments.wrong_value(argument, f"shape ({channels},)", tuple(shape))
    return shape
