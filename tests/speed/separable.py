"""Times of separable convolutions, 3 × 3 with ReLU6 and then 1 × 1, beside those of other libraries.

    python tests/speed/separable.py --peer torch=/path/to/python --peer onnxruntime=... --peer openvino=...

Each rival has a process of its own; they take turns, and the low quartile of a rival's turns counts. The
bound is the time of a copy from source to destination or that of the multiply-adds of both convolutions
at the peak rate, whichever is longer, both measured in the same run.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np

import dwconv
from dwconv.bench.limits import Limits
from timing import geometric_mean, lower_quartiles
from worker import Worker, add_peers, chosen, peers_of

# n, c, height and width, stride, output channels
SHAPES = [
    (1, 32, 112, 1, 64),
    (1, 64, 112, 2, 128),
    (1, 128, 56, 1, 128),
    (1, 256, 28, 1, 256),
    (1, 512, 14, 1, 512),
    (1, 1024, 7, 1, 1024),
    (8, 128, 56, 1, 128),
    (1, 32, 512, 1, 32),
    (8, 32, 512, 1, 32),
]
LAYOUTS = ("NHWC", "NCHW")
STRATEGIES = ("auto", "fused", "unfused")
WORKER = Path(__file__).with_name("separable_worker.py")
# For the threads of the rival before to come to rest.
REST = 0.05


def measure(
    rivals: list[tuple[str, str]], shape: tuple[int, ...], threads: int, turns: int
) -> dict[str, float]:
    """Milliseconds of a call of each rival."""
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(Worker([python, WORKER, name, threads, *shape], REST))
            for name, python in rivals
        }
        times: dict[str, list[float]] = {name: [] for name in workers}
        for _ in range(turns):
            for name, worker in workers.items():
                times[name].append(worker.ask())
    return lower_quartiles(times)


def choice(shape: tuple[int, ...], layout: str, threads: int) -> str:
    """The strategy that the library chooses: what "auto" times is the same code as that one's."""
    n, c, size, stride, oc = shape
    x = (n, c, size, size) if layout == "NCHW" else (n, size, size, c)
    w, mix = np.zeros((c, 3, 3), np.float32), np.zeros((oc, c), np.float32)
    plan = dwconv.Plan.separable(
        x, w, mix, stride=stride, padding=1, layout=layout, threads=threads
    )
    return plan.strategy


def bound(shape: tuple[int, ...], limits: Limits) -> float:
    """Milliseconds that the machine needs at least."""
    n, c, size, stride, oc = shape
    pixels = n * (size // stride) ** 2
    operations = 2 * pixels * c * (9 + oc)
    limits.measure_peak()
    copy = limits.copy(4 * n * c * size * size, 4 * pixels * oc)
    return 1e3 * max(copy, operations / limits.fma_peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_peers(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--ours", help="of our own rivals, these alone, as 'fused NHWC,auto NHWC'")
    parser.add_argument("--only", help="numbers of shapes, as 0,7")
    options = parser.parse_args()
    every = [f"{strategy} {layout}" for layout in LAYOUTS for strategy in STRATEGIES]
    ours = options.ours.split(",") if options.ours else every
    peers = peers_of(options)
    rivals = [(name, sys.executable) for name in ours] + list(peers.items())
    limits = Limits(options.threads)
    print("ms;", ", ".join(name for name, _ in rivals))
    ratios: dict[str, list[float]] = {layout: [] for layout in LAYOUTS}
    for shape in (SHAPES[index] for index in chosen(options.only, len(SHAPES))):
        times = measure(rivals, shape, options.threads, options.turns)
        print(f"{shape!s:22}" + "".join(f"{each:9.3f}" for each in times.values()), flush=True)
        least = bound(shape, limits)
        for layout in LAYOUTS:
            auto, fused, unfused = (times.get(f"{each} {layout}") for each in STRATEGIES)
            said = []
            if auto:
                said.append(f"{least / auto:.2f} of the bound, {least:.3f} ms")
            if fused and unfused:
                said.append(f"fused {unfused / fused:.2f} × as fast as unfused")
            if fused and unfused:
                strategy = choice(shape, layout, options.threads)
                longer = (fused if strategy == "fused" else unfused) / min(fused, unfused)
                said.append(f"chosen {strategy}, {longer:.2f} × as long as the better")
            if auto and peers:
                fastest = min(peers, key=times.__getitem__)
                ratios[layout].append(times[fastest] / auto)
                said.append(f"{ratios[layout][-1]:.2f} × as fast as {fastest}")
            if said:
                print(f"  {layout}: " + "; ".join(said), flush=True)
    for layout, each in ratios.items():
        if each:
            mean = geometric_mean(each)
            print(f"{layout} against the fastest peer: mean {mean:.2f}, least {min(each):.2f}")


if __name__ == "__main__":
    main()
