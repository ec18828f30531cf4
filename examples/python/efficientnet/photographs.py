"""Photographs that come with scikit-image and scikit-learn, as EfficientNet-Lite0 wants to see them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_image

SIZE = 224
# The network was evaluated on what is left of a photograph within a margin: 224 of each 256 pixels.
SHOWN = 224 / 256


def prepared(photograph: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The square in the middle, resized; (1, 224, 224, 3), values from -0.99 to 1."""
    height, width = photograph.shape[:2]
    side = min(height, width) * SHOWN
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    small = Image.fromarray(photograph).resize((SIZE, SIZE), Image.Resampling.BICUBIC, box)
    return ((np.asarray(small, np.float32) - 127) / 128)[np.newaxis]


def photographs() -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Names, and what the network gets to see."""
    for name in ("chelsea", "astronaut", "coffee", "rocket"):
        yield name, prepared(getattr(data, name)())
    for name in ("china.jpg", "flower.jpg"):
        yield name.removesuffix(".jpg"), prepared(load_sample_image(name))
