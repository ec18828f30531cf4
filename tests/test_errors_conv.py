"""What is said of groups, and of weights, that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_refused, ones

X = ones(1, 6, 8, 8)


def refuse(kind: type[Exception], text: str, w: np.ndarray, *rest: Any, **keywords: Any) -> None:
    """Both doors refuse alike."""
    assert_refused(kind, text, dwconv.dnnl_conv, X, w, *rest, **keywords)
    assert_refused(kind, text, dwconv.Plan.conv, X, w, *rest, **keywords)


@pytest.mark.parametrize("groups", [1.0, True, "2", None, (1,)], ids=repr)
def test_type_of_groups(groups: Any) -> None:
    text = f"argument `groups`: expected an int; got {groups!r}"
    refuse(dwconv.InvalidType, text, ones(4, 6, 3, 3), groups=groups)


@pytest.mark.parametrize("groups", [0, -1])
def test_groups_below_one(groups: int) -> None:
    text = f"argument `groups`: expected at least 1; got {groups}"
    refuse(dwconv.InvalidArgument, text, ones(4, 6, 3, 3), groups=groups)


@pytest.mark.parametrize("groups", [4, 5, 12])
def test_groups_that_divide_nothing(groups: int) -> None:
    text = f"argument `groups`: expected a divisor of the number of channels, 6; got {groups}"
    refuse(dwconv.InvalidArgument, text, ones(4, 6, 3, 3), groups=groups)


@pytest.mark.parametrize(
    ("shape", "groups", "expected"),
    [
        ((4, 5, 3, 3), 1, "(O, 6, kh, kw)"),
        ((4, 6, 3), 1, "(O, 6, kh, kw)"),
        ((0, 6, 3, 3), 1, "(O, 6, kh, kw)"),
        ((4, 6, 3, 3), 2, "(2*M, 3, kh, kw)"),
        ((5, 3, 3, 3), 2, "(2*M, 3, kh, kw)"),
        ((4, 1, 3, 3), 6, "(6*M, 1, kh, kw)"),
    ],
)
def test_shape_of_w(shape: tuple[int, ...], groups: int, expected: str) -> None:
    text = f"argument `w`: expected shape {expected}; got {shape}"
    refuse(dwconv.InvalidArgument, text, ones(*shape), groups=groups)


def test_shape_of_bias() -> None:
    text = "argument `bias`: expected shape (4,); got (6,)"
    refuse(dwconv.InvalidArgument, text, ones(4, 6, 3, 3), ones(6))


def test_kernel_larger_than_x() -> None:
    text = (
        "argument `w`: expected a kernel that fits into the padded source, extent (kernel - 1) * "
        "dilation + 1 at most 8 in spatial dimension 0; got 9"
    )
    refuse(dwconv.InvalidArgument, text, ones(4, 6, 9, 1))


def test_type_of_arrays() -> None:
    text = "argument `w`: expected a numpy.ndarray; got list"
    refuse(dwconv.InvalidType, text, [1.0])


def test_out_apart_from_inputs() -> None:
    w = ones(6, 6, 1, 1)
    text = "argument `out`: expected memory apart from that of `x`; got arrays that overlap"
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_conv, X, w, out=X)


def test_planar_is_for_depthwise_alone() -> None:
    text = (
        "argument `strategy`: expected one that can serve this problem; got 'planar': it has "
        "kernels for depthwise convolution alone"
    )
    refuse(dwconv.Unsupported, text, ones(4, 6, 3, 3), strategy="planar")
