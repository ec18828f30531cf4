"""`os.fork()` while the pool and the cache are busy: the child computes with old plans and new ones."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import dwconv
import reference
from helpers.operations import OPERATIONS

# Python warns of forking with threads; that it works nevertheless is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

TIMEOUT = 60.0
X = np.random.default_rng(0).integers(-8, 9, (2, 24, 40, 40)).astype(np.float32)
W = np.random.default_rng(1).integers(-8, 9, (24, 3, 3)).astype(np.float32)
EXPECTED = reference.depthwise(X, W, padding=1)


def in_child(work: Callable[[], None]) -> int:
    """Fork, do ``work`` in the child, and return its exit status; a child that hangs is killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail(f"the child did not end within {TIMEOUT} s")


@contextmanager
def busy(threads: int) -> Iterator[list[BaseException]]:
    """Threads that keep the pool and a cache of two entries busy; yields what they raise."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def hammer(index: int) -> None:
        rng = np.random.default_rng(index)
        try:
            while not stop.is_set():
                size = int(rng.integers(20, 30))
                strategy = (None, "tiled", "reordered")[int(rng.integers(3))]
                dwconv.dnnl_depthwise(X[:, :, :size, :size], W, strategy=strategy)
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=hammer, args=(index,)) for index in range(threads)]
    before = dwconv.cache_info().maxsize
    dwconv.cache_resize(2)
    for worker in workers:
        worker.start()
    try:
        yield errors
    finally:
        stop.set()
        for worker in workers:
            worker.join()
        dwconv.cache_resize(before)


def check_old_plan(plan: dwconv.Plan) -> None:
    np.testing.assert_array_equal(plan(X), EXPECTED)
    # In another memory order, which takes a variant through the cache.
    np.testing.assert_array_equal(plan(np.asfortranarray(X)), EXPECTED)


def check_new_problem() -> None:
    x, w = np.ones((1, 7, 33, 21), np.float32), np.ones((7, 4, 2), np.float32)
    for strategy in (None, "tiled", "planar", "reordered"):
        y = dwconv.dnnl_depthwise(x, w, stride=2, strategy=strategy)
        np.testing.assert_array_equal(y, reference.depthwise(x, w, stride=2))
    dwconv.cache_clear()


@pytest.mark.parametrize("strategy", [None, "tiled", "planar", "reordered"])
def test_child_of_a_busy_process(strategy: str | None) -> None:
    plan = dwconv.Plan(X, W, padding=1, strategy=strategy)

    def work() -> None:
        check_old_plan(plan)
        check_new_problem()

    with busy(4) as errors:
        for _ in range(20):
            assert in_child(work) == 0
        np.testing.assert_array_equal(plan(X), EXPECTED)  # the parent goes on
    assert not errors


@pytest.mark.parametrize("name", OPERATIONS)
def test_other_operations_in_the_child_of_a_busy_process(name: str) -> None:
    """Plans made before, which have the parent's calls into kernels, and plans made after."""
    operation = OPERATIONS[name]
    plan = operation.make_plan()
    np.testing.assert_array_equal(plan(operation.x), operation.expected)

    def work() -> None:
        for each in (plan, operation.make_plan(threads=3)):
            np.testing.assert_array_equal(each(operation.x), operation.expected)
            np.testing.assert_array_equal(each(np.asfortranarray(operation.x)), operation.expected)
        if operation.call:
            np.testing.assert_array_equal(operation.call(), operation.expected)

    with busy(2) as errors:
        for _ in range(5):
            assert in_child(work) == 0
        np.testing.assert_array_equal(plan(operation.x), operation.expected)  # the parent goes on
    assert not errors


def test_child_has_threads_of_its_own() -> None:
    before = dwconv.get_num_threads()
    dwconv.set_num_threads(3)
    try:
        plan = dwconv.Plan(X, W, padding=1)
        np.testing.assert_array_equal(plan(X), EXPECTED)

        def work() -> None:
            assert dwconv.get_num_threads() == 3
            assert dwconv.show_config("dict")["workers"] == 0
            tasks = len(os.listdir("/proc/self/task"))
            check_old_plan(plan)
            workers = int(dwconv.show_config("dict")["workers"])
            assert workers == 2
            assert len(os.listdir("/proc/self/task")) == tasks + workers

        assert in_child(work) == 0
    finally:
        dwconv.set_num_threads(before)


def test_grandchild() -> None:
    plan = dwconv.Plan(X, W, padding=1)
    np.testing.assert_array_equal(plan(X), EXPECTED)

    def work() -> None:
        check_old_plan(plan)

        def again() -> None:
            check_old_plan(plan)
            check_new_problem()

        assert in_child(again) == 0
        check_old_plan(plan)

    assert in_child(work) == 0


def test_threads_in_the_child() -> None:
    """The child's own Python threads share its fresh pool and cache."""
    plan = dwconv.Plan(X, W, padding=1)

    def work() -> None:
        with busy(4) as errors:
            for _ in range(20):
                check_old_plan(plan)
        assert not errors

    with busy(2) as errors:
        assert in_child(work) == 0
    assert not errors
