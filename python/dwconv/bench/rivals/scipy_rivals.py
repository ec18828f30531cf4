"""SciPy: a correlation for each channel, and the FFT."""

from __future__ import annotations

from typing import Any

import numpy as np

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require, require_plain
from dwconv.bench.rivals.numpy_rivals import padded, with_bias

#: More operations would take ten seconds a call or more.
_MOST_OPERATIONS = 10_000_000_000
#: An FFT does not pay below.
_FEWEST_TAPS_OF_FFT = 25


def spread_kernels(geometry: Geometry, w: Floats) -> Floats:
    """(C, M, extent…): the kernels with zeros between their taps."""
    if set(geometry.dilation) == {1}:
        return w
    spread = np.zeros((*w.shape[:2], *geometry.extent), np.float32)
    everything = slice(None)
    taps = (slice(None, None, step) for step in geometry.dilation)
    spread[(everything, everything, *taps)] = w
    return spread


class Correlate(Rival):
    name = "SciPy correlate"
    title = "SciPy"
    modules = ("scipy", "scipy.ndimage")

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        require(geometry.flops <= _MOST_OPERATIONS, "it would take more than ten seconds a call")
        kernels = spread_kernels(geometry, arrays.w)
        correlate = self.module(1).correlate
        centred, everything = geometry.same_size, [slice(None)] * geometry.rank
        first = [0 if centred else extent // 2 for extent in geometry.extent]
        spans = zip(first, geometry.output, geometry.stride, strict=True)
        cut = tuple(slice(f, f + (o - 1) * s + 1, s) for f, o, s in spans)

        def channel(plane: Floats, kernel: Floats) -> Any:
            return correlate(plane, kernel, mode="constant")[cut]

        def call() -> Floats:
            x = arrays.x if centred else padded(arrays.x, geometry)
            y = np.empty(geometry.dst_shape, np.float32)
            for n, out in np.ndindex(geometry.batch, geometry.dst_channels):
                c, m = divmod(out, geometry.multiplier)
                plane = x[geometry.order(n, c, everything)]
                y[geometry.order(n, out, everything)] = channel(plane, kernels[c, m])
            return with_bias(y, arrays, geometry)

        return Prepared(call)


class OverlapAdd(Rival):
    name = "SciPy oaconvolve"
    title = "SciPy"
    modules = ("scipy", "scipy.signal")

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        require(geometry.taps >= _FEWEST_TAPS_OF_FFT, "an FFT does not pay for so small a kernel")
        require(geometry.multiplier == 1, "not written for a depth multiplier")
        axes, everything = geometry.spatial_axes, slice(None)
        # A convolution flips the kernel; the layers here do not.
        kernels = spread_kernels(geometry, arrays.w)[:, 0]
        flipped = np.flip(kernels, tuple(range(1, kernels.ndim)))
        kernels = (np.moveaxis(flipped, 0, -1) if geometry.channels_last else flipped)[None]
        convolve = self.module(1).oaconvolve
        spans = zip(geometry.extent, geometry.output, geometry.stride, strict=True)
        steps = [slice(e - 1, e + (o - 1) * s, s) for e, o, s in spans]
        cut = geometry.order(everything, everything, steps)

        def call() -> Floats:
            whole = convolve(padded(arrays.x, geometry), kernels, mode="full", axes=axes)
            return with_bias(np.ascontiguousarray(whole[cut]), arrays, geometry)

        return Prepared(call)


def rivals() -> list[Rival]:
    return [Correlate(), OverlapAdd()]
