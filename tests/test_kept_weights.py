"""Weights that a thread packed before are packed anew as soon as one bit of them differs."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import numpy as np
import pytest

import dwconv

STRATEGIES = ["direct", "tiled", "planar", "reordered"]
Call = Callable[[], np.ndarray]


def integers(*shape: int) -> np.ndarray:
    """So small that sums are exact, and results can be equal."""
    return np.random.default_rng(7).integers(-4, 5, shape).astype(np.float32)


def prepared(strategy: str) -> tuple[np.ndarray, np.ndarray, Call, Call]:
    """Weights, a bias, a call that takes them as they are then, and one that knows no call before."""
    x, w, bias = integers(1, 9, 9, 24), integers(24, 1, 3, 3), integers(24)
    keywords = {"padding": 1, "layout": "NHWC", "strategy": strategy}

    def call() -> np.ndarray:
        return dwconv.dnnl_depthwise(x, w, bias, **keywords)

    def anew() -> np.ndarray:
        return dwconv.Plan(x, w, bias, **keywords)(x)

    return w, bias, call, anew


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_changes_in_place_are_seen(strategy: str) -> None:
    w, bias, call, anew = prepared(strategy)
    seen = [call()]
    for array in (w, bias):
        for index in (0, -1):
            array.reshape(-1)[index] += 1
            seen.append(call())
            np.testing.assert_array_equal(seen[-1], anew())
            np.testing.assert_array_equal(seen[-1], call())
    assert all((a != b).any() for a, b in itertools.pairwise(seen))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_weights_that_stop_being_finite_are_seen(strategy: str) -> None:
    w, _, call, anew = prepared(strategy)
    finite = call()
    for value in (np.inf, np.nan):
        w[3, 0, 0, 0] = value
        np.testing.assert_array_equal(call(), anew())
    w[3, 0, 0, 0] = integers(24, 1, 3, 3)[3, 0, 0, 0]
    np.testing.assert_array_equal(call(), finite)


def test_problems_take_turns() -> None:
    # The same bits for other problems, and for a plan made again after the cache forgot it.
    calls = [prepared(strategy)[2] for strategy in STRATEGIES]
    x, w = integers(1, 24, 9, 9), integers(24, 1, 3, 3)
    calls += [lambda p=padding: dwconv.dnnl_depthwise(x, w, padding=p) for padding in (0, 1, 2)]
    expected = [call() for call in calls]
    for _ in range(3):
        dwconv.cache_clear()
        for call, result in zip(calls, expected, strict=True):
            np.testing.assert_array_equal(call(), result)


def test_threads_keep_their_own() -> None:
    w, _, call, anew = prepared("planar")
    call()
    w += 1
    found: list[np.ndarray] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(found[0], anew())
    np.testing.assert_array_equal(call(), anew())


def test_weights_of_any_size_and_order() -> None:
    for channels in (2, 600, 9000):  # too many to be kept
        x, w = integers(1, 3, 3, channels), integers(channels, 1, 3, 3)
        expected = np.einsum("nhwc,hwc->nc", x.astype(np.float64), w[:, 0].transpose(1, 2, 0))
        for weights in (w, np.asfortranarray(w), w[::-1].copy()[::-1]):
            for _ in range(2):
                y = dwconv.dnnl_depthwise(x, weights, layout="NHWC")
                np.testing.assert_array_equal(y[:, 0, 0], expected)
