"""Arrays of more than 2^31 elements, where 32-bit sizes and offsets would overflow.

In CI x repeats one image, so that it takes no memory. With DWCONV_TEST_LARGE=1 in the environment, x and
y are real, and take 18 GiB.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

import dwconv
import reference

BEYOND = 2**31
needs_memory = pytest.mark.skipif(
    os.environ.get("DWCONV_TEST_LARGE") != "1", reason="takes 18 GiB: DWCONV_TEST_LARGE=1 runs it"
)


def integers(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(-8, 9, shape).astype(np.float32)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_a_broadcast_batch(layout: str) -> None:
    image = integers(1, 16, 64, 64)
    w = integers(16, 3, 3)
    batch = BEYOND // image.size + 5
    if layout == "NHWC":
        image = np.ascontiguousarray(image.transpose(0, 2, 3, 1))
    x = np.broadcast_to(image, (batch, *image.shape[1:]))
    assert x.size > BEYOND
    y = dwconv.dnnl_depthwise(x, w, stride=31, layout=layout)
    expected = reference.depthwise(image, w, stride=31, layout=layout)
    np.testing.assert_array_equal(y, np.broadcast_to(expected, y.shape))


@needs_memory
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("strategy", [None, "tiled"])
def test_real_arrays(layout: str, strategy: dwconv._arguments.Strategy) -> None:
    channels, width = 16, 8192
    height = BEYOND // (channels * width) + 8
    shape = (1, channels, height, width) if layout == "NCHW" else (1, height, width, channels)
    x = np.zeros(shape, np.float32)
    w = integers(channels, 3, 3)
    # All zero but for the last rows, whose offsets are beyond 2^31 in NHWC, and those of the last
    # channel in NCHW.
    rows = (slice(None), slice(None), slice(-8, None)) if layout == "NCHW" else np.s_[:, -8:]
    x[rows] = integers(*x[rows].shape)
    y = dwconv.dnnl_depthwise(x, w, padding=1, layout=layout, strategy=strategy)
    assert y.size > BEYOND
    # The row above those of x that are not zero is the first that sees them.
    last = x[:, :, -10:] if layout == "NCHW" else x[:, -10:]
    expected = reference.depthwise(last, w, padding=1, layout=layout)
    got = y[:, :, -9:] if layout == "NCHW" else y[:, -9:]
    np.testing.assert_array_equal(
        got, expected[:, :, -9:] if layout == "NCHW" else expected[:, -9:]
    )
    assert not (y[:, :, :-9] if layout == "NCHW" else y[:, :-9]).any()
