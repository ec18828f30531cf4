"""The process-wide cache: statistics like `functools.lru_cache`, what tells entries apart, capacity."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import dwconv
import reference
from helpers.memory import arrange

DEFAULT_SIZE = 128


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    dwconv.cache_clear()
    yield
    dwconv.cache_resize(DEFAULT_SIZE)
    dwconv.cache_clear()


def integers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(np.float32)


def convolve(size: int) -> None:
    """A problem of its own for each size."""
    dwconv.dnnl_depthwise(integers(1, 4, size, size), integers(4, 3, 3))


def test_counts_as_lru_cache_does() -> None:
    """The same calls and the same capacity give the same four numbers."""

    @functools.lru_cache(maxsize=3)
    def remembered(size: int) -> None:
        pass

    dwconv.cache_resize(3)
    for size in (5, 6, 5, 7, 8, 5, 6, 6, 9, 8, 5, 7, 7, 6):
        convolve(size)
        remembered(size)
        assert dwconv.cache_info()[:4] == remembered.cache_info()
    assert dwconv.cache_info().evictions == remembered.cache_info().misses - 3


def test_info_is_a_named_tuple() -> None:
    convolve(5)
    info = dwconv.cache_info()
    assert info == (0, 1, DEFAULT_SIZE, 1, 0)
    assert info._fields == ("hits", "misses", "maxsize", "currsize", "evictions")
    assert type(info).__name__ == "CacheInfo"


def test_clear_forgets_entries_and_statistics() -> None:
    convolve(5)
    convolve(5)
    dwconv.cache_clear()
    assert dwconv.cache_info() == (0, 0, DEFAULT_SIZE, 0, 0)
    convolve(5)
    assert dwconv.cache_info() == (0, 1, DEFAULT_SIZE, 1, 0)


def test_capacity_of_zero_keeps_nothing_and_computes_all_the_same() -> None:
    dwconv.cache_resize(0)
    x, w = integers(1, 4, 6, 6), integers(4, 3, 3)
    for calls in range(1, 4):
        np.testing.assert_array_equal(dwconv.dnnl_depthwise(x, w), reference.depthwise(x, w))
        info = dwconv.cache_info()
        assert (info.hits, info.misses, info.maxsize, info.currsize) == (0, calls, 0, 0)
    plan = dwconv.Plan(x, w)
    np.testing.assert_array_equal(plan(x), reference.depthwise(x, w))


def test_a_smaller_capacity_evicts_the_least_recently_used() -> None:
    for size in (5, 6, 7, 8):
        convolve(size)
    convolve(5)
    dwconv.cache_resize(2)
    assert dwconv.cache_info() == (1, 4, 2, 2, 2)
    for size in (5, 8):
        convolve(size)
    assert dwconv.cache_info().hits == 3
    for size in (6, 7):
        convolve(size)
    assert dwconv.cache_info() == (3, 6, 2, 2, 4)


def test_a_larger_capacity_evicts_nothing() -> None:
    dwconv.cache_resize(2)
    convolve(5)
    convolve(6)
    dwconv.cache_resize(1000)
    convolve(7)
    assert dwconv.cache_info() == (0, 3, 1000, 3, 0)


X, W, BIAS = integers(2, 6, 9, 9), integers(6, 3, 3), integers(6)
BASE: dict[str, Any] = {
    "x": X,
    "w": W,
    "bias": None,
    "threads": 1,
    "stride": 1,
    "dilation": 1,
    "padding": 1,
}

# Each changes one thing that a plan depends on.
OTHERS: dict[str, dict[str, Any]] = {
    "batch": {"x": integers(1, 6, 9, 9)},
    "channels": {"x": integers(2, 7, 9, 9), "w": integers(7, 3, 3)},
    "height": {"x": integers(2, 6, 8, 9)},
    "width": {"x": integers(2, 6, 9, 8)},
    "height and width": {"x": integers(2, 6, 8, 8)},
    "multiplier": {"w": integers(6, 2, 1, 3, 3)},
    "kernel height": {"w": integers(6, 2, 3)},
    "kernel width": {"w": integers(6, 3, 2)},
    "stride along height": {"stride": (2, 1)},
    "stride along width": {"stride": (1, 2)},
    "dilation along height": {"dilation": (2, 1)},
    "dilation along width": {"dilation": (1, 2)},
    "padding above": {"padding": ((2, 1), (1, 1))},
    "padding below": {"padding": ((1, 2), (1, 1))},
    "padding left": {"padding": ((1, 1), (2, 1))},
    "padding right": {"padding": ((1, 1), (1, 2))},
    "bias": {"bias": BIAS},
    "add": {"add": integers(2, 6, 9, 9)},
    "memory of what is added": {"add": arrange(integers(2, 6, 9, 9), "strided")},
    "activation": {"activation": "relu"},
    "another activation": {"activation": "elu"},
    "alpha": {"activation": dwconv.Activation("elu", 0.5)},
    "bounds": {"activation": dwconv.Activation("clip", 0, 5)},
    "upper bound": {"activation": dwconv.Activation("clip", 0, 6)},
    "lower bound": {"activation": dwconv.Activation("clip", 1, 6)},
    "threads": {"threads": 2},
    "strategy tiled": {"strategy": "tiled"},
    "strategy planar": {"strategy": "planar"},
    "strategy reordered": {"strategy": "reordered"},
    "memory of x and y": {"x": arrange(X, "transposed")},
    "memory of x": {"x": arrange(X, "strided")},
    "memory of y": {"out": arrange(np.zeros((2, 6, 9, 9), np.float32), "transposed")},
}


def misses_of(arguments: dict[str, Any]) -> int:
    before = dwconv.cache_info().misses
    dwconv.dnnl_depthwise(**arguments)
    return dwconv.cache_info().misses - before


@pytest.mark.parametrize("name", OTHERS)
def test_another_entry_for_each_thing_that_matters(name: str) -> None:
    assert misses_of(BASE) == 1
    assert misses_of({**BASE, **OTHERS[name]}) == 1
    assert misses_of(BASE) == 0
    assert misses_of({**BASE, **OTHERS[name]}) == 0


def test_all_of_them_are_different_entries() -> None:
    calls = [BASE, *({**BASE, **other} for other in OTHERS.values())]
    assert [misses_of(call) for call in calls] == [1] * len(calls)
    assert dwconv.cache_info().currsize == len(calls)


@pytest.mark.parametrize(
    "same",
    [
        {"w": integers(6, 3, 3, seed=5)},
        {"w": arrange(W, "fortran")},
        {"w": W[:, None]},
        {"w": W[:, None, None]},
        {"x": integers(2, 6, 9, 9, seed=5)},
        {"x": arrange(X, "read-only")},
        {"stride": (1, 1)},
        {"padding": "same"},
        {"padding": ((1, 1), [1, 1])},
        {"out": np.zeros((2, 6, 9, 9), np.float32)},
        {"activation": None},
        {"out_dtype": np.float32},
        {"x": X[0], "layout": "CHW", "_batch": 1},
    ],
    ids=lambda same: next(iter(same)),
)
def test_same_entry_for_what_does_not_matter(same: dict[str, Any]) -> None:
    base = {**BASE, "x": X[:1]} if same.get("_batch") else BASE
    misses_of(base)
    changes = {name: value for name, value in same.items() if not name.startswith("_")}
    assert misses_of({**base, **changes}) == 0


def test_scale_and_shift_are_weights_and_bias() -> None:
    misses_of({**BASE, "bias": BIAS})
    assert misses_of({**BASE, "bias": BIAS, "scale": BIAS, "shift": BIAS}) == 0
    assert misses_of({**BASE, "shift": BIAS}) == 0
    misses_of(BASE)
    assert misses_of({**BASE, "scale": BIAS}) == 0


def test_values_of_the_bias_do_not_matter() -> None:
    misses_of({**BASE, "bias": BIAS})
    assert misses_of({**BASE, "bias": BIAS + 1}) == 0


def test_layouts_with_the_same_memory_share_an_entry() -> None:
    misses_of({**BASE, "x": arrange(X, "transposed")})
    assert (
        misses_of({**BASE, "x": np.ascontiguousarray(X.transpose(0, 2, 3, 1)), "layout": "NHWC"})
        == 0
    )


@pytest.mark.parametrize("strategy", [None, "tiled", "planar", "reordered"])
def test_weights_written_between_calls_are_never_stale(strategy: str | None) -> None:
    x, w, bias = X.copy(), W.copy(), BIAS.copy()
    for step in range(1, 6):
        w[...] = integers(*w.shape, seed=step)
        bias += step
        y = dwconv.dnnl_depthwise(x, w, bias, strategy=strategy)
        np.testing.assert_array_equal(y, reference.depthwise(x, w, bias))
        w[step, 1, 1] += 1  # one element, so that a comparison of a few would miss it
        y = dwconv.dnnl_depthwise(x, w, bias, strategy=strategy)
        np.testing.assert_array_equal(y, reference.depthwise(x, w, bias))
    assert dwconv.cache_info().misses == 1


def test_plans_and_calls_share_entries() -> None:
    dwconv.Plan(X, W, padding=1, threads=1)
    assert misses_of(BASE) == 0
    assert dwconv.cache_info().hits == 1


def test_an_entry_in_use_outlives_its_eviction() -> None:
    dwconv.cache_resize(1)
    plan = dwconv.Plan(X, W)
    convolve(5)
    assert dwconv.cache_info().evictions == 1
    np.testing.assert_array_equal(plan(X), reference.depthwise(X, W))
