"""The arguments of what can be computed in other dtypes than float32."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from dwconv import _core
from dwconv._arguments import made_options, wrong_type

#: The dtypes that x may have, by their names.
DTYPES = ("float32", "float16", "bfloat16", "int8", "uint8")


def dtype_name(argument: str, dtype: Any, names: tuple[str, ...]) -> str | None:
    """The name of a native dtype among `names`; None for None.

    bfloat16 is known by its name: NumPy does not have it, but packages such as ml_dtypes add it.
    """
    if dtype is None or (isinstance(dtype, str) and dtype == "bfloat16"):
        return dtype
    given: Any = dtype
    try:
        given = np.dtype(dtype)
    except TypeError:
        pass
    else:
        if given.isnative and given.name in names:
            return str(given.name)
    raise wrong_type(argument, "None, " + ", ".join(names[:-1]) + f" or {names[-1]}", given)


def source_dtype(
    like: Any, dtype: Any, names: tuple[str, ...] = DTYPES, default: str = "float32"
) -> str:
    """The name of the dtype of x, of a plan that is made for `like`."""
    name = dtype_name("dtype", dtype, names)
    if not isinstance(like, np.ndarray):
        return name or default
    own = str(like.dtype.name)
    if own not in names:
        # The core refuses the array, naming `like`.
        return name or default
    if name is not None and own != name:
        raise wrong_type("dtype", f"None or {own}, the dtype of `like`", name)
    return own


def require_default_weights(w: Any) -> None:
    """Refuses the weights of an x of another dtype than float32, where nothing tells of that x."""
    name = w.dtype.name if isinstance(w, np.ndarray) else None
    # What x never has, the core refuses.
    if name in DTYPES and name != "float32":
        expected = f"float32, or `dtype` to say that x is not of float32 (such as dtype={name!r})"
        raise _core.InvalidType(_core.complaint("w", expected, name))


def bfloat16(argument: str) -> np.dtype[Any]:
    """The dtype of results that are to be bfloat16, from the package that NumPy has it from."""
    try:
        dtype: np.dtype[Any] = np.dtype(importlib.import_module("ml_dtypes").bfloat16)
    except ModuleNotFoundError:
        text = _core.complaint(argument, "a type that NumPy has", "bfloat16, which needs ml_dtypes")
        raise _core.Unsupported(text) from None
    return dtype


def _typed_options(
    stride: Any,
    padding: Any,
    dilation: Any,
    layout: Any,
    activation: Any,
    out_dtype: Any,
    threads: Any,
    strategy: Any,
) -> _core.Options:
    name = dtype_name("out_dtype", out_dtype, (*DTYPES, "int32"))
    if name == "bfloat16":
        bfloat16("out_dtype")  # refused now rather than by each call of a plan
    return made_options(stride, padding, dilation, layout, activation, name, threads, strategy)


#: What `numpy.dtype` makes of them, for `_core.remember`.
DTYPE_CLASSES: tuple[type, ...] = tuple(
    type(np.dtype(name)) for name in ("float32", "float16", "int8", "uint8", "int32")
)
#: The normalised form of the keyword arguments, as `_arguments.options` where `out_dtype` may be another.
typed_options = _core.remember(_typed_options, (_core.Activation, type, *DTYPE_CLASSES))
