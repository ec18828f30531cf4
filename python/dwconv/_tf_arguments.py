"""TensorFlow's arguments, brought into the form of `dnnl_depthwise`; what TensorFlow refuses is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dwconv import _geometry
from dwconv._arguments import _in_range, _integer, _is_sequence, _listed, wrong_type, wrong_value


def array(argument: str, value: ArrayLike, expected: str) -> NDArray[np.float32]:
    """As TensorFlow converts it: Python's floats are float32, and anything else keeps its dtype."""
    try:
        values = np.asarray(value)
    except ValueError:
        raise wrong_value(argument, f"an array of {expected}", value) from None
    if not hasattr(value, "dtype") and values.dtype == np.float64:
        values = values.astype(np.float32)
    if values.dtype.newbyteorder("=") != np.float32:
        raise wrong_type(argument, "an array of float32", values.dtype)
    if values.ndim != 4:
        raise wrong_value(argument, expected, values.shape)
    return values


def _integers(argument: str, value: Any, count: int) -> tuple[int, ...]:
    expected = f"{count} ints of at least 1"
    value = _listed(value)
    entries = [_integer(entry) for entry in value] if _is_sequence(value) else [None]
    integers = tuple(_in_range(argument, entry) for entry in entries if entry is not None)
    if len(integers) != len(entries):
        raise wrong_type(argument, expected, value)
    if len(integers) != count or min(integers) < 1:
        raise wrong_value(argument, expected, value)
    return integers


def _pads(padding: Any, layout: str) -> str | tuple[tuple[int, int], ...]:
    """The padding as `dnnl_depthwise` takes it."""
    if isinstance(padding, str):
        if padding not in ("SAME", "VALID"):
            raise wrong_value("padding", "'SAME', 'VALID' or a list", padding)
        return padding.lower()
    expected = "'SAME', 'VALID' or 4 pairs of ints of at least 0, those of N and C 0"
    padding = _listed(padding)
    if not _is_sequence(padding):
        raise wrong_type("padding", expected, padding)
    pairs = [_listed(entry) for entry in padding]
    if len(pairs) != 4 or not all(_is_sequence(pair) and len(pair) == 2 for pair in pairs):
        raise wrong_value("padding", expected, padding)
    if any(_integer(side) is None for pair in pairs for side in pair):
        raise wrong_type("padding", expected, padding)
    by_letter = {
        letter: (int(low), int(high)) for letter, (low, high) in zip(layout, pairs, strict=True)
    }
    outside = by_letter.pop("N") + by_letter.pop("C")
    if any(outside) or any(min(pair) < 0 for pair in by_letter.values()):
        raise wrong_value("padding", expected, padding)
    return tuple(by_letter.values())


def geometry_of(
    x: NDArray[np.float32], strides: Any, padding: Any, data_format: Any, dilations: Any
) -> dict[str, Any]:
    """The keyword arguments of `dnnl_depthwise`."""
    layout = "NHWC" if data_format is None else data_format
    if not isinstance(layout, str) or layout not in ("NHWC", "NCHW"):
        raise wrong_value("data_format", "None, 'NHWC' or 'NCHW'", data_format)
    _geometry.source("input", x.shape, layout)
    steps = dict(zip(layout, _integers("strides", strides, 4), strict=True))
    if steps["N"] != 1 or steps["C"] != 1:
        raise wrong_value("strides", "1 for N and C", strides)
    if steps["H"] != steps["W"]:
        raise wrong_value("strides", "the same for H and W (dnnl_depthwise takes others)", strides)
    gaps = (1, 1) if dilations is None else _integers("dilations", dilations, 2)
    if max(gaps) > 1 and steps["H"] > 1:
        raise wrong_value("strides", "1 where an entry of dilations is greater", strides)
    return {
        "stride": (steps["H"], steps["W"]),
        "padding": _pads(padding, layout),
        "dilation": gaps,
        "layout": layout,
    }


def depthwise_weights(
    argument: str, filter: NDArray[np.float32], x: NDArray[np.float32], geometry: dict[str, Any]
) -> NDArray[np.float32]:
    """(kh, kw, C, M) as (C, M, 1, kh, kw), a view."""
    channels = x.shape[geometry["layout"].index("C")]
    if filter.shape[2] != channels or min(filter.shape) < 1:
        raise wrong_value(argument, f"shape (kh, kw, {channels}, M)", filter.shape)
    size = [x.shape[geometry["layout"].index(letter)] for letter in "HW"]
    # Only asked whether the kernel fits, under TensorFlow's name of it.
    window = (geometry[name] for name in ("stride", "padding", "dilation"))
    _geometry.window(argument, size, filter.shape[:2], *window)
    return filter.transpose(2, 3, 0, 1)[:, :, None]
