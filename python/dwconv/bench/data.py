"""The arrays of a case: the same in every process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dwconv.bench.geometry import Geometry

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Arrays:
    """Values from -1 to 1."""

    x: Floats
    """In the layout of the case, in C order."""
    w: Floats
    """(C, M, *k)"""
    bias: Floats | None
    """(C·M,)"""


def make_arrays(geometry: Geometry) -> Arrays:
    """Draws the arrays of a case."""
    random = np.random.default_rng(0)

    def draw(*shape: int) -> Floats:
        values = random.random(shape, dtype=np.float32)
        values *= 2
        values -= 1
        return values

    w = draw(geometry.channels, geometry.multiplier, *geometry.kernel)
    bias = draw(geometry.dst_channels) if geometry.bias else None
    return Arrays(draw(*geometry.src_shape), w, bias)
