"""NumPy alone, as its users write it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require, require_plain

#: More outputs would take the loops seconds a call.
_MOST_OUTPUTS_OF_LOOPS = 20_000
#: More operations would take the others more than ten seconds a call.
_MOST_OPERATIONS = 4_000_000_000


def padded(x: Floats, geometry: Geometry) -> Floats:
    """x with its padding written out."""
    if not any(map(any, geometry.padding)):
        return x
    return np.pad(x, geometry.order((0, 0), (0, 0), geometry.padding))


def per_channel(values: Floats, geometry: Geometry) -> Floats:
    """A value for each channel, to be broadcast over arrays of the case's layout."""
    return values if geometry.channels_last else values.reshape(-1, *(1,) * geometry.rank)


def with_bias(y: Floats, arrays: Arrays, geometry: Geometry) -> Floats:
    """y with the bias added in place."""
    if arrays.bias is not None:
        y += per_channel(arrays.bias, geometry)
    return y


class NumPyRival(Rival):
    modules = ("numpy",)
    title = "NumPy"

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        require(geometry.flops <= _MOST_OPERATIONS, "it would take more than ten seconds a call")
        return Prepared(lambda: with_bias(self.compute(geometry, arrays), arrays, geometry))

    def compute(self, geometry: Geometry, arrays: Arrays) -> Floats:
        raise NotImplementedError


class Loops(NumPyRival):
    """A loop over the outputs, a sum of products for each."""

    name = "NumPy loops"

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require(
            geometry.outputs <= _MOST_OUTPUTS_OF_LOOPS,
            f"loops are for at most {_MOST_OUTPUTS_OF_LOOPS} outputs",
        )
        return super().prepare(geometry, arrays, threads)

    def compute(self, geometry: Geometry, arrays: Arrays) -> Floats:
        x, w, order = padded(arrays.x, geometry), arrays.w, geometry.order
        y = np.empty(geometry.dst_shape, np.float32)
        spans = list(zip(geometry.stride, geometry.extent, geometry.dilation, strict=True))
        sizes = (geometry.batch, geometry.channels, geometry.multiplier, *geometry.output)
        for n, c, m, *place in product(*map(range, sizes)):
            window = [
                slice(i * stride, i * stride + extent, dilation)
                for i, (stride, extent, dilation) in zip(place, spans, strict=True)
            ]
            patch = x[order(n, c, window)]
            y[order(n, c * geometry.multiplier + m, place)] = np.sum(patch * w[c, m])
        return y


class ShiftedAdds(NumPyRival):
    """A multiplication and an addition of whole arrays for each tap."""

    name = "NumPy shifted adds"

    def compute(self, geometry: Geometry, arrays: Arrays) -> Floats:
        x, many, everything = padded(arrays.x, geometry), geometry.multiplier, slice(None)
        if many > 1:
            x = np.repeat(x, many, axis=-1 if geometry.channels_last else 1)
        w = arrays.w.reshape(geometry.dst_channels, *geometry.kernel)
        y = np.zeros(geometry.dst_shape, np.float32)
        for tap in np.ndindex(*geometry.kernel):
            met = x[geometry.order(everything, everything, geometry.steps(tap))]
            y += met * per_channel(w[(everything, *tap)], geometry)
        return y


class SlidingWindows(NumPyRival):
    """A view of all windows, and einsum over it."""

    name = "NumPy sliding windows"

    def compute(self, geometry: Geometry, arrays: Arrays) -> Floats:
        x, rank, everything = padded(arrays.x, geometry), geometry.rank, slice(None)
        windows: Any = np.lib.stride_tricks.sliding_window_view(
            x, geometry.extent, axis=geometry.spatial_axes
        )
        strides = [slice(None, None, step) for step in geometry.stride]
        taps = [slice(None, None, step) for step in geometry.dilation]
        windows = windows[(*geometry.order(everything, everything, strides), *taps)]
        place, tap = "ijk"[:rank], "pqr"[:rank]
        src = "".join(geometry.order("n", "c", place))
        dst = "".join(geometry.order("n", "cm", place))
        y: Floats = np.einsum(f"{src}{tap},cm{tap}->{dst}", windows, arrays.w)
        return y.reshape(geometry.dst_shape)


def rivals() -> list[Rival]:
    return [Loops(), ShiftedAdds(), SlidingWindows()]
