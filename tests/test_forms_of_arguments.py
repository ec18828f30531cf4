"""Where integers are asked for, every sequence of them serves, and so do arrays."""

from __future__ import annotations

from array import array
from collections import UserList
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_refused, ones

X, W, DY = ones(1, 2, 5, 5), ones(2, 3, 3), ones(1, 2, 3, 3)
FORMS: list[Callable[[Sequence[int]], Any]] = [
    tuple,
    list,
    np.array,
    UserList,
    lambda x: array("i", x),
]


@pytest.mark.parametrize("form", FORMS)
def test_sequences(form: Callable[[Sequence[int]], Any]) -> None:
    y = dwconv.dnnl_depthwise(X, W, stride=form([2, 1]), padding=form([1, 2]))
    assert y.shape == (1, 2, 3, 7)
    assert dwconv.dnnl_depthwise_backward_data(DY, W, form(X.shape)).shape == X.shape
    assert dwconv.dnnl_depthwise_backward_weights(X, DY, form(W.shape)).shape == W.shape


def test_ranges() -> None:
    y = dwconv.dnnl_depthwise(X, W, stride=range(1, 3), padding=range(2))
    assert y.shape == (1, 2, 3, 3)
    assert dwconv.Plan(range(2, 6), ones(3, 2, 2)).input_shape == (2, 3, 4, 5)
    assert dwconv.flops.depthwise(range(2, 6), (3, 2, 2)).flops == 2 * 2 * 3 * 3 * 4 * 4


def test_a_sequence_of_bytes_is_not_meant() -> None:
    for value in (b"\x01\x01", bytearray(2)):
        text = f"argument `stride`: expected an int or 2 ints; got {value!r}"
        assert_refused(dwconv.InvalidType, text, dwconv.dnnl_depthwise, X, W, stride=value)
