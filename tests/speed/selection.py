"""How good the rules are that choose a strategy: ``python tests/speed/selection.py``.

Times every strategy on a grid of problems, in turns in one process (they share one pool of threads), and
prints the regret of the library's own choice: how much slower it is than the best strategy, and for how
many problems that is more than 10 %.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
from collections.abc import Callable, Iterator
from typing import Any, get_args

import numpy as np
from rich.console import Console
from rich.table import Table

import dwconv
from dwconv._arguments import Strategy
from timing import in_turns

STRATEGIES = [name for name in get_args(get_args(Strategy)[0]) if name != "reordered"]
CHANNELS = (1, 3, 16, 32, 100, 384)
# Of each layout, what sizes and kernels have in one dimension.
SIZES = {2: (7, 14, 28, 56, 112, 224), 1: (16, 50, 200, 1000, 4000, 16000)}
KERNELS = {2: (3, 5, 7), 1: (3, 4, 7, 15, 31)}
LAYOUTS = ("NCHW", "NHWC", "NCW", "NWC")
# A plane of the largest size in all channels is beyond what the grid is about.
MOST_BYTES = 32 * 2**20
TOLERATED = 1.1


def grid(layout: str) -> Iterator[tuple[int, int, int, int, int, str]]:
    """(batch, channels, size, kernel, stride, layout)"""
    rank = len(layout) - 2
    for batch, channels, size, kernel, stride in itertools.product(
        (1, 8), CHANNELS, SIZES[rank], KERNELS[rank], (1, 2)
    ):
        if 4 * batch * channels * size**rank <= MOST_BYTES:
            yield batch, channels, size, kernel, stride, layout


def calls_of(case: tuple[int, int, int, int, int, str], threads: int) -> dict[str, Any]:
    """A call for each strategy that serves the case, and the name of the library's choice."""
    batch, channels, size, kernel, stride, layout = case
    rank = len(layout) - 2
    last = layout.endswith("C")
    shape = (batch, *(size,) * rank, channels) if last else (batch, channels, *(size,) * rank)
    random = np.random.default_rng(0)
    x = random.random(shape, dtype=np.float32)
    w = random.random((channels, *(kernel,) * rank), dtype=np.float32)
    keywords: Any = {
        "padding": kernel // 2,
        "stride": stride,
        "layout": layout,
        "threads": threads,
    }

    def call(plan: dwconv.Plan) -> Callable[[], Any]:
        out = np.empty(plan.output_shape, np.float32)
        return lambda: plan(x, out=out)

    calls: dict[str, Any] = {"choice": dwconv.Plan(x, w, **keywords).strategy}
    for strategy in STRATEGIES:
        try:
            calls[strategy] = call(dwconv.Plan(x, w, strategy=strategy, **keywords))
        except dwconv.Unsupported:
            continue
    return calls


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=dwconv.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.1, help="of each problem")
    parser.add_argument("--layout", choices=LAYOUTS, nargs="*", default=["NCHW", "NHWC"])
    parser.add_argument("--all", action="store_true", help="print every problem, not the worst")
    options = parser.parse_args()
    rows = []
    for case in itertools.chain.from_iterable(map(grid, options.layout)):
        calls = calls_of(case, options.threads)
        choice = calls.pop("choice")
        turns = in_turns(calls, options.seconds)
        times = {name: statistics.median(each) for name, each in turns.items()}
        rows.append((times[choice] / min(times.values()), case, choice, times))
    table = Table(title="the library's choice beside the best strategy, median times in µs")
    for name in ("n c h k s", "choice", "regret", *STRATEGIES):
        table.add_column(name, justify="left" if name in ("n c h k s", "choice") else "right")
    shown = rows if options.all else [row for row in rows if row[0] > TOLERATED]
    for regret, case, choice, times in shown if options.all else sorted(shown, reverse=True):
        cells = [f"{times[name] * 1e3:.1f}" if name in times else "" for name in STRATEGIES]
        table.add_row(" ".join(map(str, case)), choice, f"{regret:.2f}", *cells)
    console = Console()
    console.print(table)
    regrets = [row[0] for row in rows]
    over = sum(regret > TOLERATED for regret in regrets)
    console.print(
        f"{len(rows)} problems, {options.threads} threads, {dwconv.show_config('dict')['isa']}: "
        f"regret over {TOLERATED:g} for {over}, geometric mean "
        f"{statistics.geometric_mean(regrets):.3f}, largest {max(regrets):.2f}"
    )


if __name__ == "__main__":
    main()
