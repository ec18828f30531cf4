"""`dwconv.tf.separable_conv2d` against what TensorFlow answered."""

from __future__ import annotations

import numpy as np
import pytest

import dwconv
from helpers.tf_cases import REFUSED_SEPARABLE, SEPARABLE, Call
from helpers.tf_record import RECORDED, channels_first, recorded


def test_the_record_is_of_these_calls() -> None:
    assert set(RECORDED["separable_conv2d"]) == {call.name for call in SEPARABLE}
    assert set(RECORDED["separable_conv2d refuses"]) == set(REFUSED_SEPARABLE)


@pytest.mark.parametrize("call", SEPARABLE, ids=lambda call: call.name)
def test_separable_conv2d(call: Call) -> None:
    expected = recorded("separable_conv2d", call)
    y = call.answer(dwconv.tf.separable_conv2d)
    assert y.dtype == np.float32
    assert y.shape == expected.shape
    # Of integers, and far below 2**24: without rounding, whatever the order of the sums.
    np.testing.assert_array_equal(y, expected)
    arguments, keywords = channels_first(call)
    y = dwconv.tf.separable_conv2d(*arguments, **keywords)
    np.testing.assert_array_equal(y, expected.transpose(0, 3, 1, 2))


@pytest.mark.parametrize("what", REFUSED_SEPARABLE)
def test_refused_as_by_tensorflow(what: str) -> None:
    argument, call = REFUSED_SEPARABLE[what]
    with pytest.raises(ValueError, match=f"argument `{argument}`"):
        call.answer(dwconv.tf.separable_conv2d)


def test_the_depthwise_filter_is_named() -> None:
    call = Call(filter=(3, 3, 3, 1), pointwise=(1, 1, 3, 4))
    with pytest.raises(ValueError, match="argument `depthwise_filter`"):
        call.answer(dwconv.tf.separable_conv2d)
