"""JAX: conv_general_dilated, compiled, with NumPy arrays in and out."""

from __future__ import annotations

from typing import Any

import numpy as np

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require_plain
from dwconv.bench.rivals.numpy_rivals import per_channel


class Jax(Rival):
    name = "JAX"
    modules = ("jax", "jax.lax")
    #: JAX warns of forking: it has threads from the import on.
    forks = False

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        jax, lax = self.module(), self.module(1)
        w = arrays.w.reshape(geometry.dst_channels, 1, *geometry.kernel)
        last = geometry.channels_last
        kernels = jax.device_put(np.moveaxis(w, (0, 1), (-1, -2)) if last else w)
        letters = geometry.layout.strip("NC")
        orders = (geometry.layout, f"{letters}IO" if last else f"OI{letters}", geometry.layout)
        bias = None if arrays.bias is None else per_channel(arrays.bias, geometry)

        @jax.jit  # type: ignore[untyped-decorator]  # jax is Any where it is not installed
        def convolve(x: Any) -> Any:
            y = lax.conv_general_dilated(
                x,
                kernels,
                geometry.stride,
                geometry.padding,
                rhs_dilation=geometry.dilation,
                dimension_numbers=orders,
                feature_group_count=geometry.channels,
            )
            return y if bias is None else y + bias

        def call() -> Floats:
            return np.asarray(convolve(arrays.x))

        return Prepared(call)


def rivals() -> list[Rival]:
    return [Jax()]
