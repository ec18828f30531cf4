"""The dtypes of the NumPy reference: which ones it takes, and how its results are rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dwconv import _core
from dwconv._activations import Doubles
from dwconv._arguments import wrong_type
from dwconv._dtypes import bfloat16

#: NumPy's own floating dtypes, by the words that messages have for them; others have their names.
FLOATING = "a floating dtype"
FLOATS = (FLOATING, "bfloat16")
BYTES = ("int8", "uint8")
#: What x can be, and from bytes the result.
SOURCES = (*FLOATS, *BYTES)
RESULTS = (*SOURCES, "int32")


def _is_one_of(dtype: np.dtype[Any], kinds: tuple[str, ...]) -> bool:
    return dtype.name in kinds or (FLOATING in kinds and np.issubdtype(dtype, np.floating))


def _named(kinds: tuple[str, ...]) -> str:
    return " or ".join((", ".join(kinds[:-1]), kinds[-1])) if len(kinds) > 1 else kinds[0]


def dtype_of(argument: str, array: Any, kinds: tuple[str, ...]) -> np.dtype[Any]:
    """The dtype of an array, in native byte order, where it is one of these."""
    if not isinstance(array, np.ndarray):
        text = _core.complaint(argument, "a numpy.ndarray", type(array).__name__)
        raise _core.InvalidType(text)
    native: np.dtype[Any] = array.dtype.newbyteorder("=")
    if not _is_one_of(native, kinds):
        text = _core.complaint(argument, f"an array of {_named(kinds)}", native.name)
        raise _core.InvalidType(text)
    return native


def named_dtype(argument: str, dtype: DTypeLike, kinds: tuple[str, ...]) -> np.dtype[Any]:
    """The dtype that an argument names, where it is one of these."""
    given: Any = dtype
    if isinstance(dtype, str) and dtype == "bfloat16":
        given = bfloat16(argument)
    try:
        found: np.dtype[Any] = np.dtype(given)
    except TypeError:
        pass
    else:
        if _is_one_of(found, kinds):
            return found
        given = found
    raise wrong_type(argument, f"None, {_named(kinds)}", given)


def rounded(values: Doubles, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Values of a dtype in C order: integers to nearest even and no further than where they end."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        nearest = np.clip(np.rint(values), info.min, info.max)
        # As `dnnl_depthwise` has it.
        values = np.where(np.isnan(values), info.min, nearest)
    with np.errstate(over="ignore"):
        return values.astype(dtype, order="C")
