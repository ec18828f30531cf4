"""Results of 32 MiB and more, which planar writes past the caches, to arrays that begin anywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
import reference

LARGE = 32 * 2**20


def inside(shape: tuple[int, ...], begin: int) -> tuple[np.ndarray, np.ndarray]:
    """An array that begins so many elements behind a cache line, and the NaNs that it is among."""
    size = int(np.prod(shape))
    memory = np.full(size + 64, np.nan, np.float32)
    start = (-memory.ctypes.data // 4) % 16 + 16 + begin
    return memory[start : start + size].reshape(shape), memory


@pytest.mark.parametrize(
    ("layout", "shape", "keywords", "begin"),
    [
        ("NCHW", (1, 9, 1031, 1027), {}, 3),  # planes larger than what is made at a time
        ("NCHW", (64, 43, 57, 57), {"threads": 2, "activation": "relu6"}, 0),  # several of them
        ("NCHW", (3, 11, 1031, 1029), {"stride": (1, 2), "dilation": (2, 1)}, 15),
        ("NCHW", (1, 2, 509, 9601), {}, 1),  # rows too long for that
        ("NHWC", (1, 2903, 2911, 1), {"activation": "relu"}, 5),
        ("NHWC", (2, 211, 337, 64), {"threads": 2}, 4),
    ],
)
def test_nothing_is_lost_and_nothing_beyond_is_written(
    layout: str, shape: tuple[int, ...], keywords: dict[str, Any], begin: int
) -> None:
    rng = np.random.default_rng(0)
    channels = shape[1 if layout == "NCHW" else 3]
    x = rng.integers(-4, 5, shape).astype(np.float32)
    w = rng.integers(-4, 5, (channels, 3, 3)).astype(np.float32)
    plan = dwconv.Plan(x, w, strategy="planar", padding=1, layout=layout, **keywords)
    y, memory = inside(plan.output_shape, begin)
    assert y.nbytes >= LARGE
    plan(x, out=y)
    keywords = {name: value for name, value in keywords.items() if name != "threads"}
    expected = reference.depthwise(x, w, padding=1, layout=layout, **keywords)
    np.testing.assert_array_equal(y, expected)
    assert np.isnan(memory).sum() == memory.size - y.size


def test_add() -> None:
    rng = np.random.default_rng(0)
    shape = (1, 33, 523, 521)
    x, add = rng.integers(-4, 5, (2, *shape)).astype(np.float32)
    w = rng.integers(-4, 5, (33, 5, 5)).astype(np.float32)
    plan = dwconv.Plan(x, w, strategy="planar", padding=2, add=True)
    y, _ = inside(shape, 2)
    assert y.nbytes >= LARGE
    expected = reference.depthwise(x, w, padding=2) + add
    np.testing.assert_array_equal(plan(x, add=add, out=y), expected)
