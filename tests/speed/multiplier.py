"""How fast a depth multiplier is: ``python tests/speed/multiplier.py``.

Times each convolution of C channels with a multiplier of M beside the plain depthwise convolution of C · M
channels that does as many operations, in turns in one process (they share one pool of threads).
"""

from __future__ import annotations

import argparse
import itertools
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import dwconv
from timing import in_turns, lower_quartiles

# channels, multiplier, height and width, kernel, stride
SHAPES = [
    (1, 8, 224, 3, 1),
    (3, 4, 224, 3, 1),
    (3, 32, 112, 3, 2),
    (16, 2, 112, 3, 1),
    (32, 2, 112, 3, 2),
    (32, 4, 56, 5, 1),
    (64, 2, 56, 3, 1),
    (64, 3, 28, 7, 1),
    (128, 2, 28, 3, 2),
    (256, 2, 14, 3, 1),
    (512, 2, 7, 3, 1),
]
BATCHES = (1, 8)
LAYOUTS = ("NCHW", "NHWC")
TOLERATED = 1.3


def call_of(
    batch: int,
    channels: int,
    multiplier: int,
    shape: tuple[int, int, int],
    layout: str,
    threads: int,
) -> tuple[str, Callable[[], Any]]:
    """What runs, and a call of a plan."""
    size, kernel, stride = shape
    spatial = (size, size)
    random = np.random.default_rng(0)
    sizes = (batch, *spatial, channels) if layout == "NHWC" else (batch, channels, *spatial)
    x = random.random(sizes, dtype=np.float32)
    w = random.random((channels, multiplier, 1, kernel, kernel), dtype=np.float32)
    plan = dwconv.Plan(x, w, padding=kernel // 2, stride=stride, layout=layout, threads=threads)
    out = np.empty(plan.output_shape, np.float32)
    return plan.implementation, lambda: plan(x, out=out)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=dwconv.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.2, help="of each problem")
    options = parser.parse_args()
    table = Table(title="a depth multiplier beside as many plain channels, times in µs")
    for name in ("layout n c m h k s", "with", "plain", "ratio", "implementation", "of plain"):
        table.add_column(name, justify="right" if name in ("with", "plain", "ratio") else "left")
    ratios = []
    for layout, batch, (channels, multiplier, *shape) in itertools.product(
        LAYOUTS, BATCHES, SHAPES
    ):
        size, kernel, stride = shape
        geometry = (size, kernel, stride)
        given = (geometry, layout, options.threads)
        name, call = call_of(batch, channels, multiplier, *given)
        plain_name, plain_call = call_of(batch, channels * multiplier, 1, *given)
        times = lower_quartiles(in_turns({"with": call, "plain": plain_call}, options.seconds))
        ratios.append(times["with"] / times["plain"])
        table.add_row(
            " ".join(map(str, (layout, batch, channels, multiplier, *geometry))),
            f"{times['with'] * 1e3:.1f}",
            f"{times['plain'] * 1e3:.1f}",
            f"{ratios[-1]:.2f}",
            name,
            plain_name,
        )
    console = Console(width=120)
    console.print(table)
    over = sum(ratio > TOLERATED for ratio in ratios)
    console.print(
        f"{len(ratios)} problems, {options.threads} threads, {dwconv.show_config('dict')['isa']}: over "
        f"{TOLERATED:g} in {over}, geometric mean {statistics.geometric_mean(ratios):.3f}, "
        f"largest {max(ratios):.2f}"
    )


if __name__ == "__main__":
    main()
