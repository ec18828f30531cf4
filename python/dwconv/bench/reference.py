"""What a result is compared with: a float64 sum of products for each element, from the definition alone.

Shares no code with the library. All elements are computed where that takes no more than `MOST_PRODUCTS`;
of a larger result a sample drawn at random over the whole, and more of it along the edges, where padding
goes wrong. A tile that is missing or in the wrong place is thousands of elements and cannot hide between
the drawn ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dwconv.bench.activations import FUNCTIONS, steepness
from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry

MOST_PRODUCTS = 20_000_000

_EPS = float(np.finfo(np.float32).eps)
#: Units in the last place granted to exp, tanh and erf, and the few operations after them.
_ACTIVATION_ULPS = 8

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Expected:
    """Values of some elements of a result, and the error that is accepted of each."""

    positions: tuple[Indices, ...]
    """(n, c, i, j), or (n, c, i), whatever the layout."""
    values: NDArray[np.float64]
    bounds: NDArray[np.float64]

    def error(self, result: Floats, geometry: Geometry) -> float:
        """The largest error of a result as a fraction of the error accepted there; inf for NaN."""
        if result.shape != geometry.dst_shape or result.dtype != np.float32:
            return float("inf")
        n, c, *place = self.positions
        got = result[geometry.order(n, c, place)]
        with np.errstate(invalid="ignore"):
            errors = np.abs(got - self.values) / self.bounds
        return float(np.max(errors)) if np.isfinite(errors).all() else float("inf")

    def save(self, path: Path) -> None:
        np.savez(path, *self.positions, values=self.values, bounds=self.bounds)

    @classmethod
    def load(cls, path: Path) -> Expected:
        with np.load(path) as saved:
            positions = tuple(saved[name] for name in saved.files if name.startswith("arr_"))
            return cls(positions, saved["values"], saved["bounds"])


def _positions(geometry: Geometry) -> tuple[Indices, ...]:
    sizes = (geometry.batch, geometry.dst_channels, *geometry.output)
    most = max(MOST_PRODUCTS // geometry.taps, 1)
    if geometry.outputs <= most:
        return tuple(axis.ravel() for axis in np.indices(sizes, dtype=np.int64))
    random = np.random.default_rng(1)
    anywhere = [random.integers(size, size=most // 2) for size in sizes]
    edge = [random.integers(size, size=most // 2) for size in sizes]
    # As many each at the beginning and at the end of each dimension.
    side = random.integers(2 * geometry.rank, size=most // 2)
    for axis, size in enumerate(geometry.output):
        edge[2 + axis][side == 2 * axis] = 0
        edge[2 + axis][side == 2 * axis + 1] = size - 1
    return tuple(np.concatenate(both) for both in zip(anywhere, edge, strict=True))


def expect(geometry: Geometry, arrays: Arrays) -> Expected:
    """The reference of a case.

    Accepted of a sum of n products in float32, in any order, fused or not, is n · u · Σ |x| |w|, with
    u = eps / 2 (Higham, Accuracy and Stability of Numerical Algorithms, 4.2); the bias is one more term
    and storing rounds once more. Here |x| is the largest in the array, since the error of an FFT is
    relative to all of it. The bound is twice that, and far below one product, as a wrong tap would be
    off by.
    """
    n, c, *place = positions = _positions(geometry)
    source, multiple = np.divmod(c, geometry.multiplier)
    first = [
        each * stride - low
        for each, stride, (low, _) in zip(place, geometry.stride, geometry.padding, strict=True)
    ]
    values = np.zeros(n.shape)
    for tap in np.ndindex(*geometry.kernel):
        met = [f + t * d for f, t, d in zip(first, tap, geometry.dilation, strict=True)]
        inside = np.ones(n.shape, bool)
        for each, size in zip(met, geometry.spatial, strict=True):
            inside &= (each >= 0) & (each < size)
        index = geometry.order(n[inside], source[inside], [each[inside] for each in met])
        weights = arrays.w[(source[inside], multiple[inside], *tap)]
        values[inside] += arrays.x[index].astype(np.float64) * weights
    largest = float(max(arrays.x.max(), -arrays.x.min()))
    scale = (
        largest
        * np.abs(arrays.w.astype(np.float64)).sum(axis=tuple(range(2, 2 + geometry.rank))).ravel()
    )
    if arrays.bias is not None:
        values += arrays.bias[c]
        scale = scale + np.abs(arrays.bias)
    bounds = _EPS * (geometry.taps + 2) * scale[c] + float(np.finfo(np.float32).tiny)
    if geometry.activation:
        bounds = bounds * steepness(geometry.activation, geometry.alpha)
        bounds += _ACTIVATION_ULPS * _EPS * np.maximum(np.abs(values), 1)
        function = FUNCTIONS[geometry.activation]
        values = function(values, geometry.alpha, geometry.beta)
    return Expected(positions, values, bounds)
