"""What is said of arrays of a wrong type, dtype, rank or shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_refused, ones

X, W, BIAS = ones(1, 32, 8, 8), ones(32, 3, 3), ones(32)
TYPES = {
    "x": "float32, float16, bfloat16, int8 or uint8",
    "w": "float32, float16, bfloat16, int8 or uint8",
    "bias": "float32",
}
W_SHAPES = "shape (32, kh, kw), (32*M, 1, kh, kw) or (32, M, 1, kh, kw)"


def refuse(
    kind: type[Exception], text: str, x: Any = X, w: Any = W, bias: Any = BIAS, **keywords: Any
) -> None:
    assert_refused(kind, text, dwconv.dnnl_depthwise, x, w, bias, **keywords)


@pytest.mark.parametrize("argument", ["x", "w", "bias"])
@pytest.mark.parametrize(
    ("given", "name"),
    [([1.0], "list"), ((1.0,), "tuple"), (1.0, "float"), (np.float32(1), "float32")],
)
def test_not_an_array(argument: str, given: Any, name: str) -> None:
    text = f"argument `{argument}`: expected a numpy.ndarray; got {name}"
    refuse(dwconv.InvalidType, text, **{argument: given})


@pytest.mark.parametrize("argument", ["x", "w"])
def test_none_is_no_array(argument: str) -> None:
    text = f"argument `{argument}`: expected a numpy.ndarray; got NoneType"
    refuse(dwconv.InvalidType, text, **{argument: None})


@pytest.mark.parametrize(("argument", "array"), [("x", X), ("w", W), ("bias", BIAS)])
def test_float64_is_refused_with_the_cure(argument: str, array: np.ndarray) -> None:
    text = (
        f"argument `{argument}`: expected an array of {TYPES[argument]}; "
        "got float64 (cast it: array.astype(numpy.float32))"
    )
    refuse(dwconv.InvalidType, text, **{argument: array.astype(np.float64)})


@pytest.mark.parametrize(("argument", "array"), [("x", X), ("w", W), ("bias", BIAS)])
@pytest.mark.parametrize("dtype", ["int16", "uint32", "int64", "bool", "complex64", "object"])
def test_other_dtypes(argument: str, array: np.ndarray, dtype: str) -> None:
    text = f"argument `{argument}`: expected an array of {TYPES[argument]}; got {dtype}"
    refuse(dwconv.InvalidType, text, **{argument: array.astype(dtype)})


@pytest.mark.parametrize("dtype", ["S4", "U1", "m8[s]", "V4", ">i4"])
def test_dtypes_of_the_same_size_as_float32(dtype: str) -> None:
    x = np.zeros(X.shape, dtype)
    text = f"argument `x`: expected an array of {TYPES['x']}; got {x.dtype}"
    refuse(dwconv.InvalidType, text, x=x)


@pytest.mark.parametrize(
    ("layout", "shape"),
    [
        ("NCHW", (32, 8, 8)),
        ("NHWC", (8, 8, 32)),
        ("CHW", (1, 32, 8, 8)),
        ("HWC", (8, 8)),
        ("NCHW", ()),
        ("NCHW", (32,)),
    ],
)
def test_rank_of_x(layout: str, shape: tuple[int, ...]) -> None:
    text = (
        f"argument `x`: expected {len(layout)} dimensions for layout '{layout}'; got shape {shape}"
    )
    refuse(dwconv.InvalidArgument, text, x=ones(*shape), layout=layout)
    assert_refused(
        dwconv.InvalidArgument, text.replace("`x`", "`like`"), dwconv.Plan, shape, W, layout=layout
    )
    assert_refused(
        dwconv.InvalidArgument,
        text.replace("`x`", "`like`"),
        dwconv.Plan,
        ones(*shape),
        W,
        layout=layout,
    )


def test_many_dimensions() -> None:
    refuse(
        dwconv.InvalidArgument,
        "argument `x`: expected at most 6 dimensions; got 7",
        x=ones(1, 1, 1, 1, 1, 1, 1),
    )
    refuse(
        dwconv.InvalidArgument,
        "argument `w`: expected at most 6 dimensions; got 8",
        w=ones(1, 1, 1, 1, 1, 1, 1, 1),
    )


@pytest.mark.parametrize(
    "shape",
    [
        (16, 3, 3),
        (33, 3, 3),
        (30, 1, 3, 3),
        (0, 1, 3, 3),
        (32, 2, 3, 3),
        (16, 2, 1, 3, 3),
        (32, 0, 1, 3, 3),
        (32, 1, 2, 3, 3),
        (32, 1, 1, 1, 3, 3),
        (3, 3),
        (3,),
        (),
    ],
)
def test_shape_of_w(shape: tuple[int, ...]) -> None:
    text = f"argument `w`: expected {W_SHAPES}; got {shape}"
    refuse(dwconv.InvalidArgument, text, w=ones(*shape), bias=None)
    assert_refused(dwconv.InvalidArgument, text, dwconv.Plan, X.shape, ones(*shape))


def test_shape_of_w_is_told_for_the_channels_of_the_layout() -> None:
    text = "argument `w`: expected shape (8, kh, kw), (8*M, 1, kh, kw) or (8, M, 1, kh, kw); got (32, 3, 3)"
    refuse(dwconv.InvalidArgument, text, layout="NHWC")


@pytest.mark.parametrize(
    ("multiplier", "shape", "expected"),
    [(1, (16,), "(32,)"), (1, (1, 32), "(32,)"), (1, (), "(32,)"), (2, (32,), "(64,)")],
)
def test_shape_of_bias(multiplier: int, shape: tuple[int, ...], expected: str) -> None:
    text = f"argument `bias`: expected shape {expected}; got {shape}"
    w = ones(32, multiplier, 1, 3, 3)
    refuse(dwconv.InvalidArgument, text, w=w, bias=ones(*shape))
    assert_refused(dwconv.InvalidArgument, text, dwconv.Plan, X.shape, w, ones(*shape))


@pytest.mark.parametrize("w_shape", [(0, 3, 3), (3, 1, 3, 3), (0, 1, 1, 3, 3)])
def test_no_channels(w_shape: tuple[int, ...]) -> None:
    text = "argument `x`: expected at least 1 channel; got shape (1, 0, 8, 8)"
    refuse(dwconv.InvalidArgument, text, x=ones(1, 0, 8, 8), w=ones(*w_shape), bias=None)
    text = text.replace("`x`", "`like`")
    assert_refused(dwconv.InvalidArgument, text, dwconv.Plan, (1, 0, 8, 8), ones(*w_shape))


@pytest.mark.parametrize(("height", "width"), [(0, 8), (8, 0)])
def test_no_pixels(height: int, width: int) -> None:
    text = f"argument `x`: expected spatial sizes from 1 to 2147483647; got ({height}, {width})"
    refuse(dwconv.InvalidArgument, text, x=ones(1, 32, height, width), padding=3)


@pytest.mark.parametrize(("height", "width"), [(0, 3), (3, 0)])
def test_no_taps(height: int, width: int) -> None:
    text = f"argument `w`: expected kernel sizes from 1 to 2147483647; got ({height}, {width})"
    refuse(dwconv.InvalidArgument, text, w=ones(32, height, width))


def test_empty_batch_is_validated_all_the_same() -> None:
    refuse(
        dwconv.InvalidArgument,
        f"argument `w`: expected {W_SHAPES}; got (16, 3, 3)",
        x=ones(0, 32, 8, 8),
        w=ones(16, 3, 3),
    )
    refuse(
        dwconv.InvalidArgument,
        "argument `bias`: expected shape (32,); got (3,)",
        x=ones(0, 32, 8, 8),
        bias=ones(3),
    )
    text = (
        "expected one that can serve this problem; got 'direct': it needs a depth multiplier of 1"
    )
    assert_refused(
        dwconv.Unsupported,
        f"argument `strategy`: {text}",
        dwconv.Plan,
        (0, 8, 8, 32),
        ones(32, 2, 1, 3, 3),
        layout="NHWC",
        strategy="direct",
    )


def test_plan_refuses_another_x() -> None:
    plan = dwconv.Plan(X, W)
    for shape in ((1, 32, 7, 8), (2, 32, 8, 8), (32, 8, 8)):
        text = f"argument `x`: expected shape (1, 32, 8, 8), the plan's; got {shape}"
        assert_refused(dwconv.InvalidArgument, text, plan, ones(*shape))
    assert_refused(
        dwconv.InvalidType, "argument `x`: expected a numpy.ndarray; got list", plan, [1.0]
    )
    text = "argument `x`: expected an array of float32; got float64 (cast it: array.astype(numpy.float32))"
    assert_refused(dwconv.InvalidType, text, plan, X.astype(np.float64))


@pytest.mark.parametrize("like", [1, "NCHW", None, {1: 2}])
def test_like_that_is_no_shape(like: Any) -> None:
    text = f"argument `like`: expected a shape or a numpy.ndarray; got {like!r}"
    assert_refused(dwconv.InvalidType, text, dwconv.Plan, like, W)


@pytest.mark.parametrize("like", [(1, 32, 8, 8.0), (1, 32, 8, True), (1, 32, "8", 8)])
def test_like_with_entries_that_are_no_ints(like: Any) -> None:
    text = f"argument `like`: expected a shape or a numpy.ndarray; got {like!r}"
    assert_refused(dwconv.InvalidType, text, dwconv.Plan, like, W)


@pytest.mark.parametrize("like", [(1, -32, 8, 8), (-1, 32, 8, 8), (1, 32, -8, 8)])
def test_like_with_negative_entries(like: Any) -> None:
    text = f"argument `like`: expected entries of at least 0; got {like!r}"
    assert_refused(dwconv.InvalidArgument, text, dwconv.Plan, like, W)


def test_like_beyond_any_memory() -> None:
    size = 2**31 - 1
    text = f"argument `like`: expected an array of at most {2**63 // 16 - 1} elements; got shape {(size, 32, size, size)}"
    assert_refused(dwconv.InvalidArgument, text, dwconv.Plan, (size, 32, size, size), W)


def test_more_operations_than_can_be_counted() -> None:
    text = (
        f"argument `w`: expected a kernel that makes at most {2**63 // 16 - 1} operations, each "
        "multiply-add two; got kernel sizes (100, 100) and a result of shape "
        f"{(2**31 - 1, 1, 2**20 + 1, 65)}"
    )
    like = (2**31 - 1, 1, 2**20, 64)
    assert_refused(dwconv.InvalidArgument, text, dwconv.Plan, like, ones(1, 100, 100), padding=50)
