"""What a call takes that has next to nothing to compute: ``python tests/speed/overhead.py --peer torch=PYTHON``.

Times the ways in on 1 × 8 × 8 × 8 with 3 × 3 weights, as a user writes them: the interpreter's own share of
a call is in it. Each rival has a process of its own, and they take turns; with ``--peer``, an interpreter that
has PyTorch takes part. Prints lower quartile and median over all turns.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from timeit import Timer
from typing import Any

import numpy as np

from worker import Worker, add_peers, answer, peers_of

SHAPE = (1, 8, 8, 8)
#: Calls timed as one: few enough that most samples have no interrupt in them.
CALLS = 200
SAMPLES = 100

#: What is timed, by rival; the first of ours does nothing but look at two arrays.
DOORS = {
    "dwconv": (
        "measure_call(x, y)",
        "plan(x, out=y)",
        "plan(x)",
        "dnnl_depthwise(x, w, padding=1, out=y)",
        "dnnl_depthwise(x, w, padding=1)",
        "dnnl_conv(x, w, groups=8, padding=1)",
        "dnnl_conv(x, mix)",
        "dnnl_separable(x, w, mix, padding=1)",
        "separable_plan(x)",
    ),
    "torch": (
        "conv2d(x, w, None, 1, 1, 1, 8)",
        "conv2d(from_numpy(x_array), w, None, 1, 1, 1, 8).numpy()",
    ),
}


def _dwconv(x: np.ndarray, w: np.ndarray, mix: np.ndarray) -> dict[str, Any]:
    import dwconv

    return {
        "measure_call": dwconv._core.measure_call,
        "dnnl_depthwise": dwconv.dnnl_depthwise,
        "dnnl_conv": dwconv.dnnl_conv,
        "dnnl_separable": dwconv.dnnl_separable,
        "plan": dwconv.Plan(x, w, padding=1),
        "separable_plan": dwconv.Plan.separable(x, w, mix, padding=1),
        "y": np.empty(SHAPE, np.float32),
        "x": x,
        "w": w,
        "mix": mix,
    }


def _torch(x: np.ndarray, w: np.ndarray, mix: np.ndarray) -> dict[str, Any]:
    torch: Any = import_module("torch")
    torch.set_num_threads(2)
    torch.inference_mode().__enter__()
    names = {"conv2d": torch.conv2d, "from_numpy": torch.from_numpy, "x_array": x}
    return {**names, "x": torch.from_numpy(x), "w": torch.from_numpy(w)}


RIVALS: dict[str, Callable[..., dict[str, Any]]] = {"dwconv": _dwconv, "torch": _torch}


def _work(rival: str) -> None:
    """A worker: for each line read, a line with the microseconds of each door."""
    random = np.random.default_rng(0)
    shapes = (SHAPE, (8, 1, 3, 3), (8, 8, 1, 1))
    names = RIVALS[rival](*(random.random(shape, dtype=np.float32) for shape in shapes))
    timers = {door: Timer(door, globals=names) for door in DOORS[rival]}

    def respond(_: None) -> dict[str, list[float]]:
        found = {}
        for door, timer in timers.items():
            timer.timeit(CALLS)
            found[door] = [timer.timeit(CALLS) / CALLS * 1e6 for _ in range(SAMPLES)]
        return found

    answer(respond)


def _measure(pythons: dict[str, str], turns: int) -> dict[str, list[float]]:
    """All samples of each door, of all rivals."""
    found: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as ending:
        workers = {
            rival: ending.enter_context(Worker([python, __file__, "--work", rival]))
            for rival, python in pythons.items()
        }
        for _ in range(turns):
            for rival, worker in workers.items():
                for door, samples in worker.ask().items():
                    found[f"{rival}: {door}"] += samples
    return found


def _report(found: dict[str, list[float]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="µs a call on 1 × 8 × 8 × 8: lower quartile and median")
    table.add_column("call")
    for name in ("25 %", "50 %"):
        table.add_column(name, justify="right", no_wrap=True)
    for door, samples in found.items():
        cells = [f"{float(np.quantile(samples, quantile)):.2f}" for quantile in (0.25, 0.5)]
        table.add_row(door, *cells)
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    add_peers(parser)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--work", choices=RIVALS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _work(options.work)
        return
    _report(_measure({"dwconv": sys.executable, **peers_of(options)}, options.turns))


if __name__ == "__main__":
    main()
