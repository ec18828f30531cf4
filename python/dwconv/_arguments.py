"""Brings the keyword arguments of a convolution into the one form that the core takes."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from dwconv import _core

#: One number for all spatial dimensions, or one each.
Sizes = int | Sequence[int]
#: As Sizes, with (low, high) pairs too, or a rule.
Padding = int | Sequence[int | Sequence[int]] | str
ActivationLike = str | _core.Activation | None
Strategy = Literal["direct", "tiled", "planar", "reordered"] | None
SeparableStrategy = Literal["fused", "unfused"] | None

_LARGEST = 2**31 - 1
#: What the core's sizes in bytes hold.
MOST_BYTES = 2**63 - 1


def wrong_value(argument: str, expected: str, given: object) -> _core.InvalidArgument:
    """The error for an argument of the right type."""
    return _core.InvalidArgument(_core.complaint(argument, expected, repr(given)))


def wrong_type(argument: str, expected: str, given: object) -> _core.InvalidType:
    """The error for an argument of another type."""
    return _core.InvalidType(_core.complaint(argument, expected, repr(given)))


def _integer(value: object) -> int | None:
    """`value` where it is an integer of any kind but bool, else None."""
    if isinstance(value, (bool, np.bool_)):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]  # that is the question here
    except TypeError:
        return None


def _in_range(argument: str, value: int, most: int = _LARGEST) -> int:
    # Beyond what the core's integers hold; what they hold, the core itself judges.
    if value > most:
        raise wrong_value(argument, f"integers of at most {most}", value)
    if value < -most:
        raise wrong_value(argument, "integers of at least 0", value)
    return value


def _listed(value: Any) -> Any:
    """An array as lists of numbers; anything else as it is."""
    return value.tolist() if isinstance(value, np.ndarray) else value


def _is_sequence(value: object) -> bool:
    # The entries of bytes are integers, and nobody means them.
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))


def sizes(argument: str, value: Any, rank: int) -> list[int]:
    """One integer for each of `rank` dimensions."""
    expected = "an int or a sequence of 1 int" if rank == 1 else f"an int or {rank} ints"
    value = _listed(value)
    single = _integer(value)
    if single is not None:
        return [_in_range(argument, single)] * rank
    if not _is_sequence(value):
        raise wrong_type(argument, expected, value)
    entries = [_integer(entry) for entry in value]
    integers = [_in_range(argument, entry) for entry in entries if entry is not None]
    if len(integers) != len(entries):
        raise wrong_type(argument, expected, value)
    if len(integers) != rank:
        raise wrong_value(argument, expected, value)
    return integers


def _shape(argument: str, value: Any, expected: str = "a shape") -> list[int]:
    """The entries of a shape."""
    value = _listed(value)
    entries = [_integer(entry) for entry in value] if _is_sequence(value) else [None]
    integers = [_in_range(argument, entry) for entry in entries if entry is not None]
    if len(integers) != len(entries):
        raise wrong_type(argument, expected, value)
    if any(entry < 0 for entry in integers):
        raise wrong_value(argument, "entries of at least 0", value)
    return integers


#: `_shape`, with a memory, as `options` below.
shape = _core.remember(_shape, ())


def form(argument: str, value: Any) -> Any:
    """The entries of a shape, or an array as it is."""
    if isinstance(value, np.ndarray):
        return value
    return shape(argument, value, "a shape or a numpy.ndarray")


def _expected_paddings(rank: int) -> str:
    if rank == 1:
        return (
            "an int, a sequence of 1 int or of 1 (low, high) pair, "
            "'valid', 'same', 'same_lower' or 'causal'"
        )
    return (
        f"an int, {rank} entries each an int or a (low, high) pair, 'valid', 'same' or 'same_lower'"
    )


def paddings(value: Any, rank: int) -> list[tuple[int, int]] | str:
    """A (low, high) pair for each of `rank` dimensions, or the name of a rule."""
    expected = _expected_paddings(rank)
    if isinstance(value, str):
        if value == "valid":
            return [(0, 0)] * rank
        if value in ("same", "same_lower"):
            return value
        if value == "causal":
            if rank == 1:
                return value
            expected += " ('causal' is for one spatial dimension)"
        raise wrong_value("padding", expected, value)
    value = _listed(value)
    single = _integer(value)
    if single is not None:
        amount = _in_range("padding", single)
        return [(amount, amount)] * rank
    if not _is_sequence(value):
        raise wrong_type("padding", expected, value)
    if len(value) != rank:
        raise wrong_value("padding", expected, value)
    pairs = []
    for entry in map(_listed, value):
        both = [entry, entry] if _integer(entry) is not None else entry
        if not _is_sequence(both) or any(_integer(side) is None for side in both):
            raise wrong_type("padding", expected, value)
        if len(both) != 2:
            raise wrong_value("padding", expected, value)
        low, high = (_in_range("padding", operator.index(side)) for side in both)
        pairs.append((low, high))
    return pairs


def count(
    argument: str, value: Any, least: int = 1, most: int = _LARGEST, expected: str = "an int"
) -> int:
    """An integer of any kind from `least` to `most`."""
    number = _integer(value)
    if number is None:
        raise wrong_type(argument, expected, value)
    if number < least:
        raise wrong_value(argument, f"at least {least}", value)
    return _in_range(argument, number, most)


def flag(argument: str, value: Any) -> bool:
    """A bool of Python's or NumPy's."""
    if not isinstance(value, (bool, np.bool_)):
        raise wrong_type(argument, "a bool", value)
    return bool(value)


def _activation_named(argument: str, kind: str) -> _core.Activation:
    if kind == "clip":
        expected = "dwconv.Activation('clip', alpha, beta), since clip needs both bounds"
        raise wrong_value(argument, expected, kind)
    try:
        return _core.Activation(kind)
    except _core.InvalidArgument as error:
        # It calls the argument by the name that the core has for it.
        text = str(error).replace("`activation`", f"`{argument}`", 1)
        raise _core.InvalidArgument(text) from None


def activation_of(argument: str, value: Any) -> _core.Activation | None:
    """An activation in any of the accepted forms."""
    if value is None or isinstance(value, _core.Activation):
        return value
    if isinstance(value, str):
        return _activation_named(argument, value)
    raise wrong_type(argument, "None, a name or a dwconv.Activation", value)


def _threads(value: Any) -> int:
    return 0 if value is None else count("threads", value, expected="None or an int")


def require_float32(argument: str, dtype: DTypeLike | None) -> None:
    """Refuses any dtype but None and float32."""
    if dtype is None:
        return
    try:
        given: object = np.dtype(dtype)
    except TypeError:
        given = dtype
    if given != np.dtype(np.float32):
        raise wrong_type(argument, "None or float32", given)


def _output_paddings(value: Any, layout: str) -> list[int]:
    """One integer for each spatial dimension of a layout that has been accepted."""
    return sizes("output_padding", value, _core.spatial_rank(layout))


def spatial_rank(layout: Any) -> int:
    """The number of spatial dimensions of a layout."""
    if not isinstance(layout, str):
        raise wrong_type("layout", "a str such as 'NCHW'", layout)
    return _core.spatial_rank(layout)


def made_options(
    stride: Any,
    padding: Any,
    dilation: Any,
    layout: Any,
    activation: Any,
    out_dtype: str | None,
    threads: Any,
    strategy: Any,
) -> _core.Options:
    """The normalised form of the keyword arguments of a convolution; `out_dtype` is a dtype's name."""
    rank = spatial_rank(layout)
    if strategy is not None and not isinstance(strategy, str):
        raise wrong_type("strategy", "None or a str", strategy)
    return _core.Options(
        layout=layout,
        stride=sizes("stride", stride, rank),
        dilation=sizes("dilation", dilation, rank),
        padding=paddings(padding, rank),
        activation=activation_of("activation", activation),
        threads=_threads(threads),
        strategy=strategy,
        out_dtype=out_dtype,
    )


def _options(
    stride: Any,
    padding: Any,
    dilation: Any,
    layout: Any,
    activation: Any,
    out_dtype: Any,
    threads: Any,
    strategy: Any,
) -> _core.Options:
    """The normalised form of the keyword arguments of a convolution.

    Raises
    ------
    InvalidArgument, InvalidType, Unsupported
        Naming the argument.
    """
    require_float32("out_dtype", out_dtype)
    return made_options(stride, padding, dilation, layout, activation, None, threads, strategy)


#: `_options`, with a memory of what it has returned: the same few arguments come again and again.
options = _core.remember(_options, (_core.Activation, type, type(np.dtype(np.float32))))
output_paddings = _core.remember(_output_paddings, ())
