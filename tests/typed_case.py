"""Cases whose arrays have other dtypes than float32, and their check against the float64 reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import ml_dtypes
import numpy as np

from case import Case
from cases import RANKS, random_case
from helpers.choices import RandomChoices
from helpers.memory import arrange, full

DTYPES = ("float32", "float16", "bfloat16", "int8", "uint8")
BYTES = ("int8", "uint8")
# Results that a dtype of x can have; None for its own.
RESULTS: dict[str, tuple[str | None, ...]] = {
    "float32": ("float16", "bfloat16"),
    "float16": (None, None, "float32"),
    "bfloat16": (None, None, "float32"),
    "int8": (None, "uint8", "int32", "int32", "float32"),
    "uint8": (None, "int8", "int32", "int32", "float32"),
}


def dtype_of(name: str) -> np.dtype:
    return np.dtype(ml_dtypes.bfloat16) if name == "bfloat16" else np.dtype(name)


@dataclass(frozen=True)
class TypedCase(Case):
    """A case with dtypes."""

    x_dtype: str = "bfloat16"
    w_dtype: str = "bfloat16"
    bias_dtype: str = "float32"  # of scale and shift too, but for integers
    out_dtype: str | None = None

    @property
    def y_dtype(self) -> np.dtype:
        return dtype_of(self.out_dtype or self.x_dtype)

    def of_bytes(self) -> bool:
        return self.x_dtype in BYTES

    def keywords(self) -> dict[str, Any]:
        return {**super().keywords(), "out_dtype": self.out_dtype}

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        rng = np.random.default_rng(self.seed)

        def values(shape: tuple[int, ...], name: str, order: str) -> np.ndarray:
            dtype = dtype_of(name)
            if dtype.kind in "iu":
                info = np.iinfo(dtype if dtype.itemsize == 1 else np.int16)
                return arrange(rng.integers(info.min, info.max + 1, shape).astype(dtype), order)
            if self.integers:
                # All of them are numbers of each dtype, and float32 sums them exactly.
                return arrange(rng.integers(-8, 9, shape).astype(dtype), order)
            return arrange(rng.standard_normal(shape).astype(np.float32).astype(dtype), order)

        x = values(self.x_shape(), self.x_dtype, self.x_order)
        w = values(self.w_shape(), self.w_dtype, self.w_order)
        bias = None
        if self.bias:
            bias = values((self.out_channels(),), self.bias_dtype, self.bias_order)
        return x, w, bias

    def epilogue_values(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        if name != "add":
            dtype = "float32" if self.of_bytes() else self.bias_dtype
            return super().epilogue_values(name, shape).astype(dtype_of(dtype))
        if self.y_dtype.kind in "iu":
            info = np.iinfo(self.y_dtype)
            rng = np.random.default_rng((self.seed, 0))
            return rng.integers(info.min, info.max + 1, shape).astype(self.y_dtype)
        return super().epilogue_values(name, shape).astype(self.y_dtype)

    def exact(self) -> bool:
        kind = None if self.activation is None else self.activation[0]
        # What is added to the sums of integers is an integer, or rounded with them, once.
        of_integers = self.of_bytes() and not (self.scale or self.shift)
        sums_are_exact = of_integers or (self.integers and not self.of_bytes())
        return sums_are_exact and kind in (None, "relu", "relu6", "clip")

    def output(self, expected: np.ndarray) -> np.ndarray | None:
        if self.out_order is None:
            return None
        return arrange(full(expected.shape, self.y_dtype), self.out_order)

    def assert_matches(
        self,
        y: np.ndarray,
        expected: np.ndarray,
        x: np.ndarray,
        w: np.ndarray,
        bias: np.ndarray | None,
    ) -> None:
        """Equal where sums are exact; else within the bound of float32, and of one rounding more."""
        assert y.dtype == self.y_dtype
        assert y.shape == expected.shape
        rounded = round_to(expected, self.y_dtype)
        if self.exact():
            np.testing.assert_array_equal(y, rounded)
            return
        bound = self.error_bound(
            *(None if a is None else a.astype(np.float64) for a in (x, w, bias))
        )
        if y.dtype.kind in "iu":
            # Rounding to integers, and no further where they end.
            info = np.iinfo(y.dtype)
            nearest = np.clip(expected, info.min, info.max)
            assert np.all(np.abs(y - nearest) <= 0.5 + bound)
            return
        ends = [round_to(expected - bound, self.y_dtype), round_to(expected + bound, self.y_dtype)]
        got = y.astype(np.float64)
        with np.errstate(invalid="ignore"):
            right = (got >= ends[0].astype(np.float64)) & (got <= ends[1].astype(np.float64))
        assert np.all(right), f"{got[~right][:3]} for {expected[~right][:3]}"


def round_to(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """float64 rounded once, to nearest even; integers saturate."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.clip(np.rint(values), info.min, info.max).astype(dtype)
    if dtype == dtype_of("bfloat16"):
        return bfloat16_of(values)
    with np.errstate(over="ignore"):
        return values.astype(dtype)


def bfloat16_of(values: np.ndarray) -> np.ndarray:
    """Without float32 in between, which would round twice: the last bits go where they cannot tie."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    # Rounded to odd: towards zero, and then the last bit is set where anything was lost.
    bits = single.view(np.uint32)
    beyond = np.abs(single.astype(np.float64)) > np.abs(values)
    bits = bits - beyond.astype(np.uint32)
    inexact = single.astype(np.float64) != values
    bits = np.where(inexact & np.isfinite(values), bits | 1, bits).astype(np.uint32)
    return bits.view(np.float32).astype(dtype_of("bfloat16"))


def typed(case: Case, choose: RandomChoices, dtype: str) -> TypedCase:
    """The case with x of this dtype, and others that go with it."""
    of_bytes = dtype in BYTES
    out_dtype = choose.one_of(RESULTS[dtype])
    plain = {each.name: getattr(case, each.name) for each in fields(Case)}
    plain["strategy"] = choose.one_of((None, None, "converted"))
    if out_dtype == "int32" and case.activation is not None:
        kinds: Sequence[Any] = (
            None,
            ("relu", None, None),
            ("relu6", None, None),
            ("clip", -3.0, 2e4),
        )
        plain["activation"] = choose.one_of(kinds)
    return TypedCase(
        **plain,
        x_dtype=dtype,
        w_dtype=choose.one_of(BYTES) if of_bytes else dtype,
        bias_dtype="int32" if of_bytes else choose.one_of(("float32", dtype)),
        out_dtype=out_dtype,
    )


def random_typed_case(seed: int, index: int, dtype: str, ranks: Sequence[int] = RANKS) -> TypedCase:
    """`random_case` with x of a dtype."""
    return typed(random_case(seed, index, ranks), RandomChoices(seed, index, 1), dtype)
