"""A case in plain numbers, as a worker takes it that may live where dwconv is not installed."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

Pair = tuple[int, int]


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
    spatial: Pair
    kernel: Pair
    stride: Pair
    dilation: Pair
    padding: tuple[Pair, Pair]
    output: Pair
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
        return self.layout == "NHWC"

    @property
    def dst_channels(self) -> int:
        return self.channels * self.multiplier

    @property
    def taps(self) -> int:
        return math.prod(self.kernel)

    @property
    def extent(self) -> Pair:
        """Of the kernel, the gaps between its taps included."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return (kh - 1) * dh + 1, (kw - 1) * dw + 1

    def shape(self, channels: int, size: Pair) -> tuple[int, int, int, int]:
        """A shape in this layout."""
        if self.channels_last:
            return self.batch, *size, channels
        return self.batch, channels, *size

    @property
    def src_shape(self) -> tuple[int, int, int, int]:
        return self.shape(self.channels, self.spatial)

    @property
    def dst_shape(self) -> tuple[int, int, int, int]:
        return self.shape(self.dst_channels, self.output)

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
