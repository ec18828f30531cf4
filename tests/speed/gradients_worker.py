"""One side of gradients.py: prints the median milliseconds of a call for each case that it reads.

Needs NumPy and the rival alone, so that it runs in any environment.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from timing import samples
from worker import answer

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

    def respond(case: dict[str, Any]) -> float:
        call = make(case, gradient, layout, int(threads))
        return statistics.median(samples(call, SECONDS, CALLS, before=CALLS))

    answer(respond)


if __name__ == "__main__":
    main()
