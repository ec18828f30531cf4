"""What is said of the arguments of a separable convolution that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

import dwconv
from helpers.refusals import assert_refused, ones

X, W, MIX = ones(1, 6, 8, 8), ones(6, 3, 3), ones(4, 6)


def refuse(kind: type[Exception], text: str, *filters: Any, **keywords: Any) -> None:
    """Both doors refuse alike."""
    assert_refused(kind, text, dwconv.dnnl_separable, X, *filters, **keywords)
    assert_refused(kind, text, dwconv.Plan.separable, X, *filters, **keywords)


@pytest.mark.parametrize(
    "shape", [(4,), (4, 5), (0, 6), (4, 6, 1), (4, 6, 3, 3), (4, 6, 1, 2), (6, 4)]
)
def test_shape_of_w_pointwise(shape: tuple[int, ...]) -> None:
    text = f"argument `w_pointwise`: expected shape (O, 6) or (O, 6, 1, 1); got {shape}"
    refuse(dwconv.InvalidArgument, text, W, ones(*shape))


def test_shape_of_w_depthwise() -> None:
    text = (
        "argument `w_depthwise`: expected shape (6, kh, kw), (6*M, 1, kh, kw) or (6, M, 1, kh, kw); "
        "got (5, 3, 3)"
    )
    refuse(dwconv.InvalidArgument, text, ones(5, 3, 3), MIX)


def test_kernel_larger_than_x() -> None:
    text = (
        "argument `w_depthwise`: expected a kernel that fits into the padded source, extent "
        "(kernel - 1) * dilation + 1 at most 8 in spatial dimension 0; got 9"
    )
    refuse(dwconv.InvalidArgument, text, ones(6, 9, 1), MIX)


def test_shapes_of_the_biases() -> None:
    text = "argument `bias`: expected shape (4,); got (6,)"
    refuse(dwconv.InvalidArgument, text, W, MIX, ones(6))
    text = "argument `depthwise_bias`: expected shape (6,); got (4,)"
    refuse(dwconv.InvalidArgument, text, W, MIX, depthwise_bias=ones(4))


@pytest.mark.parametrize("name", ["w_depthwise", "w_pointwise", "bias", "depthwise_bias"])
def test_types_of_arrays(name: str) -> None:
    arrays: dict[str, Any] = {"w_depthwise": W, "w_pointwise": MIX, name: [1.0]}
    text = f"argument `{name}`: expected a numpy.ndarray; got list"
    assert_refused(dwconv.InvalidType, text, dwconv.dnnl_separable, X, **arrays)
    assert_refused(dwconv.InvalidType, text, dwconv.Plan.separable, X, **arrays)


def test_type_of_the_activation_between() -> None:
    text = "argument `depthwise_activation`: expected None, a name or a dwconv.Activation; got 1"
    refuse(dwconv.InvalidType, text, W, MIX, depthwise_activation=1)


@pytest.mark.parametrize(
    ("value", "expected"), [("step", "one of 'relu',"), ("clip", "dwconv.Act")]
)
def test_name_of_the_activation_between(value: str, expected: str) -> None:
    with pytest.raises(
        dwconv.InvalidArgument, match=f"^argument `depthwise_activation`: expected {expected}"
    ):
        dwconv.dnnl_separable(X, W, MIX, depthwise_activation=value)


@pytest.mark.parametrize("strategy", ["direct", "tiled", "planar", "reordered"])
def test_strategies_of_one_convolution(strategy: str) -> None:
    text = (
        "argument `strategy`: expected None, 'fused' or 'unfused' for a separable convolution; "
        f"got '{strategy}'"
    )
    refuse(dwconv.Unsupported, text, W, MIX, strategy=strategy)


@pytest.mark.parametrize("strategy", ["fused", "unfused"])
def test_strategies_of_separable_convolution(strategy: str) -> None:
    text = (
        "argument `strategy`: expected one that can serve this problem; "
        f"got '{strategy}': it is for separable convolution"
    )
    assert_refused(dwconv.Unsupported, text, dwconv.dnnl_depthwise, X, W, strategy=strategy)


@pytest.mark.parametrize("name", ["x", "w_depthwise", "w_pointwise", "bias", "depthwise_bias"])
def test_out_apart_from_inputs(name: str) -> None:
    memory = ones(384)
    arrays = {
        "x": ones(1, 6, 8, 8),
        "w_depthwise": ones(6, 1, 1),
        "w_pointwise": ones(6, 6),
        "bias": ones(6),
        "depthwise_bias": ones(6),
    }
    arrays[name] = memory[: arrays[name].size].reshape(arrays[name].shape)
    text = f"argument `out`: expected memory apart from that of `{name}`; got arrays that overlap"
    out = memory.reshape(1, 6, 8, 8)
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_separable, **arrays, out=out)


def test_out_of_another_shape() -> None:
    text = "argument `out`: expected shape (1, 4, 6, 6); got (1, 6, 6, 6)"
    out = ones(1, 6, 6, 6)
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_separable, X, W, MIX, out=out)
