"""What is said of the arguments of an inverted residual block that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

import dwconv
from helpers.refusals import assert_refused, ones

X, EXPAND, W, PROJECT = ones(1, 4, 8, 8), ones(6, 4), ones(6, 3, 3), ones(5, 6)
ARRAYS: dict[str, Any] = {"w_expand": EXPAND, "w_depthwise": W, "w_project": PROJECT}


def refuse(kind: type[Exception], text: str, **changes: Any) -> None:
    assert_refused(kind, text, dwconv.Plan.inverted_residual, X, **{**ARRAYS, **changes})


@pytest.mark.parametrize("shape", [(6,), (6, 5), (0, 4), (6, 4, 1), (6, 4, 3, 3)])
def test_shape_of_w_expand(shape: tuple[int, ...]) -> None:
    text = f"argument `w_expand`: expected shape (E, 4) or (E, 4, 1, 1); got {shape}"
    refuse(dwconv.InvalidArgument, text, w_expand=ones(*shape))


@pytest.mark.parametrize("shape", [(5,), (5, 4), (0, 6), (5, 6, 1), (5, 6, 3, 3)])
def test_shape_of_w_project(shape: tuple[int, ...]) -> None:
    text = f"argument `w_project`: expected shape (O, 6) or (O, 6, 1, 1); got {shape}"
    refuse(dwconv.InvalidArgument, text, w_project=ones(*shape))


def test_shape_of_w_depthwise() -> None:
    text = (
        "argument `w_depthwise`: expected shape (6, kh, kw), (6*M, 1, kh, kw) or (6, M, 1, kh, kw); "
        "got (4, 3, 3)"
    )
    refuse(dwconv.InvalidArgument, text, w_depthwise=ones(4, 3, 3))


def test_kernel_larger_than_x() -> None:
    text = (
        "argument `w_depthwise`: expected a kernel that fits into the padded source, extent "
        "(kernel - 1) * dilation + 1 at most 8 in spatial dimension 0; got 9"
    )
    refuse(dwconv.InvalidArgument, text, w_depthwise=ones(6, 9, 1))


@pytest.mark.parametrize(("name", "size"), [("bias", 5), ("expand_bias", 6), ("depthwise_bias", 6)])
def test_shapes_of_the_biases(name: str, size: int) -> None:
    text = f"argument `{name}`: expected shape ({size},); got (4,)"
    refuse(dwconv.InvalidArgument, text, **{name: ones(4)})


@pytest.mark.parametrize("name", [*ARRAYS, "bias", "expand_bias", "depthwise_bias"])
def test_types_of_arrays(name: str) -> None:
    text = f"argument `{name}`: expected a numpy.ndarray; got list"
    refuse(dwconv.InvalidType, text, **{name: [1.0]})


@pytest.mark.parametrize("name", ["expand_activation", "depthwise_activation", "activation"])
def test_types_of_activations(name: str) -> None:
    text = f"argument `{name}`: expected None, a name or a dwconv.Activation; got 1"
    refuse(dwconv.InvalidType, text, **{name: 1})
    with pytest.raises(dwconv.InvalidArgument, match=f"^argument `{name}`: expected one of 'relu'"):
        dwconv.Plan.inverted_residual(X, **ARRAYS, **{name: "step"})


def test_residual_of_another_shape() -> None:
    text = (
        "argument `residual`: expected false where the result has another shape than the source; "
        "got true with (1, 4, 8, 8) and (1, 5, 6, 6)"
    )
    refuse(dwconv.InvalidArgument, text, residual=True)
    refuse(dwconv.InvalidType, "argument `residual`: expected a bool; got 1", residual=1)


@pytest.mark.parametrize("strategy", ["direct", "tiled", "planar", "reordered"])
def test_strategies_of_one_convolution(strategy: str) -> None:
    text = (
        "argument `strategy`: expected None, 'fused' or 'unfused' for a separable convolution; "
        f"got '{strategy}'"
    )
    refuse(dwconv.Unsupported, text, strategy=strategy)


def test_x_of_another_shape_and_out() -> None:
    plan = dwconv.Plan.inverted_residual(X, **ARRAYS)
    text = "argument `x`: expected shape (1, 4, 8, 8), the plan's; got (1, 4, 8, 7)"
    assert_refused(dwconv.InvalidArgument, text, plan, X[..., :7])
    text = "argument `out`: expected shape (1, 5, 6, 6); got (1, 5, 6, 5)"
    assert_refused(dwconv.InvalidArgument, text, plan, X, out=ones(1, 5, 6, 5))
    same = dwconv.Plan.inverted_residual(X, EXPAND, W, ones(4, 6), padding=1)
    text = "argument `out`: expected memory apart from that of `x`; got arrays that overlap"
    assert_refused(dwconv.InvalidArgument, text, same, X, out=X)
