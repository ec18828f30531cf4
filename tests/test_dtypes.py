"""float16, bfloat16, int8 and uint8: against the reference, rounding, saturation, tiles, threads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import dwconv
from helpers.memory import arrange
from typed_case import DTYPES, RESULTS, TypedCase, dtype_of, random_typed_case, round_to

HALVES = ("float16", "bfloat16")


def identity(x: np.ndarray, out_dtype: Any = None) -> np.ndarray:
    """x through a convolution that leaves it as it is, but for its dtype."""
    w = np.ones((1, 1), x.dtype)
    return dwconv.dnnl_depthwise(x.reshape(1, -1), w, layout="CW", out_dtype=out_dtype)[0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_random_cases(dtype: str) -> None:
    for index in range(150):
        random_typed_case(5, index, dtype).check()


def case_of(dtype: str, **changes: Any) -> TypedCase:
    of_bytes = dtype in ("int8", "uint8")
    types = {
        "x_dtype": dtype,
        "w_dtype": "int8" if of_bytes else dtype,
        "bias_dtype": "int32" if of_bytes else "float32",
        "out_dtype": RESULTS[dtype][-1],
    }
    return TypedCase(**{"bias": True, "integers": False, "weights_rank": 4, **types, **changes})


# More than a tile holds, in each way in which it is cut; and what only padding makes.
LARGE = {
    "rows of a plane": {"channels": 2, "size": (300, 331), "padding": 1},
    "rows, stride": {"channels": 2, "size": (451, 302), "padding": 1, "stride": 2},
    "long rows": {"channels": 1, "size": (20, 9000), "kernel": (5, 5), "padding": 2},
    "channels": {"channels": 90, "size": (41, 43), "padding": 1},
    "channels, multiplier": {"channels": 31, "multiplier": 3, "size": (41, 43), "padding": 1},
    "images": {"batch": 23, "channels": 40, "size": (12, 13), "kernel": (5, 5), "padding": 2},
    "many channels": {"channels": 700, "size": (17, 30), "kernel": (7, 7), "padding": 3},
    "dilation": {"channels": 40, "size": (70, 71), "dilation": (9, 3), "padding": (20, 4)},
    "deep padding": {"channels": 9, "size": (90, 90), "padding": ((40, 30), (0, 9)), "stride": 3},
    "a line": {"channels": 1, "size": (150_001,), "kernel": (9,), "padding": "causal"},
    "lines": {"batch": 3, "channels": 70, "size": (2000,), "kernel": (4,), "stride": 3},
    "volume": {"channels": 12, "size": (20, 31, 37), "kernel": (3, 3, 3), "padding": 1},
}
LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


@pytest.mark.parametrize("order", ["C", "strided"])
@pytest.mark.parametrize("last", [False, True], ids=["channels-first", "channels-last"])
@pytest.mark.parametrize("dtype", ["bfloat16", "uint8"])
@pytest.mark.parametrize("name", LARGE)
def test_large_problems(name: str, dtype: str, last: bool, order: str) -> None:
    case = case_of(dtype, **LARGE[name])
    replace(case, layout=LAYOUTS[len(case.size)][last], x_order=order).check()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_result_does_not_depend_on_threads(dtype: str, layout: str) -> None:
    case = case_of(dtype, batch=3, channels=70, size=(60, 61), padding=1, layout=layout)
    x, w, bias = case.arrays()
    one, two = (replace(case, threads=threads).run(x, w, bias, None) for threads in (1, 2))
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("dtype", HALVES)
def test_every_number_comes_and_goes_unchanged(dtype: str) -> None:
    every = np.arange(2**16, dtype=np.uint16).view(dtype_of(dtype))
    # A sum with 0 has no negative zero; what is not a number is none, whatever its bits.
    expected = every.astype(np.float32)
    widened = identity(every, np.float32)
    np.testing.assert_array_equal(widened, expected)
    again = identity(every)
    number = ~np.isnan(expected)
    np.testing.assert_array_equal(again[number].astype(np.float32), expected[number])
    assert np.isnan(again[~number].astype(np.float32)).all()
    np.testing.assert_array_equal(identity(widened[number], every.dtype), again[number])


@pytest.mark.parametrize("dtype", HALVES)
def test_every_tie_and_its_neighbours(dtype: str) -> None:
    """float32 halfway between two numbers that are next to each other, and just beside."""
    target = dtype_of(dtype)
    every = np.arange(2**16, dtype=np.uint16).view(target).astype(np.float32)
    numbers = np.unique(every[np.isfinite(every)]).astype(np.float64)
    halfway = ((numbers[1:] + numbers[:-1]) / 2).astype(np.float32)
    largest = float(ml_dtypes.finfo(target).max)
    # The last number that is not infinity yet is halfway to what would be the next one.
    end = largest + (largest - numbers[-2]) / 2
    beyond = np.array([end, min(end * 1.01, 3.4e38), np.inf], np.float32)
    ties = np.concatenate([halfway, beyond, -beyond])
    outwards = np.copysign(np.float32(np.inf), ties)
    for values in (ties, np.nextafter(ties, np.float32(0)), np.nextafter(ties, outwards)):
        got = identity(values, target).astype(np.float64)
        expected = round_to(values.astype(np.float64), target).astype(np.float64)
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", HALVES)
def test_random_bits_of_float32(dtype: str) -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 200_003, dtype=np.uint32)
    values = bits.view(np.float32)
    # Sums with 0 take no subnormal number of float32 away, so those stay too.
    got = identity(values, dtype_of(dtype))
    with np.errstate(invalid="ignore"):  # signalling NaN
        expected = round_to(values.astype(np.float64), dtype_of(dtype)).astype(np.float64)
        np.testing.assert_array_equal(got.astype(np.float64), expected)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("out_dtype", ["int8", "uint8"])
def test_integers_saturate(dtype: str, out_dtype: str) -> None:
    info = np.iinfo(dtype)
    x = np.arange(info.min, info.max + 1, dtype=dtype)
    for weight in (-128, -1, 0, 1, 127):
        w = np.full((1, 1), weight, np.int8)
        y = dwconv.dnnl_depthwise(x[None], w, layout="CW", out_dtype=out_dtype)[0]
        np.testing.assert_array_equal(
            y, round_to(x.astype(np.float64) * weight, np.dtype(out_dtype))
        )


def test_integers_round_ties_to_even() -> None:
    x = np.arange(-9, 10, dtype=np.int8)[None]
    w = np.ones((1, 1), np.int8)
    y = dwconv.dnnl_depthwise(x, w, layout="CW", activation=dwconv.Activation("leaky_relu", 0.5))
    np.testing.assert_array_equal(y[0], np.rint(np.where(x[0] < 0, x[0] / 2, x[0])))


EXTREMES = [(x_dtype, w_dtype) for x_dtype in ("int8", "uint8") for w_dtype in ("int8", "uint8")]


@pytest.mark.parametrize(("x_dtype", "w_dtype"), EXTREMES)
@pytest.mark.parametrize(
    "kernel", [(3, 3), (17, 15), (23, 23), (32, 32), (33, 31), (63, 63), (1, 1500), (1200, 2)]
)
@pytest.mark.parametrize("ends", ["smallest", "largest", "alternating", "random"])
def test_sums_of_extreme_integers_are_exact(
    x_dtype: str, w_dtype: str, kernel: tuple[int, int], ends: str
) -> None:
    """Beyond 2**24, where float32 has no odd numbers; the bias makes the sums odd."""
    rng = np.random.default_rng(len(ends))
    shape = (1, 3, kernel[0] + 1, kernel[1] + 2)

    def extreme(shape: tuple[int, ...], dtype: str) -> np.ndarray:
        info = np.iinfo(dtype)
        low, high = np.full(shape, info.min, dtype), np.full(shape, info.max, dtype)
        if ends == "random":
            return rng.integers(info.min, info.max + 1, shape).astype(dtype)
        if ends == "alternating":
            return np.where(np.indices(shape).sum(0) % 2 == 0, low, high)
        return low if ends == "smallest" else high

    x, w = extreme(shape, x_dtype), extreme((3, *kernel), w_dtype)
    bias = np.array([1, -3, 2**31 - 1], np.int32)
    case = TypedCase(x_dtype=x_dtype, w_dtype=w_dtype, out_dtype="int32")
    expected = case.expected(x, w, bias)
    for layout in ("NCHW", "NHWC"):
        source = x if layout == "NCHW" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))
        for out_dtype in ("int32", "float32", "int8"):
            y = dwconv.dnnl_depthwise(source, w, bias, layout=layout, out_dtype=out_dtype)
            got = y if layout == "NCHW" else y.transpose(0, 3, 1, 2)
            np.testing.assert_array_equal(got, round_to(expected, np.dtype(out_dtype)))


def test_a_large_bias_of_integers_is_exact() -> None:
    """Where sum and bias all but cancel each other, no digit of either may be lost."""
    x = np.full((1, 2, 8, 8), -128, np.int8)
    w = np.full((2, 5, 5), 127, np.int8)
    total = -128 * 127 * 25
    bias = np.array([2**24 + 1, -total + 5], np.int32)
    for out_dtype in (None, "uint8", "int32", "float32"):
        y = dwconv.dnnl_depthwise(x, w, bias, out_dtype=out_dtype)
        for channel in (0, 1):
            exact = np.float64(total + int(bias[channel]))
            assert (y[:, channel] == round_to(exact, y.dtype)).all()


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_nan_and_infinity(dtype: str, layout: str) -> None:
    """As in float32: what the padding meets makes no NaN, and what a tap meets stays."""
    rng = np.random.default_rng(3)
    shape = (2, 5, 6, 7)
    x, w = rng.integers(-4, 5, shape).astype(np.float32), rng.integers(-4, 5, (5, 3, 3))
    x[0, 1, 2, 3], x[1, 2, 0, 0], w = np.nan, np.inf, w.astype(np.float32)
    w[3, 0, 0], w[4, 2, 1] = np.inf, np.nan
    arrays = [a.astype(dtype_of(dtype)) for a in (x, w)]
    if layout == "NHWC":
        arrays[0] = np.ascontiguousarray(arrays[0].transpose(0, 2, 3, 1))
    for activation in (None, "relu", "gelu"):
        single, half = (
            dwconv.dnnl_depthwise(a, b, padding=1, layout=layout, activation=activation)
            for a, b in ((a.astype(np.float32) for a in arrays), arrays)
        )
        with np.errstate(invalid="ignore"):
            expected = round_to(single.astype(np.float64), half.dtype).astype(np.float32)
        np.testing.assert_array_equal(half.astype(np.float32), expected)


@pytest.mark.parametrize("order", ["C", "strided", "reversed", "unaligned", "byte-swapped"])
@pytest.mark.parametrize("dtype", [name for name in DTYPES if name != "float32"])
def test_memory_of_any_kind(dtype: str, order: str) -> None:
    case_of(dtype, batch=2, channels=9, size=(11, 12), x_order=order, w_order=order).check()


@pytest.mark.parametrize("dtype", [name for name in DTYPES if name != "float32"])
def test_plan(dtype: str) -> None:
    case = case_of(dtype, batch=2, channels=9, size=(11, 12), padding=1)
    x, w, bias = case.arrays()
    expected = case.run(x, w, bias, None)
    for like, given in ((x, None), (x.shape, dtype_of(dtype)), (x.shape, dtype), (x, dtype)):
        plan = dwconv.Plan(like, w, bias, dtype=given, **case.keywords())
        assert plan.strategy == "converted"
        np.testing.assert_array_equal(plan(x), expected)
        # Arrays of other orders run too, and `out` is written.
        out = np.zeros_like(expected)
        assert plan(arrange(x, "strided"), out=out) is out
        np.testing.assert_array_equal(out, expected)
    assert plan.nbytes == x.nbytes + w.nbytes + bias.nbytes + expected.nbytes
    assert f"+{dtype}" in plan.problem


def test_empty_batch() -> None:
    x = np.zeros((0, 4, 8, 8), ml_dtypes.bfloat16)
    y = dwconv.dnnl_depthwise(x, np.zeros((4, 3, 3), ml_dtypes.bfloat16))
    assert (y.shape, y.dtype) == ((0, 4, 6, 6), x.dtype)


def test_problem_as_text() -> None:
    x, w = np.zeros((1, 8, 9, 9), np.uint8), np.zeros((8, 3, 3), np.int8)
    plan = dwconv.Plan(x, w, np.zeros(8, np.int32), activation="relu", out_dtype=np.int32)
    assert plan.problem == "n1c8i9x9k3x3+bias+relu+uint8*int8>int32"
    with pytest.raises(dwconv.Unsupported, match="float32 throughout"):
        dwconv._core.parse_problem(plan.problem)


def test_weights_that_change_in_dtype_alone_are_packed_anew() -> None:
    """The same bits, first as int8 and then as uint8."""
    x, bits = np.ones((1, 1, 4, 4), np.int8), np.full((1, 2, 2), 0x81, np.uint8)
    signed = dwconv.dnnl_depthwise(x, bits.view(np.int8), out_dtype=np.int32)
    unsigned = dwconv.dnnl_depthwise(x, bits, out_dtype=np.int32)
    assert (signed == -127 * 4).all()
    assert (unsigned == 129 * 4).all()
