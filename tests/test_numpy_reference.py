"""`dwconv.reference`, the users' NumPy algorithms, against the tests' own reference, which shares no code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import dwconv
import reference
from case import Case
from cases import ACTIVATIONS, cases
from helpers.activations import activate
from helpers.refusals import assert_refused
from typed_case import DTYPES, random_typed_case


@settings(max_examples=300)
@given(cases())
def test_depthwise_equals_the_tests_reference(case: Case) -> None:
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    out = case.output(expected)
    y = dwconv.reference.depthwise(x, w, bias, out=out, **case.keywords())
    assert out is None or y is out
    assert out is not None or y.flags.c_contiguous
    case.assert_matches(y, expected, x, w, bias)


@pytest.mark.parametrize("dtype", DTYPES)
def test_other_dtypes(dtype: str) -> None:
    for index in range(40):
        case = replace(random_typed_case(7, index, dtype), strategy=None)
        x, w, bias = case.arrays()
        expected = case.expected(x, w, bias)
        y = dwconv.reference.depthwise(x, w, bias, out=case.output(expected), **case.keywords())
        case.assert_matches(y, expected, x, w, bias)


def test_integers_end_where_their_dtype_does() -> None:
    x = np.array([[-128, 127]], np.int8)
    w = np.full((1, 1), 2, np.int8)
    for dtype in (np.int8, np.uint8, np.int32):
        y = dwconv.reference.depthwise(x, w, layout="CW", out_dtype=dtype)
        np.testing.assert_array_equal(y, dwconv.dnnl_depthwise(x, w, layout="CW", out_dtype=dtype))


@pytest.mark.parametrize("activation", [*ACTIVATIONS, ("leaky_relu", 0, None), ("swish", 0, None)])
def test_limits_of_activations(activation: Any) -> None:
    values = [np.nan, -np.inf, np.inf, -3e38, 3e38, -1000, 1000, -1.5, -0.25, 0, 0.25, 1.5, 7]
    x = np.array(values)[None, None, None]
    rule = None if activation is None else dwconv.Activation(*activation)
    y = dwconv.reference.depthwise(x, np.ones((1, 1, 1)), activation=rule)
    # Parameters of an Activation are rounded to float32, and those of the expected values are not.
    np.testing.assert_allclose(y, activate(x, activation), rtol=1e-6, atol=1e-15)


def test_padding_makes_no_nan() -> None:
    x, w = np.ones((1, 1, 3, 3)), np.full((1, 3, 3), np.inf)
    assert np.isinf(dwconv.reference.depthwise(x, w, padding=4)[0, 0, 2:7, 2:7]).all()


def test_float64_keeps_its_precision() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((2, 5, 9, 8)), rng.standard_normal((5, 2, 1, 3, 3))
    y = dwconv.reference.depthwise(x, w, padding=1)
    assert y.dtype == np.float64
    # Sums of nine products of magnitude 1 to 10 in another order: a few units in the last place.
    np.testing.assert_allclose(y, reference.depthwise(x, w, padding=1), rtol=0, atol=1e-13)
    narrow = dwconv.reference.depthwise(x, w, padding=1, out_dtype=np.float16)
    np.testing.assert_array_equal(narrow, y.astype(np.float16))


def test_out_may_be_x_itself() -> None:
    x = np.random.default_rng(1).standard_normal((1, 2, 6, 6))
    w = np.ones((2, 3, 3))
    expected = dwconv.reference.depthwise(x, w, padding=1)
    assert dwconv.reference.depthwise(x, w, padding=1, out=x) is x
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("f", [1, 3, 5, 9])
def test_loops_equal_the_fast_one(f: int) -> None:
    rng = np.random.default_rng(f)
    x = rng.integers(-8, 9, (6, 7, 3)).astype(np.float32)
    w = rng.integers(-8, 9, (f, f, 3)).astype(np.float32)
    y = dwconv.reference.depthwise_loops(x, w)
    assert y.dtype == np.float32
    assert y.shape == x.shape
    by_channel = w.transpose(2, 0, 1)
    expected = reference.depthwise(x, by_channel, padding=f // 2, layout="HWC")
    np.testing.assert_array_equal(y, expected)
    fast = dwconv.dnnl_depthwise(x, by_channel, padding="same", layout="HWC")
    np.testing.assert_array_equal(y, fast)


def test_loops_neither_shift_nor_enlarge() -> None:
    middle = np.zeros((5, 5, 2))
    middle[2, 2] = 1
    x = np.random.default_rng(1).standard_normal((8, 6, 2))
    np.testing.assert_array_equal(dwconv.reference.depthwise_loops(x, middle), x)


@pytest.mark.parametrize(
    ("x", "w", "argument"),
    [
        ((5, 5), (3, 3, 1), "x"),
        ((5, 5, 2), (3, 3, 1), "w"),
        ((5, 5, 2), (2, 2, 2), "w"),
        ((5, 5, 2), (3, 5, 2), "w"),
        ((5, 5, 2), (3, 3), "w"),
        ((5, 5, 0), (3, 3, 0), "w"),
        ((5, 5, 2), (), "w"),
    ],
)
def test_loops_refuse(x: tuple[int, ...], w: tuple[int, ...], argument: str) -> None:
    with pytest.raises(dwconv.InvalidArgument, match=f"argument `{argument}`"):
        dwconv.reference.depthwise_loops(np.ones(x), np.ones(w))


X, W = np.ones((1, 2, 5, 5), np.float32), np.ones((2, 3, 3), np.float32)
REFUSED: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "rank of x": ("x", (X[0], W), {}),
    "channels of w": ("w", (X, W[:1]), {}),
    "large kernel": ("w", (X, np.ones((2, 6, 3))), {}),
    "bias": ("bias", (X, W, np.ones(3)), {}),
    "stride": ("stride", (X, W), {"stride": 0}),
    "dilation": ("dilation", (X, W), {"dilation": 0}),
    "padding": ("padding", (X, W), {"padding": (1, -1)}),
    "layout": ("layout", (X, W), {"layout": "NCWH"}),
    "activation": ("activation", (X, W), {"activation": "step"}),
    "out": ("out", (X, W), {"out": np.ones((1, 2, 3, 4))}),
}
TYPES: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "list": ("x", (X.tolist(), W), {}),
    "integers": ("w", (X, W.astype(int)), {}),
    "integers of x": ("x", (X.astype(int), W), {}),
    "bytes and floats": ("w", (X.astype(np.int8), W), {}),
    "floats and bytes": ("w", (X, W.astype(np.int8)), {}),
    "bias of bytes": ("bias", (X.astype(np.int8), W.astype(np.int8), np.ones(2)), {}),
    "bytes of floats": ("out_dtype", (X, W), {"out_dtype": "int8"}),
    "no dtype": ("out_dtype", (X, W), {"out_dtype": "no such"}),
    "out of bytes": ("out", (X, W), {"out": np.ones((1, 2, 3, 3), np.int8)}),
    "bias": ("bias", (X, W, [1.0, 2.0]), {}),
    "layout": ("layout", (X, W), {"layout": 3}),
    "out": ("out", (X, W), {"out": np.ones((1, 2, 3, 3)), "out_dtype": np.float32}),
}


def test_the_dtype_of_an_array_is_shown() -> None:
    text = "argument `x`: expected an array of a floating dtype, bfloat16, int8 or uint8; got int64"
    assert_refused(dwconv.InvalidType, text, dwconv.reference.depthwise, X.astype(np.int64), W)


@pytest.mark.parametrize("name", REFUSED)
def test_values_are_refused(name: str) -> None:
    argument, arrays, keywords = REFUSED[name]
    with pytest.raises(dwconv.InvalidArgument, match=f"argument `{argument}`"):
        dwconv.reference.depthwise(*arrays, **keywords)


@pytest.mark.parametrize("name", TYPES)
def test_types_are_refused(name: str) -> None:
    argument, arrays, keywords = TYPES[name]
    with pytest.raises(dwconv.InvalidType, match=f"argument `{argument}`"):
        dwconv.reference.depthwise(*arrays, **keywords)
