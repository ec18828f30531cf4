"""Laws of convolution that need no reference; data of integers, so that they hold exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import dwconv
from case import Case
from cases import LAYOUTS, NO_EPILOGUE, cases
from reference import entries, from_channels_first

PLAIN = {**NO_EPILOGUE, "activation": None, "integers": True, "out_order": None}


def plain_cases(**changes: Any) -> st.SearchStrategy[Case]:
    """Cases of integers without an activation, and not on a strategy that may refuse."""

    def simplify(case: Case) -> Case:
        strategy = None if case.strategy in ("direct", "planar") else case.strategy
        return replace(case, **{**PLAIN, "strategy": strategy, **changes})

    return cases().map(simplify)


def convolve(
    case: Case, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    return dwconv.dnnl_depthwise(x, w, bias, **case.keywords())


@settings(max_examples=200)
@given(plain_cases(stride=1, padding=0, dilation=1, multiplier=1, weights_rank=3, bias=False))
def test_kernel_of_one_is_the_identity(case: Case) -> None:
    case = replace(case, kernel=(1,) * len(case.size))
    x, w, _ = case.arrays()
    np.testing.assert_array_equal(convolve(case, x, np.ones_like(w)), x)


@settings(max_examples=200)
@given(plain_cases(bias=False))
def test_linear_in_x_and_in_w(case: Case) -> None:
    x, w, _ = case.arrays()
    other_x, other_w, _ = replace(case, seed=case.seed ^ 1).arrays()
    y = convolve(case, x, w)
    np.testing.assert_array_equal(convolve(case, x + other_x, w), y + convolve(case, other_x, w))
    np.testing.assert_array_equal(convolve(case, x, w + other_w), y + convolve(case, x, other_w))


@settings(max_examples=200)
@given(plain_cases(bias=True, bias_order="C"))
def test_bias_is_added_to_each_channel(case: Case) -> None:
    x, w, bias = case.arrays()
    assert bias is not None
    row = bias if case.layout.endswith("C") else bias.reshape(-1, *[1] * len(case.size))
    np.testing.assert_array_equal(convolve(case, x, w, bias), convolve(case, x, w) + row)


@settings(max_examples=200)
@given(plain_cases(bias=False), st.data())
def test_channels_do_not_mix(case: Case, data: st.DataObject) -> None:
    x, w, _ = case.arrays()
    channel = data.draw(st.integers(0, case.channels - 1))
    axis = case.layout.index("C")
    other = np.array(x)
    view = np.moveaxis(other, axis, 0)
    view[channel] += 1
    difference = np.moveaxis(convolve(case, other, w) - convolve(case, x, w), axis, 0)
    touched = slice(channel * case.multiplier, (channel + 1) * case.multiplier)
    assert not np.any(np.delete(difference, np.arange(len(difference))[touched], axis=0))


@settings(max_examples=200)
@given(plain_cases(batch=3))
def test_images_of_a_batch_do_not_mix(case: Case) -> None:
    case = replace(case, layout=case.layout if "N" in case.layout else "N" + case.layout)
    x, w, bias = case.arrays()
    together = convolve(case, x, w, bias)
    alone = [convolve(case, np.array(x[i : i + 1]), w, bias) for i in range(len(x))]
    np.testing.assert_array_equal(together, np.concatenate(alone))


@settings(max_examples=200)
@given(plain_cases())
def test_layouts_agree(case: Case) -> None:
    first, *others = LAYOUTS[len(case.size)]
    case = replace(case, layout=first)
    x, w, bias = case.arrays()
    y = convolve(case, x, w, bias)
    x = x if len(x) else np.zeros((1, *x.shape[1:]), np.float32)
    y = y if len(y) else convolve(case, x, w, bias)
    for layout in others:
        again = convolve(replace(case, layout=layout), from_channels_first(x, layout), w, bias)
        np.testing.assert_array_equal(again, from_channels_first(y, layout))


@settings(max_examples=200)
@given(plain_cases(stride=1, padding=0, x_order="C", bias=False), st.integers(1, 3))
def test_moves_with_the_image(case: Case, shift: int) -> None:
    extent = [
        (k - 1) * d + 1
        for k, d in zip(
            case.kernel,
            entries(case.dilation, len(case.size)),
            strict=True,
        )
    ]
    case = replace(case, size=tuple(each + 4 for each in extent))
    x, w, _ = case.arrays()
    axes = [case.layout.index(letter) for letter in "DHW" if letter in case.layout]
    y = convolve(case, x, w)
    moved = convolve(case, np.roll(x, shift, axes), w)
    inner, kept = [slice(None)] * y.ndim, [slice(None)] * y.ndim
    for axis in axes:
        inner[axis] = slice(shift, None)
        kept[axis] = slice(None, y.shape[axis] - shift)
    np.testing.assert_array_equal(moved[tuple(inner)], y[tuple(kept)])
