"""Times of depthwise convolution by dtype, beside float32: `Plan` into a given array.

    python tests/speed/dtypes.py [--threads 2] [--seconds 1] [--only 0,1]

All dtypes of a case take turns in one process; the lower quartile counts. A ratio is the time of float32
over that of the dtype; of int8, x and w are int8, and the result int8 or int32.
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

import dwconv
from timing import in_turns, lower_quartiles
from worker import chosen


class Layer(NamedTuple):
    """A square kernel on planes, padded so that stride 1 keeps their size."""

    batch: int
    channels: int
    size: int
    kernel: int = 3
    stride: int = 1

    def text(self) -> str:
        return f"{self.batch}×{self.channels}×{self.size}² k{self.kernel} s{self.stride}"


# Sources of more than 64 MB in float32, and smaller ones down to those of a network's last layers.
LAYERS = [
    Layer(1, 64, 512),
    Layer(8, 144, 128),
    Layer(32, 384, 40),
    Layer(8, 64, 256, 3, 2),
    Layer(8, 144, 56),
    Layer(1, 32, 112),
    Layer(1, 96, 112, 3, 2),
    Layer(1, 144, 56),
    Layer(1, 384, 14),
    Layer(1, 960, 7),
    Layer(1, 240, 28, 5),
    Layer(1, 256, 56, 7),
]
TYPES: dict[str, tuple[Any, Any]] = {
    "float32": (np.float32, None),
    "bfloat16": (ml_dtypes.bfloat16, None),
    "float16": (np.float16, None),
    "int8": (np.int8, None),
    "int8>int32": (np.int8, np.int32),
}


def _plans(layer: Layer, layout: str, threads: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    image = (layer.size, layer.size)
    shape = (
        (layer.batch, layer.channels, *image)
        if layout == "NCHW"
        else (layer.batch, *image, layer.channels)
    )
    x = random.integers(-8, 9, shape).astype(np.float32)
    w = random.integers(-8, 9, (layer.channels, layer.kernel, layer.kernel)).astype(np.float32)
    keywords: dict[str, Any] = {
        "stride": layer.stride,
        "padding": layer.kernel // 2,
        "layout": layout,
        "threads": threads,
    }
    calls = {}
    for name, (dtype, out_dtype) in TYPES.items():
        source = x.astype(dtype)
        plan = dwconv.Plan(source, w.astype(dtype), out_dtype=out_dtype, **keywords)
        out = np.empty(plan.output_shape, out_dtype or dtype)

        def call(plan: dwconv.Plan = plan, source: Any = source, out: Any = out) -> None:
            plan(source, out=out)

        calls[name] = call
    return calls


def _times(calls: dict[str, Any], seconds: float) -> dict[str, float]:
    """Milliseconds of each call, in turns."""
    return lower_quartiles(in_turns(calls, seconds * len(calls), before=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each dtype of a case")
    parser.add_argument("--only", help="numbers of cases, as 0,1")
    options = parser.parse_args()
    print(f"{'':24}{'float32':>10}   times as fast as float32")
    print(f"{'':24}{'ms':>10}" + "".join(f"{name:>12}" for name in list(TYPES)[1:]))
    for index in chosen(options.only, len(LAYERS)):
        for layout in ("NCHW", "NHWC"):
            times = _times(_plans(LAYERS[index], layout, options.threads), options.seconds)
            base = times.pop("float32")
            ratios = "".join(f"{base / each:12.2f}" for each in times.values())
            print(f"{LAYERS[index].text():19}{layout:5}{base:10.3f}{ratios}", flush=True)


if __name__ == "__main__":
    main()
