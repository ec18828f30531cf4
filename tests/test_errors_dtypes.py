"""What is said of dtypes that do not go together."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, assert_refused, ones

X, W = ones(1, 4, 8, 8), ones(4, 3, 3)
BFLOAT16 = ml_dtypes.bfloat16


@pytest.mark.parametrize(
    ("x", "w", "text"),
    [
        (np.float32, np.float16, "float32, the dtype of `x`; got float16"),
        (np.float16, BFLOAT16, "float16, the dtype of `x`; got bfloat16"),
        (BFLOAT16, np.float32, "bfloat16, the dtype of `x`; got float32"),
        (np.float32, np.int8, "float32, the dtype of `x`; got int8"),
        (np.uint8, np.float32, "int8 or uint8, as `x` is uint8; got float32"),
    ],
)
def test_x_and_w(x: Any, w: Any, text: str) -> None:
    arrays = (X.astype(x), W.astype(w))
    assert_both_doors_refuse(dwconv.InvalidType, f"argument `w`: expected {text}", *arrays)


@pytest.mark.parametrize(
    ("x", "out_dtype", "text"),
    [
        (np.float32, "int8", "float32, float16 or bfloat16 with `x` of float32; got int8"),
        (np.float32, np.int32, "float32, float16 or bfloat16 with `x` of float32; got int32"),
        (np.float16, "bfloat16", "float16 or float32 with `x` of float16; got bfloat16"),
        (BFLOAT16, np.float16, "bfloat16 or float32 with `x` of bfloat16; got float16"),
        (np.int8, np.float16, "int8, uint8, int32 or float32 with `x` of int8; got float16"),
    ],
)
def test_out_dtype(x: Any, out_dtype: Any, text: str) -> None:
    arrays = (X.astype(x), W.astype(x))
    text = f"argument `out_dtype`: expected {text}"
    assert_both_doors_refuse(dwconv.InvalidType, text, *arrays, out_dtype=out_dtype)


@pytest.mark.parametrize(
    ("x", "bias", "text"),
    [
        (np.float32, np.float16, "float32; got float16"),
        (np.float32, np.float64, "float32; got float64 (cast it: array.astype(numpy.float32))"),
        (np.float16, BFLOAT16, "float32 or float16; got bfloat16"),
        (BFLOAT16, np.float16, "float32 or bfloat16; got float16"),
        (np.float16, np.int32, "float32 or float16; got int32"),
        (np.int8, np.float32, "int32; got float32"),
        (np.uint8, np.float64, "int32; got float64"),
    ],
)
def test_bias(x: Any, bias: Any, text: str) -> None:
    arrays = (X.astype(x), W.astype(x), np.ones(4, bias))
    assert_both_doors_refuse(
        dwconv.InvalidType, f"argument `bias`: expected an array of {text}", *arrays
    )


def test_float64_is_to_be_cast_to_float32_where_that_is_taken_alone() -> None:
    x, w = X.astype(np.int8), W.astype(np.int8)
    text = "argument `add`: expected an array of int8; got float64"
    assert_refused(dwconv.InvalidType, text, dwconv.dnnl_depthwise, x, w, add=np.ones(1))
    text = "argument `x`: expected an array of int8 or uint8; got float64"
    call, scales = dwconv.dnnl_depthwise_quantized, {"x_scale": 1, "w_scale": 1, "y_scale": 1}
    assert_refused(dwconv.InvalidType, text, call, X.astype(np.float64), w, **scales)


def test_out() -> None:
    x, w = X.astype(BFLOAT16), W.astype(BFLOAT16)
    text = "argument `out`: expected an array of bfloat16; got float32"
    out = np.zeros((1, 4, 6, 6), np.float32)
    assert_refused(dwconv.InvalidType, text, dwconv.dnnl_depthwise, x, w, out=out)
    assert_refused(dwconv.InvalidType, text, dwconv.Plan(x, w), x, out=out)


def test_plan_refuses_x_of_another_dtype() -> None:
    plan = dwconv.Plan(X.astype(np.float16), W.astype(np.float16))
    text = "argument `x`: expected an array of float16; got float32"
    assert_refused(dwconv.InvalidType, text, plan, X)


def test_dtype_of_plan_and_like() -> None:
    text = "argument `dtype`: expected None or float32, the dtype of `like`; got 'float16'"
    assert_refused(dwconv.InvalidType, text, dwconv.Plan, X, W, dtype=np.float16)


@pytest.mark.parametrize("dtype", [BFLOAT16, np.float16, np.int8])
def test_plan_of_a_shape_and_other_weights(dtype: Any) -> None:
    name = np.dtype(dtype).name
    text = (
        "argument `w`: expected float32, or `dtype` to say that x is not of float32 "
        f"(such as dtype='{name}'); got {name}"
    )
    assert_refused(dwconv.InvalidType, text, dwconv.Plan, X.shape, W.astype(dtype))
    plan = dwconv.Plan(X.shape, W.astype(dtype), dtype=name)
    assert plan(X.astype(dtype)).dtype == dtype


@pytest.mark.parametrize("dtype", ["float64", "int32"])
def test_like_of_another_dtype(dtype: str) -> None:
    like = X.astype(dtype)
    text = "^argument `like`: expected an array of float32, float16, bfloat16, int8 or uint8; got"
    with pytest.raises(dwconv.InvalidType, match=f"{text} {dtype}"):
        dwconv.Plan(like, W)
    with pytest.raises(dwconv.InvalidType, match=r"^argument `like`: expected an array of int8 or"):
        dwconv.Plan.quantized(like, W.astype(np.int8), x_scale=1, w_scale=1, y_scale=1)


@pytest.mark.parametrize("activation", ["gelu", ("clip", 0.0, 2.5), ("leaky_relu", 0.5, None)])
def test_activations_of_int32(activation: Any) -> None:
    given = dwconv.Activation(*activation) if isinstance(activation, tuple) else activation
    x, w = X.astype(np.int8), W.astype(np.int8)
    with pytest.raises(dwconv.InvalidArgument, match="`activation`: expected none, 'relu', or a"):
        dwconv.dnnl_depthwise(x, w, activation=given, out_dtype=np.int32)


def test_strategies() -> None:
    x, w = X.astype(np.float16), W.astype(np.float16)
    text = "argument `strategy`: expected one that can serve this problem; got"
    for strategy in ("direct", "tiled", "planar", "reordered"):
        refusal = f"{text} '{strategy}': it is for float32 alone"
        assert_both_doors_refuse(dwconv.Unsupported, refusal, x, w, strategy=strategy)
    refusal = f"{text} 'converted': it is for other types than float32"
    assert_both_doors_refuse(dwconv.Unsupported, refusal, X, W, strategy="converted")


@pytest.mark.parametrize("dtype", [np.float16, np.int8, BFLOAT16])
def test_other_convolutions_are_of_float32(dtype: Any) -> None:
    x, mix = X.astype(dtype), ones(8, 4, 1, 1).astype(dtype)
    text = f"argument `x`: expected an array of float32; got {np.dtype(dtype)}"
    assert_refused(dwconv.InvalidType, text, dwconv.dnnl_conv, x, mix)
    assert_refused(dwconv.InvalidType, text, dwconv.dnnl_separable, x, W.astype(dtype), mix)


def test_ml_dtypes_is_imported_where_it_is_needed_alone() -> None:
    script = """
import sys
import numpy as np
import dwconv
x, w = np.ones((1, 4, 8, 8), np.float32), np.ones((4, 3, 3), np.float32)
dwconv.dnnl_depthwise(x.astype(np.float16), w.astype(np.float16))
assert "ml_dtypes" not in sys.modules
sys.modules["ml_dtypes"] = None  # as if it were not installed
for call in (dwconv.dnnl_depthwise, dwconv.Plan):
    try:
        call(x, w, out_dtype="bfloat16")
    except dwconv.Unsupported as error:
        print(error)
del sys.modules["ml_dtypes"]
print(dwconv.dnnl_depthwise(x, w, out_dtype="bfloat16").dtype)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    refusal = (
        "argument `out_dtype`: expected a type that NumPy has; got bfloat16, which needs ml_dtypes"
    )
    assert done.stdout.splitlines() == [refusal, refusal, "bfloat16"]
