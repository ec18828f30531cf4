"""A call that fails leaves nothing broken behind: the next one is right, the cache keeps no ruin."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dwconv
import reference
from helpers.operations import OPERATIONS

X = np.random.default_rng(0).integers(-8, 9, (2, 20, 9, 11)).astype(np.float32)
W = np.random.default_rng(1).integers(-8, 9, (20, 3, 3)).astype(np.float32)
EXPECTED = reference.depthwise(X, W)


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    dwconv.cache_clear()
    yield
    dwconv.cache_clear()


WRONG: list[dict[str, Any]] = [
    {"x": X.tolist()},
    {"x": X.astype(np.float64)},
    {"x": X[0]},
    {"w": W[:7]},
    {"w": W[:, :0]},
    {"bias": W},
    {"stride": 0},
    {"stride": 0, "padding": "same"},
    {"dilation": 0, "padding": "same_lower"},
    {"dilation": 50},
    {"padding": -1},
    {"layout": "NCWH"},
    {"activation": "no such"},
    {"out": X},
    {"out": np.zeros(3, np.float32)},
    {"threads": 0},
    {"strategy": "direct"},
    {"strategy": "no such"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: ", ".join(wrong))
def test_next_call_is_right(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError, NotImplementedError)):
        dwconv.dnnl_depthwise(**{"x": X, "w": W, **wrong})
    assert dwconv.cache_info().currsize == 0
    np.testing.assert_array_equal(dwconv.dnnl_depthwise(X, W), EXPECTED)


def test_failed_builds_are_not_kept() -> None:
    """A strategy that cannot serve is refused each time, and does not fill the cache."""
    for failures in range(1, 6):
        with pytest.raises(dwconv.Unsupported, match="`strategy`"):
            dwconv.dnnl_depthwise(X, W, strategy="direct")
        with pytest.raises(dwconv.Unsupported, match="`strategy`"):
            dwconv.Plan(X, W, strategy="direct")
        info = dwconv.cache_info()
        assert (info.hits, info.misses, info.currsize) == (0, 2 * failures, 0)


def test_failed_builds_evict_nobody() -> None:
    dwconv.cache_resize(1)
    try:
        dwconv.dnnl_depthwise(X, W)
        with pytest.raises(dwconv.Unsupported):
            dwconv.dnnl_depthwise(X, W, strategy="direct")
        dwconv.dnnl_depthwise(X, W)
        assert dwconv.cache_info().currsize == 1
    finally:
        dwconv.cache_resize(128)


def test_all_who_wait_for_a_failing_build_hear_of_it() -> None:
    count = 16
    barrier = threading.Barrier(count)

    def fail(_: int) -> str:
        barrier.wait()
        with pytest.raises(dwconv.Unsupported) as caught:
            dwconv.dnnl_depthwise(X, W, strategy="direct")
        np.testing.assert_array_equal(dwconv.dnnl_depthwise(X, W), EXPECTED)
        return str(caught.value)

    with ThreadPoolExecutor(count) as executor:
        texts = set(executor.map(fail, range(count), timeout=120))
    assert len(texts) == 1
    assert dwconv.cache_info().currsize == 1


def test_a_plan_that_failed_leaves_others_alone() -> None:
    plan = dwconv.Plan(X, W)
    with pytest.raises(dwconv.InvalidArgument):
        plan(X[:1])
    with pytest.raises(dwconv.InvalidArgument):
        plan(X, out=X[:, :, :7, :9])
    np.testing.assert_array_equal(plan(X), EXPECTED)


@pytest.mark.parametrize("name", OPERATIONS)
def test_next_use_of_other_operations_is_right(name: str) -> None:
    operation = OPERATIONS[name]
    makers = [operation.make_plan] + ([operation.call] if operation.call else [])
    for make in makers:
        for wrong in operation.wrong:
            with pytest.raises((dwconv.InvalidArgument, dwconv.InvalidType, dwconv.Unsupported)):
                make(**wrong)
            assert dwconv.cache_info().currsize == 0
    if operation.call:
        with pytest.raises(dwconv.InvalidArgument, match="`out`"):
            operation.call(out=np.zeros(3, np.float32))
        np.testing.assert_array_equal(operation.call(), operation.expected)
    plan = operation.make_plan()
    with pytest.raises(dwconv.InvalidArgument):
        plan(operation.x[:1])
    with pytest.raises(dwconv.InvalidArgument):
        plan(operation.x, out=np.zeros(3, np.float32))
    np.testing.assert_array_equal(plan(operation.x), operation.expected)


def run_with_little_memory(work: str) -> None:
    """Run ``work`` in a process that may reserve 300 MB more than it has once dwconv is warm."""
    code = f"""
import resource, numpy as np, dwconv
x, w = np.ones((1, 16, 30, 30), np.float32), np.ones((16, 3, 3), np.float32)
def right(**keywords):
    assert (dwconv.dnnl_depthwise(x, w, **keywords) == 9).all()
dwconv.set_num_threads(2)
right()
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 300 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
{work}
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_result_too_large_for_memory() -> None:
    run_with_little_memory("""
for _ in range(3):
    try:
        dwconv.dnnl_depthwise(x, w, padding=5000)
    except MemoryError:
        pass
    else:
        raise AssertionError("a result of 6 GB in 300 MB")
    right()
""")


def test_scratch_too_large_for_memory() -> None:
    """The arrays fit, the copies that `reordered` makes of them do not."""
    run_with_little_memory("""
large = np.ones((1, 16, 1500, 1500), np.float32)
out = np.empty((1, 16, 1498, 1498), np.float32)
for _ in range(3):
    try:
        dwconv.dnnl_depthwise(large, w, out=out, strategy="reordered")
    except (MemoryError, dwconv.BackendError):
        pass
    else:
        raise AssertionError("copies of 288 MB in what is left of 300 MB")
    right()
    right(strategy="reordered", threads=1)
""")


def test_what_lies_between_too_large_for_memory() -> None:
    """The arrays fit, and what the first of two convolutions makes for the second does not."""
    run_with_little_memory("""
large = np.ones((1, 1, 1500, 1500), np.float32)
expand, project = np.ones((40, 1), np.float32), np.ones((1, 40), np.float32)
w40 = np.ones((40, 1, 1), np.float32)
out = np.empty_like(large)
make = lambda like, **keywords: dwconv.Plan.inverted_residual(like, expand, w40, project, **keywords)
for _ in range(3):
    try:
        make(large, strategy="unfused")(large, out=out)
    except MemoryError:
        pass
    else:
        raise AssertionError("360 MB between in what is left of 300 MB")
    right()
    small = large[:, :, :9, :9]
    assert (make(small, strategy="unfused")(small) == 40).all()
if make(large).strategy == "fused":
    assert (make(large)(large, out=out) == 40).all()
""")


def test_threads_that_cannot_be_started() -> None:
    """Their stacks do not fit into memory: the work is done by those there are."""
    run_with_little_memory("""
dwconv.set_num_threads(200)
large = np.ones((64, 16, 30, 30), np.float32)
assert (dwconv.dnnl_depthwise(large, w) == 9).all()
assert 1 <= dwconv.show_config("dict")["workers"] < 199
right()
""")
