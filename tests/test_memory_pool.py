"""The memory of large results: recycled, owned by its array, and the system's again before long."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import dwconv
import reference
from helpers.numpy_handler import handler_name, own_handler
from test_fork import in_child

MIB = 2**20
DEFAULT_SIZE = dwconv.memory_info().maxsize
IDLE_SECONDS = 2.0
# Just above 32 MiB of result, where the pool begins, from little input: a broadcast x.
SIDE = 1030
CHANNELS = 8
BYTES = 4 * CHANNELS * SIDE * SIDE
W = np.arange(1, CHANNELS + 1, dtype=np.float32).reshape(CHANNELS, 1, 1)


@pytest.fixture(autouse=True)
def empty_pool() -> Iterator[None]:
    dwconv.memory_trim()
    yield
    dwconv.memory_resize(DEFAULT_SIZE)
    dwconv.memory_trim()


def result(value: float = 1.0, side: int = SIDE, **keywords: object) -> np.ndarray:
    """A large result whose channel c is everywhere `value · (c + 1)`."""
    x = np.broadcast_to(np.float32(value), (1, CHANNELS, side, side))
    return dwconv.dnnl_depthwise(x, W, **keywords)


def is_right(y: np.ndarray, value: float) -> bool:
    return all(bool((y[0, c] == value * (c + 1)).all()) for c in range(CHANNELS))


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_result_owns_its_memory() -> None:
    y = result()
    assert y.flags.owndata
    assert y.flags.writeable
    assert y.base is None
    assert address(y) % 64 == 0
    assert handler_name(y) == "dwconv"
    assert handler_name() == "default_allocator"


def test_memory_is_used_again_and_the_values_are_new() -> None:
    y = result(1)
    first = address(y)
    del y
    assert BYTES <= dwconv.memory_info().currsize < BYTES + 2 * os.sysconf("SC_PAGE_SIZE")
    for value in (2, 3):
        y = result(value)
        assert address(y) == first
        assert dwconv.memory_info().currsize == 0
        assert is_right(y, value)
        del y


def test_plans_and_channels_last_results_use_it_too() -> None:
    x = np.ones((1, SIDE, SIDE, CHANNELS), np.float32).transpose(0, 3, 1, 2)
    plan = dwconv.Plan(x, W)
    y = plan(x)
    assert handler_name(y) == "dwconv"
    assert y.strides == x.strides
    assert is_right(y, 1)


def test_a_padded_result_in_used_memory() -> None:
    """Zeros and borders are written as well, over what was there before."""
    rng = np.random.default_rng(0)
    x = rng.integers(-8, 9, (1, 2, 2100, 2100)).astype(np.float32)
    w = rng.integers(-8, 9, (2, 3, 3)).astype(np.float32)
    y = dwconv.dnnl_depthwise(x, w, padding=1)
    first = address(y)
    y[...] = np.nan
    del y
    y = dwconv.dnnl_depthwise(x, w, padding=1)
    assert address(y) == first
    np.testing.assert_array_equal(y, reference.depthwise(x, w, padding=1))


def test_small_results_are_numpys() -> None:
    assert handler_name(result(side=64)) == "default_allocator"
    assert dwconv.memory_info().currsize == 0


def test_out_is_left_alone() -> None:
    out = np.empty((1, CHANNELS, SIDE, SIDE), np.float32)
    y = result(2, out=out)
    assert y is out
    assert handler_name(out) == "default_allocator"
    assert is_right(out, 2)
    assert dwconv.memory_info().currsize == 0


def test_the_temporary_of_an_unaligned_out_comes_back() -> None:
    memory = np.empty(BYTES + 1, np.uint8)
    out = memory[1:].view(np.float32).reshape(1, CHANNELS, SIDE, SIDE)
    assert result(2, out=out) is out
    assert is_right(out, 2)
    assert dwconv.memory_info().currsize >= BYTES


def test_views_and_subclasses_keep_the_memory() -> None:
    class Subclass(np.ndarray):
        pass

    view = result(3).view(Subclass)[:, :, ::2]
    gc.collect()
    assert dwconv.memory_info().currsize == 0
    assert is_right(view, 3)
    assert type(view) is Subclass
    del view
    assert dwconv.memory_info().currsize >= BYTES


def test_copies_are_numpys() -> None:
    assert handler_name(result().copy()) == "default_allocator"


@pytest.mark.parametrize("factor", [0.0, 0.001, 0.5, 1.5])
def test_resize_in_place(factor: float) -> None:
    """Through the handler's realloc; NumPy zeroes what is added."""
    y = result(2).reshape(-1)
    y = y if y.flags.owndata else y.base
    y.shape = (-1,)
    size = y.size
    new = int(size * factor)
    y.resize(new, refcheck=False)
    assert y.shape == (new,)
    assert handler_name(y) == "dwconv"
    np.testing.assert_array_equal(y[: size // CHANNELS], 2)
    np.testing.assert_array_equal(y[size:], 0)
    y.resize(size, refcheck=False)
    np.testing.assert_array_equal(y[new : min(new, size)], 0)
    del y
    assert dwconv.memory_info().currsize >= BYTES
    assert is_right(result(5), 5)


def test_a_failed_resize_leaves_the_array() -> None:
    y = result(2)
    with pytest.raises(MemoryError):
        y.resize((2**44,), refcheck=False)
    assert is_right(y, 2)


def test_freed_on_another_thread() -> None:
    arrays = [result(2)]
    thread = threading.Thread(target=arrays.clear)
    thread.start()
    thread.join()
    assert dwconv.memory_info().currsize >= BYTES
    assert is_right(result(3), 3)


def test_many_threads() -> None:
    dwconv.memory_resize(2 * BYTES)

    def work(index: int) -> bool:
        right = True
        for step in range(3):
            y = result(8 * index + step)
            right &= is_right(y, 8 * index + step)
            right &= dwconv.memory_info().currsize <= 2 * BYTES
            if step == 1:
                dwconv.memory_trim()
        return right

    with ThreadPoolExecutor(6) as executor:
        assert all(executor.map(work, range(6), timeout=120))


def test_no_more_is_kept_than_allowed() -> None:
    dwconv.memory_resize(3 * BYTES)  # two, as each takes a little more than its bytes
    arrays = [result() for _ in range(4)]
    arrays.clear()
    assert 2 * BYTES <= dwconv.memory_info().currsize <= 3 * BYTES
    dwconv.memory_resize(2 * BYTES - 1)
    assert BYTES <= dwconv.memory_info().currsize < 2 * BYTES
    assert dwconv.memory_info().maxsize == 2 * BYTES - 1


def test_trim_returns_it_to_the_system() -> None:
    arrays = [result() for _ in range(3)]
    used = resident()
    arrays.clear()
    dwconv.memory_trim()
    assert dwconv.memory_info().currsize == 0
    # All but what other parts of the process may have taken meanwhile.
    assert used - resident() > 3 * BYTES - 8 * MIB


def test_idle_memory_goes_with_the_next_result() -> None:
    del_soon = result()
    used = resident()
    del del_soon
    result(side=8)
    assert dwconv.memory_info().currsize >= BYTES
    time.sleep(IDLE_SECONDS + 0.05)
    result(side=8)  # any result, however small
    assert dwconv.memory_info().currsize == 0
    assert used - resident() > BYTES - 8 * MIB


def test_switched_off() -> None:
    y = result()
    dwconv.memory_resize(0)
    assert handler_name(result()) == "default_allocator"
    del y  # made before, freed after
    assert dwconv.memory_info() == (0, 0)
    dwconv.memory_resize(DEFAULT_SIZE)
    assert handler_name(result()) == "dwconv"


def test_a_handler_of_the_callers_own_serves_and_stays() -> None:
    with own_handler("the caller's"):
        y = result(2)
        assert handler_name(y) == "the caller's"
        assert handler_name() == "the caller's"
    assert handler_name() == "default_allocator"
    assert is_right(y, 2)


def test_the_handler_is_put_back_when_there_is_no_memory() -> None:
    x = np.broadcast_to(np.float32(1), (1, 2**20, 2**13, 2**13))  # a result of 256 TiB
    with pytest.raises(MemoryError):
        dwconv.dnnl_depthwise(x, np.ones((2**20, 1, 1), np.float32))
    assert handler_name() == "default_allocator"


def test_tracemalloc_follows() -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        y = result()
        assert tracemalloc.get_traced_memory()[0] - before >= BYTES
        del y
        assert tracemalloc.get_traced_memory()[0] - before < MIB
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_begins_with_nothing_kept() -> None:
    y, other = result(2), result(3)
    del other

    def work() -> None:
        assert dwconv.memory_info().currsize == 0
        assert is_right(y, 2)
        assert is_right(result(4), 4)
        assert dwconv.memory_info().currsize >= BYTES

    assert in_child(work) == 0
    assert dwconv.memory_info().currsize >= BYTES
    assert is_right(y, 2)


def test_freed_while_the_interpreter_ends() -> None:
    code = f"""
import sys, threading
import numpy as np
import dwconv
x = np.broadcast_to(np.float32(1), (1, {CHANNELS}, {SIDE}, {SIDE}))
w = np.ones(({CHANNELS}, 1, 1), np.float32)
kept = dwconv.dnnl_depthwise(x, w)
sys.never_cleared_module = dwconv.dnnl_depthwise(x, w)
local = threading.local()
local.array = dwconv.dnnl_depthwise(x, w)
class Cycle:
    def __del__(self):
        self.array.resize(10, refcheck=False)
cycle = Cycle()
cycle.self, cycle.array = cycle, dwconv.dnnl_depthwise(x, w)
print("made")
"""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "made\n", "")


def test_more_than_an_int_of_32_bits_holds() -> None:
    dwconv.memory_resize(2**32)
    assert dwconv.memory_info().maxsize == 2**32
    dwconv.memory_resize(DEFAULT_SIZE)


@pytest.mark.parametrize(
    ("size", "error"), [(-1, ValueError), (1.5, TypeError), ("1", TypeError), (2**70, ValueError)]
)
def test_sizes_that_are_none(size: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="maxsize"):
        dwconv.memory_resize(size)
    assert dwconv.memory_info().maxsize == DEFAULT_SIZE
