"""What is said of the arguments of a 1-D convolution that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, assert_refused, ones

X, W = ones(2, 6, 8), ones(6, 3)
LAYOUTS = "'NCHW', 'NHWC', 'CHW' or 'HWC'"
INTS = "an int or a sequence of 1 int"
PADDING = "an int, a sequence of 1 int or of 1 (low, high) pair, 'valid', 'same', 'same_lower' or 'causal'"


def refuse(kind: type[Exception], text: str, *arrays: Any, **keywords: Any) -> None:
    assert_both_doors_refuse(kind, text, *(arrays or (X, W)), **{"layout": "NCW", **keywords})


@pytest.mark.parametrize("argument", ["stride", "dilation"])
def test_stride_and_dilation(argument: str) -> None:
    for value in ((1, 1), (), [1, 2]):
        text = f"argument `{argument}`: expected {INTS}; got {value!r}"
        refuse(dwconv.InvalidArgument, text, **{argument: value})
    text = f"argument `{argument}`: expected {INTS}; got (1.5,)"
    refuse(dwconv.InvalidType, text, **{argument: (1.5,)})
    text = f"argument `{argument}`: expected entries from 1 to {2**31 - 1}; got (0,)"
    refuse(dwconv.InvalidArgument, text, **{argument: 0})


@pytest.mark.parametrize("value", [(1, 2), (), ((1, 2, 3),), "CAUSAL", ((1, 2), (1, 2))], ids=repr)
def test_form_of_padding(value: Any) -> None:
    text = f"argument `padding`: expected {PADDING}; got {value!r}"
    refuse(dwconv.InvalidArgument, text, padding=value)


def test_padding_of_another_type() -> None:
    text = f"argument `padding`: expected {PADDING}; got (None,)"
    refuse(dwconv.InvalidType, text, padding=(None,))


def test_negative_padding() -> None:
    text = f"argument `padding`: expected entries from 0 to {2**31 - 1}; got ((0, -1),)"
    refuse(dwconv.InvalidArgument, text, padding=((0, -1),))


def test_causal_in_two_dimensions() -> None:
    text = (
        "argument `padding`: expected an int, 2 entries each an int or a (low, high) pair, 'valid', "
        "'same' or 'same_lower' ('causal' is for one spatial dimension); got 'causal'"
    )
    arrays = ones(1, 6, 8, 8), ones(6, 3, 3)
    assert_both_doors_refuse(dwconv.InvalidArgument, text, *arrays, padding="causal")


@pytest.mark.parametrize("shape", [(2, 6, 8, 8), (6, 8), (8,)])
def test_rank_of_x(shape: tuple[int, ...]) -> None:
    text = f"argument `x`: expected 3 dimensions for layout 'NCW'; got shape {shape}"
    refuse(dwconv.InvalidArgument, text, ones(*shape), W)


@pytest.mark.parametrize("shape", [(5, 3), (6, 3, 3), (6, 1, 1, 1, 3), (3,), (7, 1, 3)])
def test_shape_of_w(shape: tuple[int, ...]) -> None:
    text = f"argument `w`: expected shape (6, k), (6*M, 1, k) or (6, M, 1, k); got {shape}"
    refuse(dwconv.InvalidArgument, text, X, ones(*shape))


def test_shape_of_grouped_w() -> None:
    text = "argument `w`: expected shape (2*M, 3, k); got (4, 6, 3)"
    call = dwconv.dnnl_conv
    keywords: dict[str, Any] = {"groups": 2, "layout": "NCW"}
    assert_refused(dwconv.InvalidArgument, text, call, X, ones(4, 6, 3), **keywords)


def test_kernel_that_does_not_fit() -> None:
    text = (
        "argument `w`: expected a kernel that fits into the padded source, extent (kernel - 1) * "
        "dilation + 1 at most 8 in spatial dimension 0; got 9"
    )
    refuse(dwconv.InvalidArgument, text, dilation=4)


def test_no_elements() -> None:
    text = f"argument `x`: expected spatial sizes from 1 to {2**31 - 1}; got (0,)"
    refuse(dwconv.InvalidArgument, text, ones(2, 6, 0), W, padding=4)


def test_shape_of_out() -> None:
    text = "argument `out`: expected shape (2, 6, 6); got (2, 6, 1, 6)"
    call = dwconv.dnnl_depthwise
    out = ones(2, 6, 1, 6)
    assert_refused(dwconv.InvalidArgument, text, call, X, W, layout="NCW", out=out)


def test_separable() -> None:
    text = f"argument `layout`: expected {LAYOUTS} (1-D and 3-D are not supported yet); got 'NCW'"
    for call in (dwconv.dnnl_separable, dwconv.Plan.separable):
        assert_refused(dwconv.Unsupported, text, call, X, W, ones(4, 6), layout="NCW")


@pytest.mark.parametrize("argument", ["x", "w", "padding"])
def test_the_reference_refuses_too(argument: str) -> None:
    given: dict[str, Any] = {"x": X, "w": W, "padding": 0}
    given[argument] = {"x": X[0], "w": ones(5, 3), "padding": ((1, 2, 3),)}[argument]
    with pytest.raises(dwconv.InvalidArgument, match=f"argument `{argument}`"):
        dwconv.reference.depthwise(**given, layout="NCW")
