"""Arrays with the same values and different memory: order, gaps, alignment, byte order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np


def full(shape: Sequence[int], dtype: np.dtype) -> np.ndarray:
    """An array of what no result should have: NaN, or a number where the dtype has none."""
    return np.full(shape, 85 if dtype.kind in "iu" else np.nan, dtype=dtype)


def c_order(array: np.ndarray) -> np.ndarray:
    return np.array(array, order="C")


def fortran(array: np.ndarray) -> np.ndarray:
    return np.array(array, order="F")


def transposed(array: np.ndarray) -> np.ndarray:
    """Channels-first becomes dense channels-last in memory, and channels-last channels-first.

    The first dimension stays outermost where the array has four, as images of a batch do.
    """
    axes = list(range(array.ndim))
    image = axes[array.ndim - 3 :]
    # Memory order of the last three axes: the first of them innermost, so that c, h, w lies as
    # h, w, c; seen from h, w, c the same rotation lies as w, c, h: neither plane nor pixel order.
    order = [*axes[: array.ndim - 3], *image[1:], image[0]]
    return np.array(array.transpose(order), order="C").transpose(np.argsort(order))


def transposed_volume(array: np.ndarray) -> np.ndarray:
    """`transposed` of the last four dimensions, those of a volume; fewer stay as they are."""
    if array.ndim < 4:
        return c_order(array)
    return np.moveaxis(np.array(np.moveaxis(array, -4, -1), order="C"), -1, -4)


def planar(array: np.ndarray) -> np.ndarray:
    """Channels-last in shape, channels-first in memory."""
    axes = list(range(array.ndim))
    order = [*axes[:-3], axes[-1], *axes[-3:-1]]
    return np.array(array.transpose(order), order="C").transpose(np.argsort(order))


def swapped(array: np.ndarray) -> np.ndarray:
    """The last two dimensions exchanged in memory: a sequence's channels and its elements."""
    return np.array(array.swapaxes(-1, -2), order="C").swapaxes(-1, -2) if array.ndim > 1 else array


def strided(array: np.ndarray) -> np.ndarray:
    """Every other element along each axis of a larger array that is `full()` elsewhere."""
    parent = full([2 * size + 1 for size in array.shape], array.dtype)
    view = parent[tuple(slice(1, 2 * size + 1, 2) for size in array.shape)]
    view[...] = array
    return view


def cropped(array: np.ndarray) -> np.ndarray:
    """A window of a larger array: rows are dense, but do not follow each other."""
    parent = full([size + 3 for size in array.shape], array.dtype)
    view = parent[tuple(slice(1, size + 1) for size in array.shape)]
    view[...] = array
    return view


def reversed_axes(array: np.ndarray) -> np.ndarray:
    """Negative strides along each axis."""
    flip = (slice(None, None, -1),) * array.ndim
    return np.array(array[flip], order="C")[flip]


def unaligned(array: np.ndarray) -> np.ndarray:
    """C order, one byte beyond an address that the dtype may have."""
    memory = np.zeros(array.nbytes + 1, dtype=np.uint8)
    view = memory[1:].view(array.dtype).reshape(array.shape)
    view[...] = array
    return view


def read_only(array: np.ndarray) -> np.ndarray:
    copy = np.array(array, order="C")
    copy.flags.writeable = False
    return copy


def byte_swapped(array: np.ndarray) -> np.ndarray:
    return array.astype(array.dtype.newbyteorder())


def broadcast(array: np.ndarray) -> np.ndarray:
    """The first row along the last axis of more than one element, repeated by a stride of zero.

    Changes the values, unlike the other orders.
    """
    wide = [axis for axis, size in enumerate(array.shape) if size > 1]
    if not wide:
        return c_order(array)
    return np.broadcast_to(np.array(array.take([0], axis=wide[-1])), array.shape)


ORDERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": c_order,
    "fortran": fortran,
    "transposed": transposed,
    "transposed-volume": transposed_volume,
    "planar": planar,
    "swapped": swapped,
    "strided": strided,
    "cropped": cropped,
    "reversed": reversed_axes,
    "unaligned": unaligned,
    "read-only": read_only,
    "byte-swapped": byte_swapped,
    "broadcast": broadcast,
}

# Orders that `out` may have: it must be native and writable, and no element may lie twice.
OUT_ORDERS = (
    "C",
    "fortran",
    "transposed",
    "transposed-volume",
    "planar",
    "swapped",
    "strided",
    "cropped",
    "reversed",
    "unaligned",
)


def arrange(array: np.ndarray, order: str) -> np.ndarray:
    """The array in a memory order of ``ORDERS``."""
    return ORDERS[order](array)
