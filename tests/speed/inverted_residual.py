"""Times of inverted residual blocks: fused, unfused, the library's choice, and as three plans.

    python tests/speed/inverted_residual.py [--threads N] [--layout NCHW]

The blocks are those of EfficientNet-Lite0, and one of a large picture. All ways take turns in one process
(they share one pool of threads), and the low quartile of a way's turns counts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import dwconv
from timing import in_turns, lower_quartiles

# Channels, expanded channels, height and width, stride, kernel, output channels
BLOCKS = [
    (16, 96, 112, 2, 3, 24),
    (24, 144, 56, 1, 3, 24),
    (24, 144, 56, 2, 5, 40),
    (40, 240, 28, 1, 5, 40),
    (40, 240, 28, 2, 3, 80),
    (80, 480, 14, 1, 3, 80),
    (80, 480, 14, 1, 5, 112),
    (112, 672, 14, 1, 5, 112),
    (112, 672, 14, 2, 5, 192),
    (192, 1152, 7, 1, 5, 192),
    (192, 1152, 7, 1, 3, 320),
    (16, 96, 224, 1, 3, 16),
]
SECONDS = 2.0
# In a turn, those that bring the data into the caches.
CALLS_BEFORE = 2


def ways_of(
    block: tuple[int, ...], layout: str, threads: int
) -> tuple[dict[str, Callable[[], np.ndarray]], str | None]:
    """The calls by their names, and the strategy that the library chooses."""
    ic, wide, size, stride, kernel, oc = block
    rng = np.random.default_rng(0)

    def values(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape, dtype=np.float32)

    x = values(*((1, ic, size, size) if layout == "NCHW" else (1, size, size, ic)))
    expand, w, project = values(wide, ic), values(wide, kernel, kernel), values(oc, wide)
    biases = values(wide), values(wide), values(oc)
    residual = stride == 1 and ic == oc
    common: Any = {"layout": layout, "threads": threads}
    depthwise: Any = {"stride": stride, "padding": "same", **common}
    plans = {
        strategy or "chosen": dwconv.Plan.inverted_residual(
            x,
            expand,
            w,
            project,
            biases[2],
            expand_bias=biases[0],
            depthwise_bias=biases[1],
            expand_activation="relu6",
            depthwise_activation="relu6",
            residual=residual,
            strategy=strategy,
            **depthwise,
        )
        for strategy in ("fused", "unfused", None)
    }
    ones = (..., np.newaxis, np.newaxis)
    first = dwconv.Plan.conv(x, expand[ones], biases[0], activation="relu6", **common)
    second = dwconv.Plan(first.output_shape, w, biases[1], activation="relu6", **depthwise)
    third = dwconv.Plan.conv(second.output_shape, project[ones], biases[2], **common)

    def three() -> np.ndarray:
        y = third(second(first(x)))
        return np.add(y, x, out=y) if residual else y

    calls = {name: partial(plan, x) for name, plan in plans.items()}
    return {**calls, "three plans": three}, plans["chosen"].strategy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", default="NHWC", choices=("NHWC", "NCHW"))
    options = parser.parse_args()
    print(f"{options.layout}, {options.threads} threads, ms")
    for block in BLOCKS:
        calls, strategy = ways_of(block, options.layout, options.threads)
        times = lower_quartiles(in_turns(calls, SECONDS, before=CALLS_BEFORE))
        better = min(times["fused"], times["unfused"])
        print(
            f"{block!s:28}"
            + "  ".join(f"{name} {time:.3f}" for name, time in times.items())
            + f"  fused {times['unfused'] / times['fused']:.2f} × as fast as unfused"
            + f"; chosen: {strategy}, {times['chosen'] / better:.2f} × the better",
            flush=True,
        )


if __name__ == "__main__":
    main()
