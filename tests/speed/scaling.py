"""What a second thread brings: ``python tests/speed/scaling.py mobilenet image``.

Times plans into a given array with one thread and with all, in turns in one process (they share one pool
of threads), on the suites of the benchmark. A case that copies of its own bytes bound, or that takes less
than 50 µs, is not expected to scale, and is counted apart.
"""

from __future__ import annotations

import argparse
import statistics
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import dwconv
from dwconv.bench.data import make_arrays
from dwconv.bench.limits import Limits
from dwconv.bench.results import Case
from dwconv.bench.runner import geometry_of
from dwconv.bench.suites import LAYOUTS, SUITES, cases_of
from timing import in_turns

SHORTEST = 0.05
EXPECTED = 1.8


def gain(case: Case, threads: int, seconds: float) -> tuple[float, float]:
    """The milliseconds with all threads, and how many times longer one takes: medians, in turns."""
    geometry = geometry_of(case)
    arrays = make_arrays(geometry)
    keywords: dict[str, Any] = {
        "stride": geometry.stride,
        "padding": geometry.padding,
        "layout": geometry.layout,
    }
    one, many = (
        dwconv.Plan(arrays.x, arrays.w[:, :, None], threads=each, **keywords)
        for each in (1, threads)
    )
    out = np.empty(one.output_shape, np.float32)
    # The call that does not count brings the data where its threads have them.
    times = in_turns(
        {"many": lambda: many(arrays.x, out), "one": lambda: one(arrays.x, out)}, seconds, before=1
    )
    ratios = [alone / every for alone, every in zip(times["one"], times["many"], strict=True)]
    return statistics.median(times["many"]), statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("suites", nargs="*", default=[*SUITES])
    parser.add_argument("--threads", type=int, default=dwconv.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.1, help="of each case")
    options = parser.parse_args()
    limits = Limits(options.threads)
    table = Table(title=f"1 thread / {options.threads} threads, where less than {EXPECTED:g}")
    for name in ("case", "µs", "gain", "bound by"):
        table.add_column(name, justify="left" if name in ("case", "bound by") else "right")
    expected = kept = apart = 0
    for case in cases_of(options.suites, LAYOUTS):
        time, ratio = gain(case, options.threads, options.seconds)
        limit = limits.of(geometry_of(case))
        by_copies = limit.copy > limit.fma
        if time < SHORTEST or by_copies:
            apart += 1
        else:
            expected += 1
            kept += ratio >= EXPECTED
        if ratio < EXPECTED and time >= SHORTEST:
            bound = "copies" if by_copies else "multiply-adds"
            table.add_row(case.name, f"{time * 1e3:.0f}", f"{ratio:.2f}", bound)
    console = Console()
    console.print(table)
    console.print(
        f"{kept} of {expected} cases gain at least {EXPECTED:g}; {apart} are short, or bound by copies"
    )


if __name__ == "__main__":
    main()
