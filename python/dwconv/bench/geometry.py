"""A case in plain numbers, as a worker takes it that may live where dwconv is not installed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

Pair = tuple[int, int]
Sizes = tuple[int, ...]
"""One entry for each spatial dimension: (height, width), or (width,)."""


@dataclass(frozen=True)
class Geometry:
    """What is to be computed, and the layout of the arrays.

    The fields are those of the Problem in C++, with nothing left to a default.
    """

    layout: str
    text: str
    batch: int
    channels: int
    multiplier: int
    spatial: Sizes
    kernel: Sizes
    stride: Sizes
    dilation: Sizes
    padding: tuple[Pair, ...]
    output: Sizes
    bias: bool
    activation: str
    """Its kind, '' for none."""
    alpha: float
    beta: float
    flops: int
    nbytes: int

    @classmethod
    def of(cls, values: dict[str, Any]) -> Geometry:
        """From what `to_dict` gave, which may have been through JSON."""

        def tuples(value: Any) -> Any:
            return tuple(map(tuples, value)) if isinstance(value, (list, tuple)) else value

        return cls(**{name: tuples(value) for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def channels_last(self) -> bool:
        return self.layout.endswith("C")

    @property
    def rank(self) -> int:
        """The number of spatial dimensions."""
        return len(self.spatial)

    @property
    def spatial_axes(self) -> Sizes:
        """Those of the arrays that are spatial dimensions."""
        first = 1 if self.channels_last else 2
        return tuple(range(first, first + self.rank))

    @property
    def dst_channels(self) -> int:
        return self.channels * self.multiplier

    @property
    def taps(self) -> int:
        return math.prod(self.kernel)

    @property
    def extent(self) -> Sizes:
        """Of the kernel, the gaps between its taps included."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def order(self, n: Any, c: Any, place: Iterable[Any]) -> tuple[Any, ...]:
        """An entry for each dimension of an array, in the order of this layout."""
        return (n, *place, c) if self.channels_last else (n, c, *place)

    def steps(self, tap: Sizes) -> tuple[slice, ...]:
        """Of each spatial dimension of the padded source, the elements that a tap meets."""
        spans = zip(tap, self.dilation, self.stride, self.output, strict=True)
        return tuple(slice(t * d, t * d + (o - 1) * s + 1, s) for t, d, s, o in spans)

    @property
    def src_shape(self) -> Sizes:
        return self.order(self.batch, self.channels, self.spatial)

    @property
    def dst_shape(self) -> Sizes:
        return self.order(self.batch, self.dst_channels, self.output)

    @property
    def outputs(self) -> int:
        return math.prod(self.dst_shape)

    @property
    def symmetric(self) -> bool:
        """Whether the padding is the same before and after."""
        return all(low == high for low, high in self.padding)

    @property
    def same_size(self) -> bool:
        """Whether the padding is that of an odd kernel around its centre."""
        return all(
            extent % 2 == 1 and pad == (extent // 2, extent // 2)
            for extent, pad in zip(self.extent, self.padding, strict=True)
        )
