"""Quantized problems, their check against exact integers, and the recipe for random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

import dwconv
from case import Case
from cases import RANKS, make_plain_case
from helpers.choices import Choices
from helpers.memory import arrange
from typed_case import BYTES, TypedCase


@dataclass(frozen=True)
class QuantizedCase(TypedCase):
    """A case with scales and zero points, which its seed makes."""

    x_dtype: str = "uint8"
    w_dtype: str = "int8"
    bias_dtype: str = "int32"
    per_channel: bool = False
    zero_points: bool = True
    extreme: bool = False  # x, w and zero points at the ends of their dtypes

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        x, w, bias = super().arrays()
        if not self.extreme:
            return x, w, bias

        def at_the_ends(array: np.ndarray, order: str) -> np.ndarray:
            info = np.iinfo(array.dtype)
            ends = np.where(array > (info.min + info.max) // 2, info.max, info.min)
            return arrange(ends.astype(array.dtype.newbyteorder("=")), order)

        return at_the_ends(x, self.x_order), at_the_ends(w, self.w_order), bias

    @cached_property
    def quantization(self) -> dict[str, Any]:
        rng = np.random.default_rng(self.seed + 1)
        channels = self.out_channels()

        def zero_point(dtype: Any, size: int | None = None) -> Any:
            info = np.iinfo(dtype)
            if not self.zero_points:
                return 0 if size is None else np.zeros(size, np.int64)
            if self.extreme:
                return rng.choice([info.min, info.max], size)
            return rng.integers(info.min, info.max + 1, size)

        size = channels if self.per_channel else None
        # Powers of two make ties; the rest leave products within the result's range, and beyond it.
        w_scale = 2.0 ** -rng.integers(2, 8, size) * rng.choice([1.0, 1.0, 1.1], size)
        w_zero_point = zero_point(self.w_dtype, size)
        return {
            "x_scale": float(rng.choice([0.5, 0.0123, 1.0])),
            "x_zero_point": int(zero_point(self.x_dtype)),
            "w_scale": w_scale,
            "w_zero_point": w_zero_point,
            "y_scale": float(rng.choice([0.5, 8.0, 100.0, 0.37])),
            "y_zero_point": int(zero_point(self.y_dtype)),
        }

    def keywords(self) -> dict[str, Any]:
        names = ("stride", "padding", "dilation", "layout", "threads", "out_dtype")
        return {**{name: getattr(self, name) for name in names}, **self.quantization}

    def expected(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        """From exact sums, in the dtype of the result."""
        given = self.quantization
        channels = self.out_channels()
        w_zero = np.broadcast_to(given["w_zero_point"], channels)
        kernels = w.astype(np.int64).reshape(channels, -1) - w_zero[:, None]
        # Of integers far below 2**53, so float64 is exact.
        sums = super().expected(
            x.astype(np.float64) - given["x_zero_point"],
            kernels.reshape(w.shape).astype(np.float64),
            bias,
        )
        single = np.float32
        scale = np.broadcast_to(np.asarray(given["w_scale"], single), channels)
        multiplier = single(given["x_scale"]) * scale / single(given["y_scale"])
        spatial = () if self.layout.endswith("C") else (1,) * len(self.size)
        product = sums.astype(single) * multiplier.reshape(-1, *spatial)
        info = np.iinfo(self.y_dtype)
        rounded = np.rint(product).astype(np.float64) + given["y_zero_point"]
        return np.clip(rounded, info.min, info.max).astype(self.y_dtype)

    def assert_matches(
        self,
        y: np.ndarray,
        expected: np.ndarray,
        x: np.ndarray,
        w: np.ndarray,
        bias: np.ndarray | None,
    ) -> None:
        assert y.dtype == self.y_dtype
        np.testing.assert_array_equal(y, expected)

    def run(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, out: Any) -> np.ndarray:
        return dwconv.dnnl_depthwise_quantized(x, w, bias, out=out, **self.keywords())

    def make_plan(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> dwconv.Plan:
        return dwconv.Plan.quantized(x, w, bias, **self.keywords())


def make_quantized_case(choose: Choices, ranks: Sequence[int] = RANKS) -> QuantizedCase:
    """Any problem in any memory, with types, scales and zero points."""
    case = make_plain_case(choose, ranks)
    plain = {each.name: getattr(case, each.name) for each in fields(Case)}
    plain.update(strategy=None, activation=None)
    return QuantizedCase(
        **plain,
        x_dtype=choose.one_of(BYTES),
        w_dtype=choose.one_of(BYTES),
        out_dtype=choose.one_of((None, *BYTES)),
        per_channel=choose.one_of((False, True)),
        zero_points=choose.one_of((True, False)),
        extreme=choose.one_of((False, False, True)),
    )
