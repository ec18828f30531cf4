"""Times of separable convolutions, 3 × 3 with ReLU6 and then 1 × 1, beside those of other libraries.

    python tests/speed/separable.py --peer torch=/path/to/python --peer onnxruntime=... --peer openvino=...

Each rival has a process of its own; rivals take turns, round by round, and the least of the rounds'
medians counts. A ratio is the time of the fastest peer, over the fastest of ours.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
from pathlib import Path

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
OURS = ("auto NHWC", "fused NHWC", "unfused NHWC", "auto NCHW", "fused NCHW", "unfused NCHW")
WORKER = Path(__file__).with_name("separable_worker.py")


def measure(python: str, rival: str, shape: tuple[int, ...], threads: int) -> float:
    """Milliseconds of one call, from a process of its own."""
    command = [python, str(WORKER), rival, str(threads), *map(str, shape)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{rival} failed:\n{done.stderr}")
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--ours", help="of our own rivals, these alone, as 'fused NHWC,unfused NHWC'"
    )
    parser.add_argument("--only", help="numbers of shapes, as 0,7")
    options = parser.parse_args()
    ours = options.ours.split(",") if options.ours else OURS
    rivals = [(name, sys.executable) for name in ours]
    rivals += [(name, python) for name, _, python in (p.partition("=") for p in options.peer)]
    chosen = map(int, options.only.split(",")) if options.only else range(len(SHAPES))
    print("ms;", ", ".join(name for name, _ in rivals))
    ratios = []
    for shape in (SHAPES[index] for index in chosen):
        best = dict.fromkeys((name for name, _ in rivals), math.inf)
        for _ in range(options.rounds):
            for name, python in rivals:
                best[name] = min(best[name], measure(python, name, shape, options.threads))
        peers = {name: best[name] for name, _ in rivals if name not in OURS}
        line = f"{shape!s:24}" + "".join(f"{time:9.3f}" for time in best.values())
        for layout in ("NHWC", "NCHW"):
            if {f"fused {layout}", f"unfused {layout}"} <= set(best):
                gain = best[f"unfused {layout}"] / best[f"fused {layout}"]
                line += f"  {layout}: fused {gain:.2f} times as fast as unfused"
        if peers:
            fastest = min(peers, key=peers.__getitem__)
            ratio = peers[fastest] / min(best[name] for name in ours)
            line += f"  {ratio:.2f} against {fastest}"
            ratios.append(ratio)
        print(line, flush=True)
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"geometric mean {mean:.2f}, least {min(ratios):.2f}")


if __name__ == "__main__":
    main()
