"""What is said of an `out` that cannot be written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import dwconv
from helpers.refusals import assert_refused, ones

X, W, BIAS = ones(1, 32, 8, 8), ones(32, 3, 3), ones(32)
SHAPE = (1, 32, 6, 6)
OVERLAP = "expected memory apart from that of `{}`; got arrays that overlap"


def refuse(kind: type[Exception], text: str, out: Any) -> None:
    """Both doors say the same."""
    assert_refused(kind, f"argument `out`: {text}", dwconv.dnnl_depthwise, X, W, BIAS, out=out)
    assert_refused(kind, f"argument `out`: {text}", dwconv.Plan(X, W, BIAS), X, out=out)


@pytest.mark.parametrize(("given", "name"), [([1.0], "list"), (1.0, "float"), ("out", "str")])
def test_not_an_array(given: Any, name: str) -> None:
    refuse(dwconv.InvalidType, f"expected None or a numpy.ndarray; got {name}", given)


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32", "complex64"])
def test_dtype(dtype: str) -> None:
    # No advice to cast here: the result would go into the copy.
    refuse(dwconv.InvalidType, f"expected an array of float32; got {dtype}", np.ones(SHAPE, dtype))


@pytest.mark.parametrize(
    "shape", [(1, 32, 8, 8), (32, 6, 6), (1, 32, 6, 1), (1, 6, 6, 32), (2, 32, 6, 6), ()]
)
def test_shape(shape: tuple[int, ...]) -> None:
    refuse(dwconv.InvalidArgument, f"expected shape {SHAPE}; got {shape}", ones(*shape))


def test_byte_order() -> None:
    swapped = ones(*SHAPE).astype(np.dtype(np.float32).newbyteorder())
    refuse(dwconv.InvalidArgument, f"expected native byte order; got {swapped.dtype}", swapped)


def test_read_only() -> None:
    out = ones(*SHAPE)
    out.flags.writeable = False
    refuse(dwconv.InvalidArgument, "expected a writable array; got a read-only one", out)


@pytest.mark.parametrize(
    "strides", [(0, 0, 6, 1), (0, 36, 4, 1), (0, 36, 6, 0), (1152, 36, 0, 1), (0, 1, 1, 32)]
)
def test_elements_that_overlap(strides: tuple[int, ...]) -> None:
    out = as_strided(ones(4096), SHAPE, [4 * stride for stride in strides])
    text = f"expected an array whose elements do not overlap; got strides {strides} in elements"
    refuse(dwconv.InvalidArgument, text, out)


def test_elements_that_overlap_by_bytes() -> None:
    out = as_strided(ones(4096), SHAPE, (4608, 144, 24, 2))
    text = (
        "expected an array whose elements do not overlap; got strides (1152, 36, 6, 0) in elements"
    )
    refuse(dwconv.InvalidArgument, text, out)


@pytest.mark.parametrize("seed", range(4))
def test_elements_that_overlap_are_found_exactly(seed: int) -> None:
    """Small arrays of any strides, also those of which none reaches over all smaller ones."""
    rng = np.random.default_rng(seed)
    memory, refused = ones(400), 0
    for _ in range(100):
        n, c, h, w = shape = tuple(int(size) for size in rng.integers(1, 4, 4))
        strides = rng.integers(0, 30, 4)
        offsets = np.indices(shape).reshape(4, -1).T @ strides
        out = as_strided(memory, shape, 4 * strides)
        x, kernel = ones(n, c, h, w), ones(c, 1, 1)
        if len(np.unique(offsets)) == offsets.size:
            np.testing.assert_array_equal(dwconv.dnnl_depthwise(x, kernel, out=out), x)
            continue
        refused += 1
        with pytest.raises(dwconv.InvalidArgument, match="whose elements do not overlap"):
            dwconv.dnnl_depthwise(x, kernel, out=out)
    assert 10 < refused < 90


def test_overlap_with_x() -> None:
    x = ones(1, 32, 8, 8)
    text = "argument `out`: " + OVERLAP.format("x")
    for out in (x[..., :6, :6], x[..., 2:, 2:], x[:, ::-1, 1:7, 1:7]):
        assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, x, W, out=out)
        assert_refused(dwconv.InvalidArgument, text, dwconv.Plan(x, W), x, out=out)
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, x, W, padding=1, out=x)


def test_overlap_with_x_that_is_copied() -> None:
    """x is not aligned, or not in native byte order, so that it is a copy that is read."""
    text = "argument `out`: " + OVERLAP.format("x")
    unaligned = np.zeros(4 * 2048 + 1, np.uint8)[1:].view(np.float32).reshape(1, 32, 8, 8)
    swapped = ones(1, 32, 8, 8).astype(np.dtype(np.float32).newbyteorder())
    for x, out in ((unaligned, unaligned), (swapped, swapped.view(np.float32))):
        before = x.copy()
        call, plan = dwconv.dnnl_depthwise, dwconv.Plan(X, W, padding=1)
        assert_refused(dwconv.InvalidArgument, text, call, x, W, padding=1, out=out)
        assert_refused(dwconv.InvalidArgument, text, plan, x, out=out)
        np.testing.assert_array_equal(x, before)


def test_overlap_with_add_that_is_copied() -> None:
    add = ones(*SHAPE).astype(np.dtype(np.float32).newbyteorder())
    out = add.view(np.float32)
    text = "argument `out`: " + OVERLAP.format("add")
    plan = dwconv.Plan(X, W, add=True)
    assert_refused(dwconv.InvalidArgument, text, plan, X, add=add, out=out)
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, X, W, add=add, out=out)


def test_overlap_with_x_in_one_element() -> None:
    memory = ones(1 * 32 * 64 + 32 * 36 - 1)
    x = memory[: 32 * 64].reshape(1, 32, 8, 8)
    out = memory[32 * 64 - 1 :].reshape(SHAPE)
    text = "argument `out`: " + OVERLAP.format("x")
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, x, W, out=out)


def test_overlap_with_w_and_bias() -> None:
    x, w, bias = ones(1, 32, 3, 3), ones(32, 3, 3), ones(32)
    text = "argument `out`: " + OVERLAP.format("w")
    assert_refused(
        dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, x, w, padding=1, out=w[None]
    )
    pixel = ones(1, 32, 1, 1)
    text = "argument `out`: " + OVERLAP.format("bias")
    assert_refused(
        dwconv.InvalidArgument,
        text,
        dwconv.dnnl_depthwise,
        pixel,
        ones(32, 1, 1),
        bias,
        out=bias.reshape(1, 32, 1, 1),
    )


def test_overlap_that_takes_too_long_to_decide_counts_as_one() -> None:
    """Two interleaved grids for which the exact answer takes too much searching."""
    memory = ones(80_000)
    shape = (7, 7, 11, 12)
    x = as_strided(memory, shape, [4 * stride for stride in (9571, 1369, 123, 11)])
    out = as_strided(memory[15353:], shape, [4 * stride for stride in (7776, 1111, 101, 9)])
    with pytest.raises(np.exceptions.TooHardError):
        np.shares_memory(x, out, max_work=100_000)
    text = "argument `out`: " + OVERLAP.format("x")
    assert_refused(dwconv.InvalidArgument, text, dwconv.dnnl_depthwise, x, ones(7, 1, 1), out=out)
