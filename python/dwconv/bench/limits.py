"""What this machine can do at most with the threads of a run: copies, multiply-adds, an empty call."""

from __future__ import annotations

import statistics
from time import perf_counter

import numpy as np

from dwconv import _core
from dwconv.bench.geometry import Geometry
from dwconv.bench.results import Limit

_COPY_SECONDS = 0.01
_PEAK_SECONDS = 0.02
_CALLS = 2000


def _low_quartile(times: list[float]) -> float:
    return float(np.quantile(times, 0.25))


class Limits:
    """The best that was seen so far: each case measures again, as others may have disturbed the first."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._copies: dict[tuple[int, int], float] = {}
        self._peak = 0.0
        self._call = 0.0

    @property
    def fma_peak(self) -> float:
        """Operations a second, as far as measured; a multiply-add counts as two."""
        if not self._peak:
            self.measure_peak()
        return self._peak

    def measure_peak(self) -> None:
        """Measures `fma_peak` again."""
        rates = _core.measure_multiply_add(threads=self._threads, seconds=_PEAK_SECONDS)
        self._peak = max(self._peak, float(np.quantile(rates, 0.95)))

    @property
    def call(self) -> float:
        """Seconds of a call that looks at its arrays and does nothing."""
        if not self._call:
            array = np.zeros((1, 1, 1, 1), np.float32)
            nothing, samples = _core.measure_call, []
            for _ in range(20):
                start = perf_counter()
                for _ in range(_CALLS // 20):
                    nothing(array, array)
                samples.append((perf_counter() - start) / (_CALLS // 20))
            self._call = statistics.median(samples)
        return self._call

    def copy(self, src_bytes: int, dst_bytes: int) -> float:
        """Seconds of the fastest copy: memcpy or a loop, on one thread or all."""
        sizes = (src_bytes, dst_bytes)
        fastest = min(
            _low_quartile(
                _core.measure_copy(
                    src_bytes=src_bytes,
                    dst_bytes=dst_bytes,
                    method=method,
                    threads=threads,
                    seconds=_COPY_SECONDS,
                )
            )
            for method in ("memcpy", "loop")
            for threads in {1, self._threads}
        )
        self._copies[sizes] = min(fastest, self._copies.get(sizes, fastest))
        return self._copies[sizes]

    @property
    def bandwidths(self) -> dict[int, float]:
        """Bytes a second read and written together, by the bytes of both buffers, as far as measured."""
        return {
            sum(sizes): sum(sizes) / seconds
            for sizes, seconds in sorted(self._copies.items(), key=lambda item: sum(item[0]))
        }

    def of(self, geometry: Geometry) -> Limit:
        """The least time that this machine needs for a case."""
        self.measure_peak()
        src_bytes = 4 * geometry.batch * geometry.channels * int(np.prod(geometry.spatial))
        return Limit(
            copy=self.copy(src_bytes, 4 * geometry.outputs),
            fma=geometry.flops / self.fma_peak,
            call=self.call,
        )
