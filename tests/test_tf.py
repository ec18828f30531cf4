"""`dwconv.tf` against what TensorFlow answered: `record_tensorflow.py` wrote `data/tensorflow.json`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.tf_cases import LISTS, PLAIN, REFUSED, VALID, Call
from helpers.tf_record import RECORDED, channels_first, recorded


def test_the_record_is_of_these_calls() -> None:
    assert set(RECORDED["depthwise_conv2d"]) == {call.name for call in VALID}
    assert set(RECORDED["depthwise_conv2d refuses"]) == set(REFUSED)


@pytest.mark.parametrize("call", VALID, ids=lambda call: call.name)
def test_depthwise_conv2d(call: Call) -> None:
    expected = recorded("depthwise_conv2d", call)
    y = call.answer(dwconv.tf.depthwise_conv2d)
    assert y.dtype == np.float32
    assert y.shape == expected.shape
    # Of integers: without rounding, whatever the order of the sums.
    np.testing.assert_array_equal(y, expected)
    arguments, keywords = channels_first(call)
    y = dwconv.tf.depthwise_conv2d(*arguments, **keywords)
    np.testing.assert_array_equal(y, expected.transpose(0, 3, 1, 2))


@pytest.mark.parametrize("what", REFUSED)
def test_refused_as_by_tensorflow(what: str) -> None:
    argument, call = REFUSED[what]
    with pytest.raises(ValueError, match=f"argument `{argument}`"):
        call.answer(dwconv.tf.depthwise_conv2d)


OWN_REFUSALS = {
    "strides beside dilations": (
        "strides",
        Call(strides=[1, 2, 2, 1], keywords={"dilations": [2, 1]}),
    ),
    "3 dilations": ("dilations", Call(keywords={"dilations": [1, 1, 1]})),
    "a kernel beyond the input": ("filter", Call(filter=(8, 3, 2, 1), padding="VALID")),
    "no multiplier": ("filter", Call(filter=(3, 3, 2, 0))),
    "no channels": ("input", Call((1, 7, 6, 0), (3, 3, 0, 1))),
}


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("strides", Call(strides=[1, 2**40, 2**40, 1])),
        ("dilations", Call(keywords={"dilations": [2**40, 2]})),
    ],
)
def test_larger_than_the_core_can_count(argument: str, call: Call) -> None:
    text = f"^argument `{argument}`: expected integers of at most 2147483647; got {2**40}"
    with pytest.raises(dwconv.InvalidArgument, match=text):
        call.answer(dwconv.tf.depthwise_conv2d)


def test_ragged_lists() -> None:
    _, w = Call().arrays()
    text = r"^argument `input`: expected an array of 4 dimensions; got \[\[1.0\], \[1.0, 2.0\]\]"
    with pytest.raises(dwconv.InvalidArgument, match=text):
        dwconv.tf.depthwise_conv2d([[1.0], [1.0, 2.0]], w, (1, 1, 1, 1), "SAME")


@pytest.mark.parametrize("what", OWN_REFUSALS)
def test_refused_though_not_by_tensorflow(what: str) -> None:
    argument, call = OWN_REFUSALS[what]
    with pytest.raises(ValueError, match=f"argument `{argument}`"):
        call.answer(dwconv.tf.depthwise_conv2d)


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("strides", Call(strides=1)),
        ("strides", Call(strides=[1, 1.5, 1.5, 1])),
        ("padding", Call(padding=1)),
        ("padding", Call(padding=[[0, 0], [1.0, 1], [1, 1], [0, 0]])),
        ("dilations", Call(keywords={"dilations": 2})),
    ],
)
def test_types_are_refused(argument: str, call: Call) -> None:
    with pytest.raises(TypeError, match=f"argument `{argument}`"):
        call.answer(dwconv.tf.depthwise_conv2d)


def test_dtypes_are_refused() -> None:
    x, w = Call().arrays()
    ones = (1, 1, 1, 1)
    with pytest.raises(TypeError, match="argument `input`"):
        dwconv.tf.depthwise_conv2d(x.astype(np.float64), w, ones, "SAME")
    with pytest.raises(TypeError, match="argument `filter`"):
        dwconv.tf.depthwise_conv2d(x, w.astype(np.int32), ones, "SAME")


def test_what_numpy_makes_an_array_of() -> None:
    class Tensor:
        """As TensorFlow's own tensors show themselves to NumPy."""

        dtype = "float32"

        def __init__(self, values: np.ndarray) -> None:
            self.values = values

        def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
            return self.values

    x, w = PLAIN.arrays()
    expected = recorded("depthwise_conv2d", PLAIN)
    for arrays in ((x.tolist(), w.tolist()), (Tensor(x), Tensor(w))):
        y = dwconv.tf.depthwise_conv2d(*arrays, PLAIN.strides, PLAIN.padding)
        np.testing.assert_array_equal(y, expected)


def test_arguments_may_be_arrays() -> None:
    geometry = np.array(LISTS.strides), np.array(LISTS.padding)
    y = dwconv.tf.depthwise_conv2d(*LISTS.arrays(), *geometry)
    np.testing.assert_array_equal(y, recorded("depthwise_conv2d", LISTS))
