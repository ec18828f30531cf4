"""Checks that a call is refused with the right class and the whole right text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dwconv


def assert_refused(
    kind: type[Exception], text: str, call: Callable[..., Any], *arguments: Any, **keywords: Any
) -> None:
    """The call raises exactly ``kind``, and says exactly ``text``."""
    with pytest.raises(kind) as caught:
        call(*arguments, **keywords)
    assert caught.type is kind
    assert str(caught.value) == text


def assert_both_doors_refuse(
    kind: type[Exception], text: str, *arrays: Any, **keywords: Any
) -> None:
    """`dnnl_depthwise` and `Plan`, made from the same arrays, refuse them alike."""
    assert_refused(kind, text, dwconv.dnnl_depthwise, *arrays, **keywords)
    assert_refused(
        kind, text.replace("argument `x`", "argument `like`"), dwconv.Plan, *arrays, **keywords
    )


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)
