"""One side of gradients.py: prints the median milliseconds of a call for each case that it reads.

Needs NumPy and the rival alone, so that it runs in any environment.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

SECONDS = 0.1
CALLS = 5


def arrays_of(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, w and dy, channels first."""
    random = np.random.default_rng(0)
    leading = (case["batch"], case["channels"])
    return (
        random.standard_normal((*leading, *case["size"]), dtype=np.float32),
        random.standard_normal((case["channels"], 1, *case["kernel"]), dtype=np.float32),
        random.standard_normal((*leading, *case["output"]), dtype=np.float32),
    )


def ours(case: dict[str, Any], gradient: str, layout: str, threads: int) -> Callable[[], Any]:
    import dwconv

    x, w, dy = arrays_of(case)
    if layout.endswith("C"):
        x, dy = (np.ascontiguousarray(np.moveaxis(each, 1, -1)) for each in (x, dy))
    names = ("stride", "padding", "dilation")
    keywords = {name: tuple(case[name]) for name in names} | {"layout": layout, "threads": threads}
    if gradient == "data":
        return lambda: dwconv.dnnl_depthwise_backward_data(dy, w, x.shape, **keywords)
    return lambda: dwconv.dnnl_depthwise_backward_weights(x, dy, w.shape, **keywords)


def torch(case: dict[str, Any], gradient: str, layout: str, threads: int) -> Callable[[], Any]:
    import torch as library

    library.set_num_threads(threads)
    rank = len(case["kernel"])
    last = library.channels_last if rank == 2 else library.channels_last_3d
    order = last if layout.endswith("C") else library.contiguous_format
    x, w, dy = map(library.from_numpy, arrays_of(case))
    if rank > 1:
        x, dy = (each.contiguous(memory_format=order) for each in (x, dy))
    geometry = (case["stride"], case["padding"], case["dilation"], False, [0] * rank)
    mask = [gradient == "data", gradient == "weights", False]
    backward = library.ops.aten.convolution_backward
    return lambda: backward(dy, x, w, None, *geometry, case["channels"], mask)


def main() -> None:
    rival, threads, gradient, layout = sys.argv[1:5]
    make = {"dwconv": ours, "torch": torch}[rival]
    for line in sys.stdin:
        call = make(json.loads(line), gradient, layout, int(threads))
        for _ in range(CALLS):
            call()
        times: list[float] = []
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end or len(times) < CALLS:
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        print(statistics.median(times) * 1e3, flush=True)


if __name__ == "__main__":
    main()
