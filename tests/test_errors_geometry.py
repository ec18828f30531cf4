"""What is said of a stride, padding, dilation or kernel that cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, ones

X, W = ones(1, 32, 8, 8), ones(32, 3, 3)
LARGEST = 2**31 - 1
INTS = "an int or 2 ints"
PADDING = "an int, 2 entries each an int or a (low, high) pair, 'valid', 'same' or 'same_lower'"


def refuse(kind: type[Exception], argument: str, text: str, **keywords: Any) -> None:
    assert_both_doors_refuse(kind, f"argument `{argument}`: {text}", X, W, **keywords)


@pytest.mark.parametrize("argument", ["stride", "dilation"])
@pytest.mark.parametrize(
    "value",
    [
        1.0,
        True,
        "2",
        None,
        np.float32(1),
        np.True_,
        {1: 2},
        (1, 1.5),
        (1, True),
        ((1, 2),),
        [1, None],
        (1, "1"),
    ],
    ids=repr,
)
def test_type_of_stride_and_dilation(argument: str, value: Any) -> None:
    refuse(dwconv.InvalidType, argument, f"expected {INTS}; got {value!r}", **{argument: value})


@pytest.mark.parametrize("argument", ["stride", "dilation"])
@pytest.mark.parametrize("value", [(), (1,), [1, 2, 3]], ids=repr)
def test_number_of_strides_and_dilations(argument: str, value: Any) -> None:
    refuse(dwconv.InvalidArgument, argument, f"expected {INTS}; got {value!r}", **{argument: value})


@pytest.mark.parametrize("argument", ["stride", "dilation"])
@pytest.mark.parametrize("value", [0, -1, (1, 0), [0, 1], (1, -1), np.int64(0)], ids=repr)
def test_stride_and_dilation_below_one(argument: str, value: Any) -> None:
    pair = (
        tuple(int(each) for each in value)
        if isinstance(value, (tuple, list))
        else (int(value),) * 2
    )
    text = f"expected entries from 1 to {LARGEST}; got {pair}"
    refuse(dwconv.InvalidArgument, argument, text, **{argument: value})


@pytest.mark.parametrize("argument", ["stride", "dilation", "padding"])
@pytest.mark.parametrize("value", [2**31, 2**63, 2**70, -(2**31), -(2**70)])
def test_beyond_what_a_size_can_be(argument: str, value: int) -> None:
    bound = f"at most {LARGEST}" if value > 0 else "at least 0"
    text = f"expected integers of {bound}; got {value}"
    refuse(dwconv.InvalidArgument, argument, text, **{argument: value})
    refuse(dwconv.InvalidArgument, argument, text, **{argument: (1, value)})


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        True,
        None,
        b"same",
        np.float32(1),
        np.True_,
        {1: 2},
        (1, 1.5),
        (1, True),
        ((1, True), 0),
        (1, None),
        ("1", 1),
    ],
    ids=repr,
)
def test_type_of_padding(value: Any) -> None:
    refuse(dwconv.InvalidType, "padding", f"expected {PADDING}; got {value!r}", padding=value)


@pytest.mark.parametrize(
    "value",
    ["SAME", "full", "", (), (1,), [1, 2, 3], ((1, 2),), ((1, 2), (1, 2, 3)), ((1,), 1), ((), 1)],
    ids=repr,
)
def test_form_of_padding(value: Any) -> None:
    refuse(dwconv.InvalidArgument, "padding", f"expected {PADDING}; got {value!r}", padding=value)


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        (-1, ((-1, -1), (-1, -1))),
        ((1, -1), ((1, 1), (-1, -1))),
        (((2, 2), (0, -3)), ((2, 2), (0, -3))),
        (((-1, 4), 0), ((-1, 4), (0, 0))),
    ],
    ids=repr,
)
def test_negative_padding(value: Any, pairs: Any) -> None:
    text = f"expected entries from 0 to {LARGEST}; got {pairs}"
    refuse(dwconv.InvalidArgument, "padding", text, padding=value)


@pytest.mark.parametrize(
    ("kernel", "keywords", "room", "dimension", "extent"),
    [
        ((9, 3), {}, 8, 0, 9),
        ((3, 9), {}, 8, 1, 9),
        ((3, 3), {"dilation": 4}, 8, 0, 9),
        ((3, 3), {"dilation": (1, 5)}, 8, 1, 11),
        ((3, 11), {"padding": 1}, 10, 1, 11),
        ((12, 3), {"padding": ((1, 2), 0)}, 11, 0, 12),
        ((9, 9), {"padding": "valid"}, 8, 0, 9),
        ((3, 3), {"dilation": LARGEST}, 8, 0, 2 * LARGEST + 1),
    ],
    ids=repr,
)
def test_kernel_that_does_not_fit(
    kernel: tuple[int, int], keywords: dict[str, Any], room: int, dimension: int, extent: int
) -> None:
    text = (
        "argument `w`: expected a kernel that fits into the padded source, extent (kernel - 1) * dilation + 1 "
        f"at most {room} in spatial dimension {dimension}; got {extent}"
    )
    assert_both_doors_refuse(dwconv.InvalidArgument, text, X, ones(32, *kernel), **keywords)


def test_result_beyond_any_memory() -> None:
    size = 8 + 2 * LARGEST - 2
    most = 2**63 // 16 - 1
    text = f"expected an array of at most {most} elements; got shape (1, 32, {size}, {size})"
    refuse(dwconv.InvalidArgument, "out", text, padding=LARGEST)


@pytest.mark.parametrize(
    "value", [np.int64(2), np.uint8(2), [2, 2], (np.int32(2), 2), np.array([2, 2])], ids=repr
)
def test_integers_of_every_kind_are_taken(value: Any) -> None:
    for argument in ("stride", "dilation", "padding"):
        given = dwconv.dnnl_depthwise(X, W, **{argument: value})
        np.testing.assert_array_equal(given, dwconv.dnnl_depthwise(X, W, **{argument: 2}))


def test_an_equal_value_of_a_wrong_type_is_refused_after_a_right_one() -> None:
    """1 == 1.0 == True: what is remembered of one must not let another through."""
    for right, wrong in ((1, 1.0), (1, True), ((1, 1), (1.0, 1)), ((1, 1), (1, True))):
        dwconv.dnnl_depthwise(X, W, stride=right)
        refuse(dwconv.InvalidType, "stride", f"expected {INTS}; got {wrong!r}", stride=wrong)
        dwconv.dnnl_depthwise(X, W, padding=right)
        refuse(dwconv.InvalidType, "padding", f"expected {PADDING}; got {wrong!r}", padding=wrong)
