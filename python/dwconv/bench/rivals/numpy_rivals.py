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
    if geometry.padding == ((0, 0), (0, 0)):
        return x
    around = (0, 0)
    spatial = geometry.padding
    last = geometry.channels_last
    return np.pad(x, (around, *spatial, around) if last else (around, around, *spatial))


def with_bias(y: Floats, arrays: Arrays, geometry: Geometry) -> Floats:
    """y with the bias added in place."""
    if arrays.bias is not None:
        y += arrays.bias if geometry.channels_last else arrays.bias[:, None, None]
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
        x, w, last = padded(arrays.x, geometry), arrays.w, geometry.channels_last
        y = np.empty(geometry.dst_shape, np.float32)
        (sh, sw), (dh, dw), (eh, ew) = geometry.stride, geometry.dilation, geometry.extent
        sizes = (geometry.batch, geometry.channels, geometry.multiplier, *geometry.output)
        for n, c, m, i, j in product(*map(range, sizes)):
            rows = slice(i * sh, i * sh + eh, dh)
            columns = slice(j * sw, j * sw + ew, dw)
            patch = x[n, rows, columns, c] if last else x[n, c, rows, columns]
            out = c * geometry.multiplier + m
            y[(n, i, j, out) if last else (n, out, i, j)] = np.sum(patch * w[c, m])
        return y


class ShiftedAdds(NumPyRival):
    """A multiplication and an addition of whole arrays for each tap."""

    name = "NumPy shifted adds"

    def compute(self, geometry: Geometry, arrays: Arrays) -> Floats:
        x, last, many = padded(arrays.x, geometry), geometry.channels_last, geometry.multiplier
        if many > 1:
            x = np.repeat(x, many, axis=3 if last else 1)
        w = arrays.w.reshape(geometry.dst_channels, *geometry.kernel)
        y = np.zeros(geometry.dst_shape, np.float32)
        (sh, sw), (dh, dw), (oh, ow) = geometry.stride, geometry.dilation, geometry.output
        for a, b in np.ndindex(*geometry.kernel):
            rows = slice(a * dh, a * dh + (oh - 1) * sh + 1, sh)
            columns = slice(b * dw, b * dw + (ow - 1) * sw + 1, sw)
            if last:
                y += x[:, rows, columns, :] * w[:, a, b]
            else:
                y += x[:, :, rows, columns] * w[:, a, b, None, None]
        return y


class SlidingWindows(NumPyRival):
    """A view of all windows, and einsum over it."""

    name = "NumPy sliding windows"

    def compute(self, geometry: Geometry, arrays: Arrays) -> Floats:
        x, last = padded(arrays.x, geometry), geometry.channels_last
        axes = (1, 2) if last else (2, 3)
        windows: Any = np.lib.stride_tricks.sliding_window_view(x, geometry.extent, axis=axes)
        (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
        steps = (slice(None, None, sh), slice(None, None, sw))
        everything = slice(None)
        outer = (everything, *steps, everything) if last else (everything, everything, *steps)
        windows = windows[(*outer, slice(None, None, dh), slice(None, None, dw))]
        indices = "nijcab,cmab->nijcm" if last else "ncijab,cmab->ncmij"
        y: Floats = np.einsum(indices, windows, arrays.w).reshape(geometry.dst_shape)
        return y


def rivals() -> list[Rival]:
    return [Loops(), ShiftedAdds(), SlidingWindows()]
