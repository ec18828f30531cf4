"""What is said of scales, zero points and arrays of a quantized convolution that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_refused

X, W = np.zeros((1, 4, 6, 6), np.uint8), np.zeros((4, 3, 3), np.int8)
SCALES = {"x_scale": 0.5, "w_scale": 0.5, "y_scale": 0.5}


def refuse(kind: type[Exception], text: str, **changes: Any) -> None:
    """Both doors say the same."""
    arguments = {"w": W, **SCALES, **changes}
    x = arguments.pop("x", X)
    assert_refused(kind, text, dwconv.dnnl_depthwise_quantized, x, **arguments)
    like = text.replace("argument `x`", "argument `like`")
    assert_refused(kind, like, dwconv.Plan.quantized, x, **arguments)


@pytest.mark.parametrize("name", ["x", "w"])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_dtypes_of_arrays(name: str, dtype: str) -> None:
    array = {"x": X, "w": W}[name].astype(dtype)
    text = f"argument `{name}`: expected an array of int8 or uint8; got {dtype}"
    refuse(dwconv.InvalidType, text, **{name: array})


def test_bias() -> None:
    text = "argument `bias`: expected an array of int32; got float32"
    refuse(dwconv.InvalidType, text, bias=np.zeros(4, np.float32))
    text = "argument `bias`: expected shape (4,); got (3,)"
    refuse(dwconv.InvalidArgument, text, bias=np.zeros(3, np.int32))


@pytest.mark.parametrize("name", ["x_scale", "w_scale", "y_scale"])
@pytest.mark.parametrize(
    ("scale", "given"),
    [
        (0, "0"),
        (-0.5, "-0.5"),
        (np.inf, "inf"),
        (np.nan, "nan"),
        (1e39, "1e+39"),
        (1e-60, "1e-60"),
        (10**400, str(10**400)),
    ],
)
def test_scales(name: str, scale: float, given: str) -> None:
    text = f"argument `{name}`: expected finite in float32 and greater than 0; got {given}"
    refuse(dwconv.InvalidArgument, text, **{name: scale})


def test_multiplier() -> None:
    text = (
        "argument `y_scale`: expected a scale by which the product of the other two can be divided "
        "in float32; got 1e+10 divided by 1e-30"
    )
    refuse(dwconv.InvalidArgument, text, x_scale=1e10, w_scale=1.0, y_scale=1e-30)


def test_product_of_scales() -> None:
    text = (
        "argument `x_scale`: expected a scale whose product with that of the weights is finite in "
        "float32; got 3e+38 times 2e+38"
    )
    refuse(dwconv.InvalidArgument, text, x_scale=3e38, w_scale=2e38, y_scale=1.0)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("x_zero_point", 256, "from 0 to 255, a number of uint8; got 256"),
        ("x_zero_point", -1, "from 0 to 255, a number of uint8; got -1"),
        ("w_zero_point", [0, 0, 128, 0], "from -128 to 127, a number of int8; got 128"),
        ("w_zero_point", [0, 0], "one number or shape (4,); got shape (2,)"),
        ("w_scale", np.ones(5), "one number or shape (4,); got shape (5,)"),
        ("w_scale", np.ones((4, 1)), "one dimension at most; got (4, 1)"),
        ("y_zero_point", 300, "from 0 to 255, a number of uint8; got 300"),
        ("x_scale", [1.0, 2.0], "one number; got [1.0, 2.0]"),
        ("w_scale", [1, 0.5, 1e-60, 1], "finite in float32 and greater than 0; got 1e-60"),
        ("y_zero_point", 2**40, "a number of int8 or uint8; got 1099511627776"),
        ("x_zero_point", -(2**31), "a number of int8 or uint8; got -2147483648"),
        ("w_zero_point", [0, 0, 10**30, 0], f"a number of int8 or uint8; got {10**30}"),
    ],
)
def test_values(name: str, value: Any, text: str) -> None:
    refuse(dwconv.InvalidArgument, f"argument `{name}`: expected {text}", **{name: value})


def test_the_zero_point_is_one_of_the_dtype_of_the_result() -> None:
    text = "argument `y_zero_point`: expected from -128 to 127, a number of int8; got 200"
    refuse(dwconv.InvalidArgument, text, y_zero_point=200, out_dtype="int8")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("x_scale", "0.5", "a number; got '0.5'"),
        ("x_scale", True, "a number; got True"),
        ("x_zero_point", 1.5, "an int; got 1.5"),
        ("x_zero_point", [10**30, None], f"an int; got {[10**30, None]}"),
        ("w_scale", None, "a number or an array of them; got None"),
        ("w_zero_point", [0.5], "an int or an array of them; got [0.5]"),
        ("out_dtype", "int32", "None, int8 or uint8; got dtype('int32')"),
        ("out_dtype", "float32", "None, int8 or uint8; got dtype('float32')"),
    ],
)
def test_types(name: str, value: Any, text: str) -> None:
    refuse(dwconv.InvalidType, f"argument `{name}`: expected {text}", **{name: value})


def test_out() -> None:
    text = "argument `out`: expected an array of uint8; got int8"
    out = np.zeros((1, 4, 4, 4), np.int8)
    call = dwconv.dnnl_depthwise_quantized
    assert_refused(dwconv.InvalidType, text, call, X, W, out=out, **SCALES)
    plan = dwconv.Plan.quantized(X, W, **SCALES)
    assert_refused(dwconv.InvalidType, text, plan, X, out=out)


def test_dtype_of_plan() -> None:
    text = "argument `dtype`: expected None or uint8, the dtype of `like`; got 'int8'"
    assert_refused(dwconv.InvalidType, text, dwconv.Plan.quantized, X, W, dtype="int8", **SCALES)
    assert dwconv.Plan.quantized(X.shape, W, dtype="int8", **SCALES).problem.endswith("+int8")
