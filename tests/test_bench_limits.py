"""The measured limits of the machine are of the right order, and the description of it is true."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from time import perf_counter

import numpy as np
import pytest

import dwconv
from dwconv import _core
from dwconv.bench.limits import Limits
from dwconv.bench.machine import Watch
from dwconv.bench.results import Case, CaseResult, Limit, Measurement
from dwconv.bench.runner import geometry_of

PEAK = """
import time
import numpy as np
import dwconv
from dwconv import _core

x = np.ones((1, 28, 28, 64), np.float32)
plan = dwconv.Plan(x, np.ones((64, 7, 7), np.float32), padding=3, layout="NHWC", threads=1)
out = plan(x)
times, rates = [], []
for _ in range(20):  # in turns, so that both see the same processor
    start = time.perf_counter()
    for _ in range(5):
        plan(x, out=out)
    times.append((time.perf_counter() - start) / 5)
    rates += _core.measure_multiply_add(threads=1, seconds=0.002)
print(plan.flops / min(times), max(rates))
"""


def test_no_convolution_exceeds_the_peak() -> None:
    # AVX2, the newest instruction set that the measurement is written for.
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    command = [sys.executable, "-c", PEAK]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    reached, peak = map(float, done.stdout.split())
    # And a kernel that keeps its sums in registers is not far below: the peak is no fancy either.
    assert 0.05 * peak < reached < peak


def test_a_copy_takes_about_what_numpy_takes() -> None:
    size = 8 << 20
    source, target = np.ones(size // 4, np.float32), np.empty(size // 4, np.float32)
    numpy_times, times = [], []
    for _ in range(10):
        start = perf_counter()
        np.copyto(target, source)
        numpy_times.append(perf_counter() - start)
        for method in ("memcpy", "loop"):
            times += _core.measure_copy(
                src_bytes=size, dst_bytes=size, method=method, threads=1, seconds=0.001
            )
    assert 0.25 < min(times) / min(numpy_times) < 4


def test_a_larger_copy_takes_longer() -> None:
    limits = Limits(dwconv.get_num_threads())
    small, large = limits.copy(1 << 18, 1 << 18), limits.copy(1 << 24, 1 << 24)
    # 64 times the bytes, and from slower memory.
    assert large > 16 * small
    assert list(limits.bandwidths) == [1 << 19, 1 << 25]
    assert limits.bandwidths[1 << 25] == pytest.approx((1 << 25) / large)


def test_limit_of_a_case() -> None:
    limits = Limits(1)
    geometry = geometry_of(Case("test", "n1c32i56x56k7p3", "NHWC"))
    limit = limits.of(geometry)
    assert limit.fma == geometry.flops / limits.fma_peak
    nbytes = 2 * 4 * 32 * 56 * 56
    assert limits.bandwidths == {nbytes: nbytes / limit.copy}
    assert 0 < limit.call < 1e-3
    assert limit.seconds == max(limit.copy, limit.fma) + limit.call


@pytest.mark.parametrize(
    ("keywords", "argument"),
    [
        ({"method": "other"}, "method"),
        ({"threads": 0}, "threads"),
        ({"seconds": -1.0}, "seconds"),
    ],
)
def test_measure_copy_refuses(keywords: dict[str, object], argument: str) -> None:
    arguments = {"src_bytes": 8, "dst_bytes": 8, "method": "memcpy", "threads": 1, "seconds": 0.0}
    with pytest.raises(dwconv.InvalidArgument, match=argument):
        _core.measure_copy(**{**arguments, **keywords})


def test_machine() -> None:
    processors = tuple(sorted(os.sched_getaffinity(0)))
    machine = Watch(processors).machine()
    assert machine.processors == len(processors)
    assert machine.processor
    assert machine.memory == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert machine.isa == dwconv.show_config("dict")["isa"]
    assert all(size >= 1024 for size in machine.caches.values())


def test_a_busy_machine_is_noticed() -> None:
    watch = Watch(tuple(sorted(os.sched_getaffinity(0))))
    # It has not ended when the question is asked, so its time is not yet this process's.
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
        time.sleep(0.7)
        found = watch.warnings()
        other.kill()
    assert any("other programs had" in each for each in found)


def test_own_work_does_not_count_as_disturbance() -> None:
    watch = Watch(tuple(sorted(os.sched_getaffinity(0))))
    start = perf_counter()
    while perf_counter() - start < 0.3:
        sum(range(1000))
    own = [each for each in watch.warnings() if "other programs" in each]
    # Others may really be at work; then they are all that counts.
    assert not own or "100%" not in own[0]


def test_ratios_are_taken_turn_by_turn() -> None:
    slow = Measurement("slow", "timed", rounds=[[2.0, 30.0, 100.0]])
    base = Measurement("base", "timed", rounds=[[1.0, 10.0, 50.0]])
    limit = Limit(copy=1.0, fma=0.5, call=0.0)
    result = CaseResult(Case("test", "n1c1i1x1k1", "NCHW"), 1, 1, limit, [slow, base])
    assert result.ratio("slow", "base") == 2.0  # of 2, 3 and 2; that of the medians is 3
