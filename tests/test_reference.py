"""The reference itself, against loops that follow the definition index by index."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import reference
from cases import random_case
from helpers.activations import KINDS, activate


def by_loops(
    x: np.ndarray, w: np.ndarray, stride: tuple, pads: list, dilation: tuple
) -> np.ndarray:
    """One N, C, H, W depthwise convolution with weights (C, M, kh, kw), a product at a time."""
    batch, channels, height, width = x.shape
    multiplier, kh, kw = w.shape[1:]
    rows = (height + sum(pads[0]) - (kh - 1) * dilation[0] - 1) // stride[0] + 1
    columns = (width + sum(pads[1]) - (kw - 1) * dilation[1] - 1) // stride[1] + 1
    y = np.zeros((batch, channels * multiplier, rows, columns))
    for n, c, m, r, s, i, j in product(
        *map(range, (batch, channels, multiplier, rows, columns, kh, kw))
    ):
        row = r * stride[0] - pads[0][0] + i * dilation[0]
        column = s * stride[1] - pads[1][0] + j * dilation[1]
        if 0 <= row < height and 0 <= column < width:
            y[n, c * multiplier + m, r, s] += float(x[n, c, row, column]) * float(w[c, m, i, j])
    return y


@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
@pytest.mark.parametrize("dilation", [(1, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("pads", [[(0, 0), (0, 0)], [(1, 2), (0, 5)], [(7, 0), (2, 9)]])
def test_equals_loops(stride: tuple, dilation: tuple, pads: list) -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(-8, 9, (2, 3, 6, 8)).astype(np.float32)
    w = rng.integers(-8, 9, (3, 2, 3, 2)).astype(np.float32)
    expected = by_loops(x, w, stride, pads, dilation)
    weights = w[:, :, None]
    y = reference.depthwise(x, weights, stride=stride, padding=pads, dilation=dilation)
    np.testing.assert_array_equal(y, expected)
    last = reference.depthwise(
        x.transpose(0, 2, 3, 1),
        weights,
        stride=stride,
        padding=pads,
        dilation=dilation,
        layout="NHWC",
    )
    np.testing.assert_array_equal(last, expected.transpose(0, 2, 3, 1))


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "low", "high"),
    [
        (5, 3, 1, 1, 1, 1),
        (5, 2, 1, 1, 0, 1),
        (6, 3, 2, 1, 0, 1),
        (5, 3, 2, 1, 1, 1),
        (7, 3, 2, 2, 2, 2),
        (4, 1, 3, 1, 0, 0),
    ],
)
def test_same_padding(
    size: int, kernel: int, stride: int, dilation: int, low: int, high: int
) -> None:
    assert reference.same_padding(size, kernel, stride, dilation) == (low, high)


def test_padding_never_meets_an_infinite_weight() -> None:
    x = np.ones((1, 1, 2, 2), np.float32)
    w = np.ones((1, 3, 3), np.float32)
    w[0, 0, 0] = np.inf
    y = reference.depthwise(x, w, padding=1)
    assert y[0, 0, 0, 0] == 4
    assert np.isinf(y[0, 0, 1, 1])


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"clip"}))
def test_activation_limits_continue_the_function(kind: str) -> None:
    far = activate(np.array([-1e30, 1e30]), kind)
    limits = activate(np.array([-np.inf, np.inf]), kind)
    for at_far, limit in zip(far, limits, strict=True):
        assert np.isinf(limit) == (abs(at_far) > 1e20)
        assert np.isinf(limit) or limit == pytest.approx(at_far, abs=1e-12)
    assert np.isnan(activate(np.array([np.nan]), kind)[0])


def test_random_cases_are_repeatable_and_of_every_kind() -> None:
    drawn = [random_case(7, index) for index in range(2000)]
    assert drawn[123] == random_case(7, 123)
    assert {len(random_case(7, index, (1,)).size) for index in range(100)} == {1}
    for name, least in {
        "layout": 12,
        "multiplier": 6,
        "strategy": 5,
        "threads": 3,
        "x_order": 13,
        "out_order": 11,
    }.items():
        assert len({getattr(case, name) for case in drawn}) == least, name
