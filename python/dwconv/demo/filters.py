"""The kernels of the demo."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


class Filter(NamedTuple):
    """A kernel for each channel of a photograph."""

    name: str
    kernels: Image
    """(3, k, k)"""
    signed: bool
    """True where results lie around 0, and grey is to stand for it."""


def gaussian(size: int, sigma: float) -> Image:
    """A blur, (size, size), whose sum is 1."""
    distance = np.arange(size) - size // 2
    line = np.exp(-(distance**2) / (2 * sigma**2))
    kernel = np.outer(line, line)
    return np.asarray(kernel / kernel.sum(), np.float32)


def filters() -> list[Filter]:
    """What the demo shows, in order."""
    blur = gaussian(9, sigma=2.0)
    sharpen = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)
    sobel_x = np.outer([1, 2, 1], [-1, 0, 1]).astype(np.float32)
    sobel_y = np.ascontiguousarray(sobel_x.T)
    along_x = np.zeros((15, 15), np.float32)
    along_x[7] = 1 / 15
    unchanged = np.zeros((15, 15), np.float32)
    unchanged[7, 7] = 1

    def same(kernel: Image) -> Image:
        return np.stack([kernel] * 3)

    per_channel = np.stack([along_x, unchanged, along_x.T])
    return [
        Filter("blur 9x9", same(blur), signed=False),
        Filter("sharpen 3x3", same(sharpen), signed=False),
        Filter("Sobel x 3x3", same(sobel_x), signed=True),
        Filter("Sobel y 3x3", same(sobel_y), signed=True),
        Filter("red along x, green kept, blue along y 15x15", per_channel, signed=False),
    ]
