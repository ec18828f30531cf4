"""Shapes of a convolution in Python, for what does not run in the core: FLOPs, the reference, TensorFlow's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dwconv._arguments import Padding, Sizes, paddings, sizes, spatial_rank, wrong_value

#: The dimensions of a kernel as messages name them, by their number.
KERNELS = {1: "k", 2: "kh, kw", 3: "kd, kh, kw"}


class Source(NamedTuple):
    """The shape of x, whatever the order of its dimensions; an unbatched one has a batch of 1."""

    batch: int
    channels: int
    spatial: tuple[int, ...]


class Weights(NamedTuple):
    """The shape of depthwise weights of any of the accepted ranks."""

    channels: int
    multiplier: int
    kernel: tuple[int, ...]


class Window(NamedTuple):
    """How a kernel moves over the source; one entry for each spatial dimension."""

    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    output: tuple[int, ...]


def source(argument: str, shape: Sequence[int], layout: str) -> Source:
    """What the letters of the layout say of a shape.

    Raises
    ------
    InvalidArgument
        Where they are not as many as the dimensions, and where there is no channel or no element
        in a spatial dimension.
    InvalidType
        Where the layout is no str.
    """
    rank = spatial_rank(layout)
    if len(shape) != len(layout):
        raise wrong_value(argument, f"{len(layout)} dimensions for layout {layout!r}", tuple(shape))
    by_letter = dict(zip(layout, shape, strict=True))
    batch, channels = by_letter.pop("N", 1), by_letter.pop("C")
    # What is left are the spatial dimensions, in the order in which every layout has them.
    spatial = tuple(by_letter.values())
    if min(channels, *spatial) < 1:
        raise wrong_value(
            argument,
            f"channels and {'a spatial size' if rank == 1 else f'{rank} spatial sizes'} of at least 1",
            tuple(shape),
        )
    return Source(batch, channels, spatial)


def depthwise_weights(argument: str, shape: Sequence[int], channels: int, rank: int) -> Weights:
    """(C, *k), (C·M, 1, *k) or (C, M, 1, *k) as channels, multiplier and kernel."""
    leading, kernel = tuple(shape[:-rank]), tuple(shape[-rank:])
    multiplier = 0
    if len(leading) == 1 and leading[0] == channels:
        multiplier = 1
    elif len(leading) == 2 and leading[1] == 1 and leading[0] % channels == 0:
        multiplier = leading[0] // channels
    elif len(leading) == 3 and (leading[0], leading[2]) == (channels, 1):
        multiplier = leading[1]
    if multiplier < 1 or min(kernel) < 1:
        c, k = channels, KERNELS[rank]
        expected = f"shape ({c}, {k}), ({c}*M, 1, {k}) or ({c}, M, 1, {k})"
        raise wrong_value(argument, expected, tuple(shape))
    return Weights(channels, multiplier, kernel)


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """What gives ceil(size / stride) outputs, the odd element at the end: TensorFlow's SAME."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def window(
    argument: str,
    spatial: Sequence[int],
    kernel: Sequence[int],
    stride: Sizes,
    padding: Padding,
    dilation: Sizes,
) -> Window:
    """The keyword arguments of a convolution written out, and the size of its output.

    Raises
    ------
    InvalidArgument, InvalidType
        Naming the argument; `argument` where the kernel does not fit into the padded source.
    """
    rank = len(spatial)
    strides, dilations = sizes("stride", stride, rank), sizes("dilation", dilation, rank)
    for name, entries in (("stride", strides), ("dilation", dilations)):
        if min(entries) < 1:
            raise wrong_value(name, "entries of at least 1", tuple(entries))
    pads = paddings(padding, rank)
    if pads == "causal":
        pads = [((kernel[0] - 1) * dilations[0], 0)]
    elif isinstance(pads, str):
        dimensions = zip(spatial, kernel, strides, dilations, strict=True)
        upper = [same_padding(*dimension) for dimension in dimensions]
        pads = upper if pads == "same" else [(high, low) for low, high in upper]
    if min(map(min, pads)) < 0:
        raise wrong_value("padding", "entries of at least 0", tuple(pads))
    output = []
    for size, taps, step, gap, (low, high) in zip(
        spatial, kernel, strides, dilations, pads, strict=True
    ):
        room = low + size + high - ((taps - 1) * gap + 1)
        if room < 0:
            raise wrong_value(argument, "a kernel that fits into the padded source", tuple(kernel))
        output.append(room // step + 1)
    return Window(tuple(strides), tuple(dilations), tuple(pads), tuple(output))
