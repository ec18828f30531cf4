"""dwconv beside its rivals, in turns, each in a process of its own: ``python tests/speed/speed.py``.

For a 3x3 kernel on 1x32x112x112: NCHW by the strategy of choice, by `reordered`, and by NumPy's shifted
adds; NHWC through a plan into a given array, and by the bare oneDNN primitive from C++ (compiled here,
with ``--onednn`` naming the prefix of its headers and library; left out, and said so, without).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from timing import samples
from worker import Worker, answer

CHANNELS, SIZE, KERNEL = 32, 112, 3
DWCONV = ("NCHW", "NCHW reordered", "NHWC out=")


def _call(rival: str, threads: int) -> Callable[[], Any]:
    import numpy as np

    import dwconv
    from dwconv.demo.baseline import shifted_adds

    rng = np.random.default_rng(0)
    x = rng.random((1, CHANNELS, SIZE, SIZE), dtype=np.float32)
    w = rng.random((CHANNELS, KERNEL, KERNEL), dtype=np.float32)
    last = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    border = KERNEL // 2
    if rival == "NumPy":
        # Padded beforehand, and in NHWC, which is NumPy's better side here.
        padded = np.pad(last[0], ((border, border), (border, border), (0, 0)))
        return lambda: shifted_adds(padded, w)
    if rival == "NHWC out=":
        plan = dwconv.Plan(last, w, padding=border, layout="NHWC", threads=threads)
        out = np.empty_like(last)
        return lambda: plan(last, out=out)
    strategy: Any = "reordered" if rival.endswith("reordered") else None
    return lambda: dwconv.dnnl_depthwise(x, w, padding=border, threads=threads, strategy=strategy)


def _work(rival: str, threads: int, rounds: int) -> None:
    """A worker: for each line read, the median time of a call in microseconds."""
    call = _call(rival, threads)
    call()
    answer(lambda _: statistics.median(samples(call, 0, rounds, before=0)) * 1e3)


def _compiled_primitive(prefix: Path, folder: str) -> list[str]:
    program = f"{folder}/primitive"
    source = Path(__file__).with_name("primitive.cpp")
    library = f"-Wl,-rpath,{prefix}/lib"
    subprocess.run(
        [
            "c++",
            "-O2",
            "-std=c++17",
            str(source),
            "-o",
            program,
            f"-I{prefix}/include",
            f"-L{prefix}/lib",
            library,
            "-ldnnl",
            "-l:libgomp.so.1",
        ],
        check=True,
    )
    return [program, str(CHANNELS), str(SIZE), str(KERNEL)]


def _measure(commands: dict[str, list[str]], turns: int) -> dict[str, list[float]]:
    """Times of each rival, one a turn, all rivals alive but one at a time at work."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(each)) for name, each in commands.items()}
        for turn in range(turns + 1):
            for name, worker in workers.items():
                time = worker.ask()
                if turn > 0:  # the first warms up
                    times[name].append(time)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=200, help="calls a turn")
    parser.add_argument("--onednn", type=Path, help="prefix of oneDNN's include and lib")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _work(options.worker, options.threads, options.rounds)
        return
    numbers = ["--threads", str(options.threads), "--rounds", str(options.rounds)]
    commands = {
        name: [sys.executable, __file__, "--worker", name, *numbers] for name in (*DWCONV, "NumPy")
    }
    commands["NumPy"][-1] = str(max(options.rounds // 20, 1))
    with tempfile.TemporaryDirectory() as folder:
        if options.onednn:
            tail = [str(options.threads), str(options.rounds)]
            commands["oneDNN NHWC"] = _compiled_primitive(options.onednn, folder) + tail
        else:
            print("without --onednn: the bare primitive is not measured")
        times = _measure(commands, options.turns)
    print(f"1x{CHANNELS}x{SIZE}x{SIZE}, {KERNEL}x{KERNEL}, {options.threads} threads")
    for name, each in times.items():
        low, middle, high = statistics.quantiles(each, n=4)
        print(f"  {name:15} median {middle:8.1f} us, quartiles {low:.1f} to {high:.1f}")
    pairs = [("NumPy", "NCHW"), ("NCHW reordered", "NCHW"), ("NHWC out=", "oneDNN NHWC")]
    for above, below in pairs:
        if below in times:
            ratio = statistics.median(
                a / b for a, b in zip(times[above], times[below], strict=True)
            )
            print(f"  {above} / {below}: {ratio:.2f}, turn by turn")


if __name__ == "__main__":
    main()
