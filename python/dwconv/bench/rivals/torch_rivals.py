"""PyTorch, in inference mode, with NumPy arrays in and out."""

from __future__ import annotations

from typing import Any

from dwconv.bench.data import Arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require, require_plain
from dwconv.bench.rivals.height import with_height


class PyTorch(Rival):
    """conv1d to conv3d on tensors in PyTorch's own order; an NWC array is seen as such a tensor."""

    name = "PyTorch"
    title = "PyTorch"
    modules = ("torch", "torch.nn.functional")

    def load(self, threads: int) -> None:
        super().load(threads)
        self.module().set_num_threads(threads)
        self.module().set_num_interop_threads(1)

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        require(
            geometry.rank == 1 or not geometry.channels_last,
            f"an {geometry.layout} array is a channels_last tensor: see PyTorch channels_last",
        )
        convolve = self._convolution(geometry, arrays)
        torch, x, last = self.module(), arrays.x, geometry.channels_last

        def call() -> Any:
            with torch.inference_mode():
                if last:
                    return convolve(torch.from_numpy(x).mT).mT.numpy()
                return convolve(torch.from_numpy(x)).numpy()

        return Prepared(call)

    def _convolution(self, geometry: Geometry, arrays: Arrays, **memory: Any) -> Any:
        torch, functional = self.module(), self.module(1)
        w = torch.from_numpy(arrays.w.reshape(geometry.dst_channels, 1, *geometry.kernel))
        w = w.contiguous(**memory)
        bias = None if arrays.bias is None else torch.from_numpy(arrays.bias)
        low, _ = zip(*geometry.padding, strict=True)
        # The last dimension first.
        zeros = [side for pair in reversed(geometry.padding) for side in pair]
        convolution = getattr(functional, f"conv{geometry.rank}d")
        keywords = {
            "stride": geometry.stride,
            "dilation": geometry.dilation,
            "groups": geometry.channels,
            "padding": low if geometry.symmetric else 0,
        }

        def convolve(x: Any) -> Any:
            if not geometry.symmetric:
                x = functional.pad(x, zeros)
            return convolution(x, w, bias, **keywords)

        return convolve


class ChannelsLast(PyTorch):
    """conv2d on channels_last tensors, or conv3d on channels_last_3d ones; a channels-first array is brought
    into that order and back in the call.

    One dimension has no such order: there it is conv2d with a height of 1.
    """

    name = "PyTorch channels_last"

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        shape, layout = geometry.dst_shape, geometry.layout
        geometry, arrays = with_height(geometry, arrays)
        torch, x = self.module(), arrays.x
        three = geometry.rank == 3
        memory = {"memory_format": torch.channels_last_3d if three else torch.channels_last}
        convolve = self._convolution(geometry, arrays, **memory)

        def call() -> Any:
            with torch.inference_mode():
                if geometry.channels_last:
                    y = convolve(torch.from_numpy(x).movedim(-1, 1))
                    return y.movedim(1, -1).contiguous().numpy()
                return convolve(torch.from_numpy(x).contiguous(**memory)).contiguous().numpy()

        conversion = (
            "" if geometry.channels_last else f"converted from {layout} and back in the call"
        )
        return Prepared(call, lambda y: y.reshape(shape), lambda: conversion)


def rivals() -> list[Rival]:
    return [PyTorch(), ChannelsLast()]
