"""What the demo compares with, both in plain NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shifted_adds(image: NDArray[np.float32], kernels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The fastest simple way in NumPy: for each tap, the whole shifted image times the tap's weights.

    Parameters
    ----------
    image : ndarray
        (height, width, channels), padded already.
    kernels : ndarray
        (channels, kh, kw)

    Returns
    -------
    ndarray
        (height - kh + 1, width - kw + 1, channels), in the image's precision.
    """
    channels, kh, kw = kernels.shape
    height, width = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((height, width, channels), image.dtype)
    product = np.empty_like(result)
    for row in range(kh):
        for column in range(kw):
            window = image[row : row + height, column : column + width]
            result += np.multiply(window, kernels[:, row, column], out=product)
    return result


def exact(image: NDArray[np.float32], kernels: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same in double precision: what the results are measured against.

    Each output is one sum over its window, so it shares no loop with `shifted_adds`.
    """
    _, kh, kw = kernels.shape
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(np.float64), (kh, kw), (0, 1))
    sums: NDArray[np.float64] = np.einsum("hwcab,cab->hwc", windows, kernels.astype(np.float64))
    return sums
