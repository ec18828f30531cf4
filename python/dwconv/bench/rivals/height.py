"""A case of one dimension as one of two, for rivals that have not all numbers of dimensions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dwconv.bench.data import Arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import require


def with_height(geometry: Geometry, arrays: Arrays) -> tuple[Geometry, Arrays]:
    """The same with a height of 1, on the same memory; a case of more dimensions is left as it is.

    The stride is that of both dimensions, as rows of which there is one may have any, and some rivals know
    but one stride.
    """
    if geometry.rank != 1:
        return geometry, arrays
    (axis,) = geometry.spatial_axes
    lifted = replace(
        geometry,
        layout=geometry.layout.replace("W", "HW"),
        spatial=(1, *geometry.spatial),
        kernel=(1, *geometry.kernel),
        stride=geometry.stride * 2,
        dilation=(1, *geometry.dilation),
        padding=((0, 0), *geometry.padding),
        output=(1, *geometry.output),
    )
    return lifted, Arrays(np.expand_dims(arrays.x, axis), arrays.w[:, :, None], arrays.bias)


def require_image(geometry: Geometry) -> None:
    """Raises Skip where there are three dimensions."""
    require(geometry.rank < 3, "it has no depthwise convolution in three dimensions")
