"""`_core.remember`: a function's memory of its latest results, which must never give one for other arguments."""

from __future__ import annotations

import gc
import sys
from typing import Any

import numpy as np
import pytest

import dwconv
from dwconv import _core
from dwconv._arguments import options


class Named:
    """Of a type that may be remembered."""


class Index:
    """An integer that changes."""

    value = 1

    def __index__(self) -> int:
        return self.value


def echo(*arguments: Any) -> list[Any]:
    """A new list on each call."""
    return list(arguments)


#: Equal for Python, or alike, and yet other arguments.
OTHERS = (1, True, 1.0, np.int64(1), "1", (1,), (True,), (1.0,), ((1,),), (1, 1), None, 2**70, ())


def test_the_same_arguments_give_the_same_result() -> None:
    remembered = _core.remember(echo, (Named,))
    name = Named()
    for arguments in ((), (1, "same", None), (2**70,), ((1, (2, 3)), -1), (name, Named, 0)[:1]):
        assert remembered(*arguments) is remembered(*arguments)
    # Not the same objects, but equal.
    for make in (lambda: int("1000"), lambda: tuple(map(int, "78")), lambda: "".join(["NH", "WC"])):
        one, other = make(), make()
        assert one is not other
        assert remembered(one) is remembered(other)


@pytest.mark.parametrize("first", OTHERS, ids=repr)
def test_other_arguments_give_another(first: Any) -> None:
    remembered = _core.remember(echo, ())
    kept = remembered(first)
    for other in OTHERS:
        result = remembered(other)
        assert type(result[0]) is type(other)
        assert result == [other]
    assert kept == [first]
    assert remembered(first, first) == [first, first]


@pytest.mark.parametrize("value", [[1], np.ones(2), Index(), (1, [2]), {}, 1.5], ids=repr)
def test_what_may_change_is_not_remembered(value: Any) -> None:
    remembered = _core.remember(echo, (Named,))
    assert remembered(0, value) is not remembered(0, value)


def test_a_changed_argument_counts() -> None:
    x, w, stride = np.ones((1, 1, 9, 9), np.float32), np.ones((1, 3, 3), np.float32), Index()
    assert dwconv.dnnl_depthwise(x, w, stride=stride).shape == (1, 1, 7, 7)
    stride.value = 2
    assert dwconv.dnnl_depthwise(x, w, stride=stride).shape == (1, 1, 4, 4)
    both = [2, 2]
    assert dwconv.dnnl_depthwise(x, w, stride=both).shape == (1, 1, 4, 4)
    both[1] = 1
    assert dwconv.dnnl_depthwise(x, w, stride=both).shape == (1, 1, 4, 7)


def test_errors_are_raised_each_time() -> None:
    calls: list[int] = []

    def refuse(value: int) -> None:
        calls.append(value)
        raise KeyError(value)

    remembered = _core.remember(refuse, ())
    for _ in range(2):
        with pytest.raises(KeyError):
            remembered(1)
    assert calls == [1, 1]


def test_more_arguments_than_places() -> None:
    remembered = _core.remember(echo, ())
    for _ in range(2):
        for value in range(1000):
            assert remembered(value, str(value)) == [value, str(value)]


def test_lets_go_of_what_was_driven_out() -> None:
    remembered = _core.remember(echo, (Named,))
    for _ in range(10_000):
        remembered(Named())
    gc.collect()
    assert sum(isinstance(each, Named) for each in gc.get_objects()) <= 64
    name = Named()
    before = sys.getrefcount(name)
    remembered(name)
    del remembered
    assert sys.getrefcount(name) == before


def test_options_are_remembered() -> None:
    keywords = (1, (1, 2), 1, "NHWC", dwconv.Activation("relu"), np.float32, 2, None)
    assert options(*keywords) is options(*keywords)
    with pytest.raises(dwconv.InvalidType, match="stride"):
        options(True, 0, 1, "NCHW", None, None, None, None)
    with pytest.raises(dwconv.InvalidType, match="stride"):
        options(1.0, 0, 1, "NCHW", None, None, None, None)
