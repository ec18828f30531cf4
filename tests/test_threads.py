"""Many Python threads at once: right results, one pool, and nobody kept waiting."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import dwconv
import reference
from case import Case
from cases import cases, random_case


@pytest.fixture
def four_threads() -> Iterator[None]:
    """More threads than this machine may have processors, so that the pool has work to share."""
    before = dwconv.get_num_threads()
    dwconv.set_num_threads(4)
    yield
    dwconv.set_num_threads(before)


def run_on_threads(count: int, work: Callable[[int], None]) -> None:
    """Have each of ``count`` threads do ``work(index)``, all beginning at once."""
    barrier = threading.Barrier(count)

    def begin(index: int) -> None:
        barrier.wait()
        work(index)

    with ThreadPoolExecutor(count) as executor:
        for future in [executor.submit(begin, index) for index in range(count)]:
            future.result(timeout=120)


def test_hammering_one_small_cache(four_threads: None) -> None:
    """32 threads, 12 problems, room for 2: builds, hits and evictions of the same entries at once."""
    problems = []
    for index in range(12):
        case = random_case(99, index)
        x, w, bias = case.arrays()
        problems.append((case, x, w, bias, dwconv.dnnl_depthwise(x, w, bias, **case.keywords())))

    def work(index: int) -> None:
        rng = np.random.default_rng(index)
        for pick in rng.integers(0, len(problems), 60):
            case, x, w, bias, expected = problems[pick]
            y = dwconv.dnnl_depthwise(x, w, bias, **case.keywords())
            np.testing.assert_array_equal(y, expected)
            if index == 0 and pick == 0:
                dwconv.cache_clear()

    before = dwconv.cache_info().maxsize
    dwconv.cache_resize(2)
    try:
        run_on_threads(32, work)
        assert dwconv.cache_info().currsize <= 2
        assert dwconv.cache_info().evictions > 0
    finally:
        dwconv.cache_resize(before)


@pytest.mark.parametrize("strategy", ["direct", "tiled", "planar", "reordered"])
def test_one_plan_on_many_threads(strategy: str, four_threads: None) -> None:
    rng = np.random.default_rng(0)
    sources = rng.standard_normal((16, 1, 40, 40, 48), dtype=np.float32)
    w = rng.standard_normal((48, 3, 3), dtype=np.float32)
    plan = dwconv.Plan((1, 40, 40, 48), w, layout="NHWC", padding=1, strategy=strategy)
    expected = [plan(x) for x in sources]

    def work(index: int) -> None:
        for _ in range(30):
            np.testing.assert_array_equal(plan(sources[index]), expected[index])

    run_on_threads(16, work)


def test_many_threads_build_one_entry_once() -> None:
    x, w = np.ones((1, 24, 9, 13), np.float32), np.ones((24, 5, 3), np.float32)
    dwconv.cache_clear()
    run_on_threads(16, lambda _: dwconv.dnnl_depthwise(x, w, dilation=(1, 3)))
    info = dwconv.cache_info()
    assert (info.hits, info.misses, info.currsize) == (15, 1, 1)


def test_gil_is_released_while_computing() -> None:
    """Another Python thread goes on during one long call."""
    x = np.ones((4, 64, 256, 256), np.float32)
    plan = dwconv.Plan(x.shape, np.ones((64, 9, 9), np.float32), padding=4, threads=1)
    out = np.empty(plan.output_shape, np.float32)
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(1e-3)

    thread = threading.Thread(target=tick)
    thread.start()
    begin = time.perf_counter()
    plan(x, out=out)
    end = time.perf_counter()
    done.set()
    thread.join()
    assert end - begin > 0.02, "too short a call to tell"
    # With the lock held, no tick could lie between a hundredth and the last hundredth of the call.
    margin = (end - begin) / 100
    assert sum(begin + margin < at < end - margin for at in ticks) >= 3


BRIEF_PLANS = """
import numpy as np
import dwconv
dwconv.set_num_threads(4)
seen = 0
for layout in ("NCHW", "NHWC"):
    for strategy in (None, "direct", "tiled", "planar", "reordered"):
        for n, c, h, k in [(1, 8, 8, 3), (2, 4, 8, 3), (1, 1, 16, 5), (1, 256, 1, 1), (16, 16, 2, 1), (1, 1, 60, 1)]:
            shape = (n, c, h, h) if layout == "NCHW" else (n, h, h, c)
            w = np.ones((c, k, k), np.float32)
            try:
                plan = dwconv.Plan(shape, w, padding=k // 2, layout=layout, strategy=strategy)
            except dwconv.Unsupported:
                continue
            assert plan.flops + plan.nbytes <= 50_000
            plan(np.ones(shape, np.float32))
            seen += 1
assert seen > 30, seen
assert dwconv._core.get_config()["workers"] == 0
"""


def test_brief_plans_wait_for_no_thread() -> None:
    """They keep the interpreter's lock, so nothing that another thread does may hold them up."""
    subprocess.run([sys.executable, "-c", BRIEF_PLANS], check=True, timeout=120)


def os_threads() -> int:
    return len(os.listdir("/proc/self/task"))


def test_callers_do_not_multiply_os_threads(four_threads: None) -> None:
    """The pool grows to the number asked for, whoever calls: only Python's own threads are added."""
    x, w = np.ones((1, 64, 64, 64), np.float32), np.ones((64, 3, 3), np.float32)
    dwconv.dnnl_depthwise(x, w)  # the pool is up
    settled = os_threads() - threading.active_count()
    callers = 24
    seen: list[int] = []

    def work(_: int) -> None:
        for _ in range(10):
            for strategy in ("tiled", "planar", "reordered"):
                dwconv.dnnl_depthwise(x, w, strategy=strategy)
            seen.append(os_threads())

    run_on_threads(callers, work)
    # ThreadPoolExecutor's threads, and those that this process has anyway.
    assert max(seen) <= settled + callers + threading.active_count()
    assert dwconv.show_config("dict")["workers"] <= 3


@settings(max_examples=200)
@given(cases())
def test_results_do_not_depend_on_the_number_of_threads(case: Case) -> None:
    x, w, bias = case.arrays()
    before = dwconv.get_num_threads()
    dwconv.set_num_threads(8)
    try:
        results = [
            dwconv.dnnl_depthwise(x, w, bias, **{**case.keywords(), "threads": threads})
            for threads in (1, 2, 3, 8)
        ]
    finally:
        dwconv.set_num_threads(before)
    for result in results[1:]:  # to the last bit, but that a zero may have either sign
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize(
    ("channels", "size", "kernel"), [(512, 7, 5), (1024, 7, 3), (768, 7, 7), (976, 10, 3)]
)
def test_few_rows_of_many_channels_on_any_number_of_threads(
    channels: int, size: int, kernel: int, four_threads: None
) -> None:
    case = Case(
        channels=channels,
        size=(size, size),
        kernel=(kernel, kernel),
        padding=kernel // 2,
        layout="NHWC",
        bias=True,
    )
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    for threads in (1, 2, 3, 4):
        y = dwconv.dnnl_depthwise(x, w, bias, **{**case.keywords(), "threads": threads})
        np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("strategy", ["direct", "tiled", "planar", "reordered"])
@pytest.mark.parametrize("batch", [1, 5])
def test_large_arrays_on_any_number_of_threads(
    strategy: str, batch: int, four_threads: None
) -> None:
    """Large enough to be cut into many tiles, with a part left over at each edge."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((batch, 131, 67, 83), dtype=np.float32)
    w = rng.standard_normal((83, 5, 5), dtype=np.float32)
    results = [
        dwconv.dnnl_depthwise(x, w, layout="NHWC", padding=2, strategy=strategy, threads=threads)
        for threads in (1, 2, 3, 4)
    ]
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])
    expected = reference.depthwise(x, w, layout="NHWC", padding=2)
    np.testing.assert_allclose(results[0], expected, rtol=0, atol=2e-5)  # 25 products of size 1


def test_set_num_threads_is_process_wide() -> None:
    before = dwconv.get_num_threads()
    try:
        thread = threading.Thread(target=dwconv.set_num_threads, args=(7,))
        thread.start()
        thread.join()
        assert dwconv.get_num_threads() == 7
        assert dwconv.show_config("dict")["threads"] == 7
        assert dwconv.Plan((1, 4, 8, 8), np.ones((4, 3, 3), np.float32)).threads == 7
    finally:
        dwconv.set_num_threads(before)


@pytest.mark.parametrize(
    ("setting", "threads"),
    [("3", 3), ("5,2", 5), ("1", 1), ("0", None), ("-2", None), ("many", None), ("", None)],
)
def test_omp_num_threads_sets_the_default(setting: str, threads: int | None) -> None:
    code = "import dwconv; print(dwconv.get_num_threads())"
    environment = {**os.environ, "OMP_NUM_THREADS": setting}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(done.stdout) == (threads or len(os.sched_getaffinity(0)))
