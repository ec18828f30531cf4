"""What a busy machine costs: ``python tests/speed/busy.py --peer PYTHON``.

Times calls of a plan into a given array, first alone, then beside two processes that do nothing but
count; with ``--peer``, an interpreter that has PyTorch, the same of its channels_last convolution. Prints
the median and the 90th percentile of both, and the ratios.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from timing import samples
from worker import Worker, answer

BUSY = "while True: pass"
PROCESSES = 2
#: channels, size, kernel: each in NHWC
CASES = ((32, 112, 3), (144, 56, 3), (384, 14, 3), (960, 7, 3), (240, 28, 5), (96, 56, 7))


def _call(rival: str, case: tuple[int, int, int], threads: int) -> Callable[[], Any]:
    import numpy as np

    channels, size, kernel = case
    random = np.random.default_rng(0)
    x = random.random((1, size, size, channels), dtype=np.float32)
    w = random.random((channels, kernel, kernel), dtype=np.float32)
    if rival == "PyTorch":
        torch: Any = import_module("torch")
        torch.set_num_threads(threads)
        weights = torch.from_numpy(w[:, None]).contiguous(memory_format=torch.channels_last)

        def call() -> Any:
            with torch.inference_mode():
                src = torch.from_numpy(x).permute(0, 3, 1, 2)
                return torch.conv2d(src, weights, padding=kernel // 2, groups=channels)

        return call
    import dwconv

    plan = dwconv.Plan(x, w, padding=kernel // 2, layout="NHWC", threads=threads)
    out = np.empty(plan.output_shape, np.float32)
    return lambda: plan(x, out)


def _work(rival: str, threads: int, seconds: float) -> None:
    """A worker: for each line read, the times of the calls of all cases."""
    calls = [_call(rival, case, threads) for case in CASES]
    for call in calls:
        call()
    answer(lambda _: [samples(call, seconds, 20, before=0) for call in calls])


def _measure(rival: str, python: str, options: argparse.Namespace) -> list[list[list[float]]]:
    """The times of the calls of each case: alone, and beside the busy processes."""
    words = [rival, "--threads", str(options.threads), "--seconds", str(options.seconds)]
    found = []
    with Worker([python, __file__, "--work", *words]) as worker:
        for count in (0, PROCESSES):
            busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
            try:
                found.append(worker.ask())
            finally:
                for each in busy:
                    each.kill()
                    each.wait()
    return found


def _report(measured: dict[str, list[list[list[float]]]]) -> None:
    import numpy as np
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"alone, and beside {PROCESSES} busy processes; µs")
    columns = ("median", "busy", "ratio", "90 %", "busy", "ratio")
    for name in ("c h k, NHWC", "rival", *columns):
        table.add_column(name, justify="right" if name in columns else "left")
    for i, case in enumerate(CASES):
        for rival, (alone, busy) in measured.items():
            cells = []
            for quantile in (0.5, 0.9):
                before, after = (float(np.quantile(each[i], quantile)) for each in (alone, busy))
                cells += [f"{before * 1e3:.0f}", f"{after * 1e3:.0f}", f"{after / before:.2f}"]
            table.add_row(" ".join(map(str, case)), rival, *cells)
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each case")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has PyTorch")
    parser.add_argument("--work", metavar="RIVAL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _work(options.work, options.threads, options.seconds)
        return
    measured = {"dwconv": _measure("dwconv", sys.executable, options)}
    if options.peer:
        measured["PyTorch"] = _measure("PyTorch", options.peer, options)
    _report(measured)


if __name__ == "__main__":
    main()
