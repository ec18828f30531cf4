"""What is said of the arguments of a 3-D convolution that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, assert_refused, ones

X, W = ones(2, 6, 4, 8, 8), ones(6, 3, 3, 3)
PADDING = "an int, 3 entries each an int or a (low, high) pair, 'valid', 'same' or 'same_lower'"


def refuse(kind: type[Exception], text: str, *arrays: Any, **keywords: Any) -> None:
    assert_both_doors_refuse(kind, text, *(arrays or (X, W)), **{"layout": "NCDHW", **keywords})


@pytest.mark.parametrize("argument", ["stride", "dilation"])
def test_stride_and_dilation(argument: str) -> None:
    for value in ((1, 1), (), [1, 2, 1, 1]):
        text = f"argument `{argument}`: expected an int or 3 ints; got {value!r}"
        refuse(dwconv.InvalidArgument, text, **{argument: value})
    text = f"argument `{argument}`: expected entries from 1 to {2**31 - 1}; got (0, 1, 1)"
    refuse(dwconv.InvalidArgument, text, **{argument: (0, 1, 1)})


@pytest.mark.parametrize("value", [(1, 2), (), ((1, 2, 3), 1, 1), "SAME"], ids=repr)
def test_form_of_padding(value: Any) -> None:
    text = f"argument `padding`: expected {PADDING}; got {value!r}"
    refuse(dwconv.InvalidArgument, text, padding=value)


def test_causal_padding() -> None:
    text = (
        f"argument `padding`: expected {PADDING} ('causal' is for one spatial dimension); "
        "got 'causal'"
    )
    refuse(dwconv.InvalidArgument, text, padding="causal")


def test_negative_padding() -> None:
    text = (
        f"argument `padding`: expected entries from 0 to {2**31 - 1}; got ((0, -1), (0, 0), (0, 0))"
    )
    refuse(dwconv.InvalidArgument, text, padding=((0, -1), 0, 0))


@pytest.mark.parametrize("shape", [(2, 6, 8, 8), (6, 8), (1, 2, 6, 4, 8, 8)])
def test_rank_of_x(shape: tuple[int, ...]) -> None:
    text = f"argument `x`: expected 5 dimensions for layout 'NCDHW'; got shape {shape}"
    refuse(dwconv.InvalidArgument, text, ones(*shape), W)


@pytest.mark.parametrize("shape", [(5, 3, 3, 3), (6, 3, 3), (7, 1, 3, 3, 3), (6, 1, 2, 3, 3, 3)])
def test_shape_of_w(shape: tuple[int, ...]) -> None:
    k = "kd, kh, kw"
    text = f"argument `w`: expected shape (6, {k}), (6*M, 1, {k}) or (6, M, 1, {k}); got {shape}"
    refuse(dwconv.InvalidArgument, text, X, ones(*shape))


def test_kernel_that_does_not_fit() -> None:
    text = (
        "argument `w`: expected a kernel that fits into the padded source, extent (kernel - 1) * "
        "dilation + 1 at most 4 in spatial dimension 0; got 5"
    )
    refuse(dwconv.InvalidArgument, text, dilation=2)


def test_no_elements() -> None:
    text = f"argument `x`: expected spatial sizes from 1 to {2**31 - 1}; got (0, 8, 8)"
    refuse(dwconv.InvalidArgument, text, ones(2, 6, 0, 8, 8), W, padding=4)


@pytest.mark.parametrize(
    ("strategy", "reason"),
    [
        ("direct", "oneDNN has no fast kernel for three dimensions"),
        ("reordered", "it has two dimensions alone"),
    ],
)
def test_strategies_that_cannot_serve(strategy: str, reason: str) -> None:
    text = (
        f"argument `strategy`: expected one that can serve this problem; got '{strategy}': {reason}"
    )
    x = ones(2, 4, 8, 8, 6)
    refuse(dwconv.Unsupported, text, x, W, layout="NDHWC", strategy=strategy)


def test_groups_of_several_channels() -> None:
    text = (
        "argument `x`: expected 1 or 2 spatial dimensions where a group has more than a channel "
        "(3 are for depthwise convolution); got 3"
    )
    arrays = X, ones(4, 3, 3, 3, 3)
    keywords: dict[str, Any] = {"groups": 2, "layout": "NCDHW"}
    assert_refused(dwconv.Unsupported, text, dwconv.dnnl_conv, *arrays, **keywords)


def test_separable() -> None:
    layouts = "'NCHW', 'NHWC', 'CHW' or 'HWC'"
    text = f"argument `layout`: expected {layouts} (1-D and 3-D are not supported yet); got 'NCDHW'"
    for call in (dwconv.dnnl_separable, dwconv.Plan.separable):
        assert_refused(dwconv.Unsupported, text, call, X, W, ones(4, 6), layout="NCDHW")


@pytest.mark.parametrize("argument", ["x", "w", "padding"])
def test_the_reference_refuses_too(argument: str) -> None:
    given: dict[str, Any] = {"x": X, "w": W, "padding": 0}
    given[argument] = {"x": X[0], "w": ones(5, 3, 3, 3), "padding": (1, 1)}[argument]
    with pytest.raises(dwconv.InvalidArgument, match=f"argument `{argument}`"):
        dwconv.reference.depthwise(**given, layout="NCDHW")
