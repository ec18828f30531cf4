"""What is said of the arguments of gradients and transposed convolution that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

import dwconv
from helpers.refusals import assert_refused, ones

X_SHAPE = (1, 6, 9, 9)
DY, W = ones(1, 6, 4, 4), ones(6, 3, 3)
X = ones(1, 6, 4, 4)


def refuse_backward_data(kind: type[Exception], text: str, **changes: Any) -> None:
    """Both doors refuse alike."""
    arguments: dict[str, Any] = {"w": W, "x_shape": X_SHAPE, "stride": 2, **changes}
    dy = arguments.pop("dy", DY)
    assert_refused(kind, text, dwconv.dnnl_depthwise_backward_data, dy, **arguments)
    like = text.replace("argument `dy`", "argument `like`")
    assert_refused(kind, like, dwconv.Plan.backward_data, dy, **arguments)


def refuse_transposed(kind: type[Exception], text: str, **changes: Any) -> None:
    """Both doors refuse alike."""
    arguments: dict[str, Any] = {"w": W, "stride": 2, **changes}
    x = arguments.pop("x", X)
    assert_refused(kind, text, dwconv.dnnl_depthwise_transpose, x, **arguments)
    like = text.replace("argument `x`", "argument `like`")
    assert_refused(kind, like, dwconv.Plan.transposed, x, **arguments)


@pytest.mark.parametrize("shape", [(1, 6, 4, 5), (2, 6, 4, 4), (1, 12, 4, 4)])
def test_shape_of_dy(shape: tuple[int, ...]) -> None:
    text = (
        f"argument `dy`: expected shape (1, 6, 4, 4), that of the convolution's result; got {shape}"
    )
    refuse_backward_data(dwconv.InvalidArgument, text, dy=ones(*shape))


def test_rank_of_dy() -> None:
    text = "argument `dy`: expected 4 dimensions for layout 'NCHW'; got shape (6, 4, 4)"
    refuse_backward_data(dwconv.InvalidArgument, text, dy=ones(6, 4, 4))


def test_x_shape() -> None:
    text = "argument `x_shape`: expected 4 dimensions for layout 'NCHW'; got shape (6, 9, 9)"
    refuse_backward_data(dwconv.InvalidArgument, text, x_shape=(6, 9, 9))
    text = "argument `x_shape`: expected a shape; got 9"
    refuse_backward_data(dwconv.InvalidType, text, x_shape=9)
    text = "argument `x_shape`: expected a shape; got (1, 6, 9.0, 9)"
    refuse_backward_data(dwconv.InvalidType, text, x_shape=(1, 6, 9.0, 9))
    text = "argument `x_shape`: expected entries of at least 0; got (1, 6, -9, 9)"
    refuse_backward_data(dwconv.InvalidArgument, text, x_shape=(1, 6, -9, 9))
    text = f"argument `x_shape`: expected spatial sizes from 1 to {2**31 - 1}; got (0, 9)"
    refuse_backward_data(dwconv.InvalidArgument, text, x_shape=(1, 6, 0, 9), padding=3)


def test_kernel_that_does_not_fit() -> None:
    text = (
        "argument `w`: expected a kernel that fits into the padded source, extent (kernel - 1) * "
        "dilation + 1 at most 9 in spatial dimension 1; got 10"
    )
    refuse_backward_data(dwconv.InvalidArgument, text, w=ones(6, 3, 10))


def test_shape_of_w() -> None:
    text = (
        "argument `w`: expected shape (6, kh, kw), (6*M, 1, kh, kw) or (6, M, 1, kh, kw); "
        "got (5, 3, 3)"
    )
    refuse_backward_data(dwconv.InvalidArgument, text, w=ones(5, 3, 3))


@pytest.mark.parametrize("shape", [(5, 3, 3), (12, 1, 3, 3), (6, 0, 3, 3), (6, 2, 2, 3, 3), (6, 3)])
def test_shape_of_the_weights_of_a_transposed_convolution(shape: tuple[int, ...]) -> None:
    text = (
        "argument `w`: expected shape (6, kh, kw), (6, M, kh, kw) or (6, M, 1, kh, kw); "
        f"got {shape}"
    )
    refuse_transposed(dwconv.InvalidArgument, text, w=ones(*shape))


@pytest.mark.parametrize(
    ("argument", "keywords", "sizes"),
    [
        ("stride", {"stride": (2**31 - 1, 1)}, (3 * 2**31, 6)),
        ("dilation", {"dilation": 2**31 - 1}, (2**32 + 5, 2**32 + 5)),
    ],
)
def test_size_of_the_result_of_a_transposed_convolution(
    argument: str, keywords: dict[str, Any], sizes: tuple[int, int]
) -> None:
    text = (
        f"argument `{argument}`: expected a result of spatial sizes from 1 to {2**31 - 1}; "
        f"got spatial sizes {sizes}"
    )
    refuse_transposed(dwconv.InvalidArgument, text, **keywords)


def test_result_of_a_transposed_convolution_beyond_any_memory() -> None:
    size = 3 * 700_000_000 + 3
    text = (
        f"argument `out`: expected an array of at most {2**63 // 16 - 1} elements; "
        f"got shape {(1, 6, size, size)}"
    )
    refuse_transposed(dwconv.InvalidArgument, text, stride=700_000_000)


def test_types_of_arrays() -> None:
    text = "argument `{}`: expected a numpy.ndarray; got list"
    call: Any = dwconv.dnnl_depthwise_backward_data
    assert_refused(dwconv.InvalidType, text.format("dy"), call, [1.0], W, X_SHAPE)
    assert_refused(dwconv.InvalidType, text.format("w"), call, DY, [1.0], X_SHAPE, stride=2)
    call = dwconv.dnnl_depthwise_transpose
    assert_refused(dwconv.InvalidType, text.format("x"), call, [1.0], W)
    assert_refused(dwconv.InvalidType, text.format("w"), call, X, [1.0])
    assert_refused(dwconv.InvalidType, text.format("bias"), call, X, W, [1.0])


def test_type_of_dy() -> None:
    text = "argument `dy`: expected an array of float32; got float64 (cast it: array.astype(numpy.float32))"
    refuse_backward_data(dwconv.InvalidType, text, dy=DY.astype("float64"))


def test_shape_of_bias() -> None:
    text = "argument `bias`: expected shape (12,); got (6,)"
    refuse_transposed(dwconv.InvalidArgument, text, w=ones(6, 2, 3, 3), bias=ones(6))


def test_output_padding() -> None:
    text = (
        "argument `output_padding`: expected from 0 to 1, less than the stride or the dilation, in "
        "spatial dimension {}; got {}"
    )
    kind = dwconv.InvalidArgument
    refuse_transposed(kind, text.format(0, 2), output_padding=2)
    refuse_transposed(kind, text.format(1, -1), output_padding=(0, -1))
    text = "argument `output_padding`: expected an int or 2 ints; got (1, 0, 0)"
    refuse_transposed(kind, text, output_padding=(1, 0, 0))
    text = "argument `output_padding`: expected an int or 2 ints; got 1.5"
    refuse_transposed(dwconv.InvalidType, text, output_padding=1.5)


@pytest.mark.parametrize("padding", ["same", "same_lower"])
def test_output_padding_beside_a_rule(padding: str) -> None:
    text = (
        "argument `output_padding`: expected 0 where the padding is 'same', as the result has the "
        "size of the source times the stride; got (1, 0)"
    )
    refuse_transposed(dwconv.InvalidArgument, text, padding=padding, output_padding=(1, 0))


def test_padding_that_leaves_nothing() -> None:
    text = (
        "argument `padding`: expected padding that leaves an element of the result in spatial "
        "dimension 1; got 5 and 4"
    )
    refuse_transposed(dwconv.InvalidArgument, text, padding=(0, (5, 4)))


@pytest.mark.parametrize(("argument", "value"), [("stride", 0), ("dilation", 0), ("padding", -1)])
def test_geometry(argument: str, value: int) -> None:
    least = 0 if argument == "padding" else 1
    given = ((value, value),) * 2 if argument == "padding" else (value, value)
    text = f"argument `{argument}`: expected entries from {least} to {2**31 - 1}; got {given}"
    refuse_backward_data(dwconv.InvalidArgument, text, **{argument: value})
    refuse_transposed(dwconv.InvalidArgument, text, **{argument: value})


def test_out() -> None:
    text = "argument `out`: expected shape (1, 6, 9, 9); got (1, 6, 9, 8)"
    arguments: dict[str, Any] = {"stride": 2, "out": ones(1, 6, 9, 8)}
    kind = dwconv.InvalidArgument
    assert_refused(kind, text, dwconv.dnnl_depthwise_backward_data, DY, W, X_SHAPE, **arguments)
    assert_refused(kind, text, dwconv.dnnl_depthwise_transpose, X, W, **arguments)


@pytest.mark.parametrize("name", ["dy", "w"])
def test_out_apart_from_the_inputs_of_a_gradient(name: str) -> None:
    memory = ones(486)
    arrays = {"dy": ones(1, 6, 4, 4), "w": ones(6, 3, 3)}
    arrays[name] = memory[: arrays[name].size].reshape(arrays[name].shape)
    text = f"argument `out`: expected memory apart from that of `{name}`; got arrays that overlap"
    assert_refused(
        dwconv.InvalidArgument,
        text,
        dwconv.dnnl_depthwise_backward_data,
        **arrays,
        x_shape=X_SHAPE,
        stride=2,
        out=memory.reshape(X_SHAPE),
    )


@pytest.mark.parametrize("name", ["x", "w", "bias"])
def test_out_apart_from_the_inputs_of_a_transposed_convolution(name: str) -> None:
    memory = ones(486)
    arrays = {"x": ones(1, 6, 4, 4), "w": ones(6, 3, 3), "bias": ones(6)}
    arrays[name] = memory[: arrays[name].size].reshape(arrays[name].shape)
    text = f"argument `out`: expected memory apart from that of `{name}`; got arrays that overlap"
    assert_refused(
        dwconv.InvalidArgument,
        text,
        dwconv.dnnl_depthwise_transpose,
        **arrays,
        stride=2,
        out=memory.reshape(X_SHAPE),
    )
