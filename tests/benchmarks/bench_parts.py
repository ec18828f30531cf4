"""Times of the parts of a call, by pytest-benchmark: ``python -m pytest tests/benchmarks/bench_parts.py``.

On so small a problem that nothing but the parts takes time.
"""

from __future__ import annotations

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

import dwconv
from dwconv import _core
from dwconv._arguments import options

X = np.ones((1, 1, 4, 4), np.float32)
W = np.ones((1, 3, 3), np.float32)
OUT = np.empty((1, 1, 2, 2), np.float32)


def test_empty_call(benchmark: BenchmarkFixture) -> None:
    """What pybind11 and a look at two arrays take."""
    benchmark(_core.measure_call, X, OUT)


def test_normalise_ints(benchmark: BenchmarkFixture) -> None:
    """Arguments that have been seen before, all of them numbers."""
    benchmark(options, 1, 0, 1, "NCHW", None, None, None, None)


def test_normalise_sequences(benchmark: BenchmarkFixture) -> None:
    """Arguments with sequences among them, which are looked at each time."""
    benchmark(options, (1, 1), ((0, 0), (0, 0)), (1, 1), "NCHW", None, None, None, None)


def test_one_call_in_the_cache(benchmark: BenchmarkFixture) -> None:
    dwconv.dnnl_depthwise(X, W)
    before = dwconv.cache_info()
    benchmark(dwconv.dnnl_depthwise, X, W)
    assert dwconv.cache_info().misses == before.misses


def test_one_call_without_a_cache(benchmark: BenchmarkFixture) -> None:
    """Descriptors and planning each time; oneDNN's own cache still has the kernel."""
    size = dwconv.cache_info().maxsize
    dwconv.cache_resize(0)
    try:
        benchmark(dwconv.dnnl_depthwise, X, W)
    finally:
        dwconv.cache_resize(size)


def test_one_call_into_an_array(benchmark: BenchmarkFixture) -> None:
    benchmark(dwconv.dnnl_depthwise, X, W, out=OUT)


def test_plan_call(benchmark: BenchmarkFixture) -> None:
    benchmark(dwconv.Plan(X, W), X)


def test_plan_call_into_an_array(benchmark: BenchmarkFixture) -> None:
    benchmark(dwconv.Plan(X, W), X, out=OUT)


def test_make_plan_in_the_cache(benchmark: BenchmarkFixture) -> None:
    benchmark(dwconv.Plan, X, W)
