"""What is said of a scale, a shift, or an array to add that cannot be."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, assert_refused, ones

X, W = ones(1, 32, 8, 8), ones(32, 3, 3)
SHAPE = (1, 32, 6, 6)
OVERLAP = "argument `out`: expected memory apart from that of `{}`; got arrays that overlap"


@pytest.mark.parametrize("name", ["scale", "shift"])
def test_shape_of_scale_and_shift(name: str) -> None:
    for shape in ((31,), (32, 1), (1,), ()):
        text = f"argument `{name}`: expected shape (32,); got {shape}"
        assert_both_doors_refuse(dwconv.InvalidArgument, text, X, W, **{name: ones(*shape)})


@pytest.mark.parametrize("name", ["scale", "shift"])
def test_type_of_scale_and_shift(name: str) -> None:
    expected = "an array of float32, float16 or bfloat16"
    for dtype, given in (
        ("float64", "float64 (cast it: array.astype(numpy.float32))"),
        ("int32", "int32"),
    ):
        text = f"argument `{name}`: expected {expected}; got {given}"
        assert_both_doors_refuse(dwconv.InvalidType, text, X, W, **{name: np.ones(32, dtype)})
    text = f"argument `{name}`: expected a numpy.ndarray; got list"
    assert_both_doors_refuse(dwconv.InvalidType, text, X, W, **{name: [1.0] * 32})
    # Half precision goes with x of the same alone.
    text = f"argument `{name}`: expected float32; got float16"
    for dtype in (np.float32, ml_dtypes.bfloat16, np.int8):
        arrays = (np.ones(X.shape, dtype), np.ones(W.shape, dtype))
        half = {name: np.ones(32, np.float16)}
        assert_both_doors_refuse(dwconv.InvalidType, text, *arrays, **half)


def refuse_add(kind: type[Exception], text: str, add: Any, **keywords: Any) -> None:
    """Both doors say the same."""
    text = f"argument `add`: {text}"
    assert_refused(kind, text, dwconv.dnnl_depthwise, X, W, add=add, **keywords)
    assert_refused(kind, text, dwconv.Plan(X, W, add=True, **keywords), X, add=add)


@pytest.mark.parametrize("shape", [(1, 32, 8, 8), (32, 6, 6), (1, 6, 6, 32), (1, 32, 1, 1), ()])
def test_shape_of_add(shape: tuple[int, ...]) -> None:
    text = f"expected shape {SHAPE}, that of the result; got {shape}"
    refuse_add(dwconv.InvalidArgument, text, ones(*shape))


def test_type_of_add() -> None:
    given = "float64 (cast it: array.astype(numpy.float32))"
    refuse_add(dwconv.InvalidType, f"expected an array of float32; got {given}", np.ones(SHAPE))
    half = np.ones(SHAPE, np.float16)
    refuse_add(dwconv.InvalidType, "expected an array of float32; got float16", half)
    text = "expected an array of float16; got float32"
    refuse_add(dwconv.InvalidType, text, ones(*SHAPE), out_dtype="float16")
    refuse_add(dwconv.InvalidType, "expected a numpy.ndarray; got float", 1.0)


def test_plan_that_adds_without_an_array() -> None:
    text = "argument `add`: expected an array, as the plan is of a problem that adds one; got none"
    plan = dwconv.Plan(X, W, add=True)
    assert_refused(dwconv.InvalidArgument, text, plan, X)
    assert_refused(dwconv.InvalidArgument, text, plan, X, add=None, out=ones(*SHAPE))


def test_array_for_a_plan_that_adds_none() -> None:
    text = "argument `add`: expected None, as this plan adds nothing; got an array"
    for plan in (
        dwconv.Plan(X, W),
        dwconv.Plan.conv(X, ones(32, 4, 3, 3), groups=8),
        dwconv.Plan.separable(X, W, ones(32, 32)),
        dwconv.Plan.transposed(X, ones(32, 1, 3, 3)),
    ):
        assert_refused(dwconv.InvalidArgument, text, plan, X, add=ones(*plan.output_shape))


@pytest.mark.parametrize("value", [None, 1, "yes", ones(*SHAPE)], ids=lambda v: type(v).__name__)
def test_add_of_a_plan_is_a_bool(value: Any) -> None:
    text = f"argument `add`: expected a bool; got {value!r}"
    assert_refused(dwconv.InvalidType, text, dwconv.Plan, X, W, add=value)


def test_out_apart_from_all() -> None:
    pixel, w = ones(1, 32, 1, 1), ones(32, 1, 1)
    for name in ("scale", "shift"):
        array = ones(32)
        keywords = {name: array, "out": array.reshape(1, 32, 1, 1)}
        text = OVERLAP.format(name)
        assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, pixel, w, **keywords)
    memory = ones(32 * 36 + 1)
    add = memory[:-1].reshape(SHAPE)
    plan, text = dwconv.Plan(X, W, add=True), OVERLAP.format("add")
    for out in (add, memory[1:].reshape(SHAPE)):
        both = {"add": add, "out": out}
        assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, X, W, **both)
        assert_refused(dwconv.InvalidArgument, text, plan, X, **both)
