"""Times of gradients on the suites of the benchmark, beside PyTorch's ``convolution_backward``.

    python tests/speed/gradients.py --torch /path/to/python [--suite mobilenet convnext]

Each of the two has a process of its own for each layout; they take turns, and the low quartile of the turns'
medians counts. NumPy arrays go in and come out of ours, tensors of PyTorch's, whose memory is that of the
layout.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dwconv.bench.results import Case
from dwconv.bench.runner import geometry_of
from dwconv.bench.suites import cases_of
from timing import geometric_mean, lower_quartile
from worker import Worker

WORKER = Path(__file__).with_name("gradients_worker.py")
# For the threads of the process before to come to rest.
REST = 0.02


def plain(case: Case) -> dict[str, Any]:
    """What the worker has to know of a case."""
    geometry = geometry_of(case)
    return {
        "batch": geometry.batch,
        "channels": geometry.channels,
        "size": geometry.spatial,
        "output": geometry.output,
        "kernel": geometry.kernel,
        "stride": geometry.stride,
        "padding": [low for low, _ in geometry.padding],
        "dilation": geometry.dilation,
    }


def compare(cases: list[Case], turns: int, arguments: list[str], torch: str) -> list[float]:
    """Prints the times of the cases; PyTorch's over ours."""
    ratios = []
    with ExitStack() as stack:
        ours, theirs = (
            stack.enter_context(Worker([python, WORKER, name, *arguments], REST))
            for name, python in (("dwconv", sys.executable), ("torch", torch))
        )
        for case in cases:
            geometry = plain(case)
            times = [[rival.ask(geometry) for rival in (ours, theirs)] for _ in range(turns)]
            mine, other = map(lower_quartile, zip(*times, strict=True))
            ratios.append(other / mine)
            print(f"  {case.problem:28}{mine:9.3f}{other:9.3f}{ratios[-1]:7.2f}", flush=True)
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", required=True, metavar="PYTHON")
    parser.add_argument("--suite", nargs="+", default=["mobilenet", "convnext"])
    parser.add_argument(
        "--gradient", nargs="+", default=["data", "weights"], choices=["data", "weights"]
    )
    parser.add_argument("--layout", nargs="+", default=["NCHW", "NHWC"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    for gradient in options.gradient:
        for layout in options.layout:
            print(f"{gradient}, {layout}: ms of dwconv and PyTorch, ratio")
            arguments = [str(options.threads), gradient, layout]
            cases = cases_of(options.suite, [layout])
            ratios = compare(cases, options.turns, arguments, options.torch)
            slower = sum(ratio < 1 for ratio in ratios)
            print(
                f"  geometric mean {geometric_mean(ratios):.2f}, least {min(ratios):.2f}, "
                f"PyTorch faster on {slower} of {len(ratios)}"
            )


if __name__ == "__main__":
    main()
