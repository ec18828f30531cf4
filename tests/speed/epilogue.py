"""Times of `scale`, `shift`, `add` and an activation in one call, beside the same in NumPy after the convolution.

    python tests/speed/epilogue.py [--threads 2] [--seconds 1] [--only 0,1]

`dnnl_depthwise` into a given array, all ways of a case in turns in one process; the lower quartile counts.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import dwconv
from dtypes import Layer
from timing import in_turns, lower_quartiles
from worker import chosen

LAYERS = [
    Layer(1, 32, 112),
    Layer(1, 96, 112, 3, 2),
    Layer(1, 144, 56),
    Layer(1, 960, 7),
    Layer(1, 256, 56, 7),
    Layer(8, 144, 56),
    Layer(1, 64, 512),
]


def _calls(layer: Layer, layout: str, threads: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    image = (layer.size, layer.size)
    planes = layout == "NCHW"
    shape = (
        (layer.batch, layer.channels, *image) if planes else (layer.batch, *image, layer.channels)
    )
    x = random.standard_normal(shape, dtype=np.float32)
    w = random.standard_normal((layer.channels, layer.kernel, layer.kernel), dtype=np.float32)
    scale, shift = random.standard_normal((2, layer.channels), dtype=np.float32)
    keywords: dict[str, Any] = {
        "stride": layer.stride,
        "padding": layer.kernel // 2,
        "layout": layout,
        "threads": threads,
    }
    add = dwconv.dnnl_depthwise(x, w, **keywords)
    out = np.empty_like(add)
    keywords["out"] = out
    row = (-1, 1, 1) if planes else (-1,)
    by, to = scale.reshape(row), shift.reshape(row)

    def in_numpy() -> None:
        dwconv.dnnl_depthwise(x, w, **keywords)
        np.multiply(out, by, out=out)
        np.add(out, to, out=out)
        np.add(out, add, out=out)
        np.maximum(out, 0, out=out)

    def added_in_numpy() -> None:
        dwconv.dnnl_depthwise(x, w, **keywords)
        np.add(out, add, out=out)
        np.maximum(out, 0, out=out)

    fused = {"add": add, "activation": "relu", **keywords}
    return {
        "convolution": lambda: dwconv.dnnl_depthwise(x, w, **keywords),
        "add": lambda: dwconv.dnnl_depthwise(x, w, **fused),
        "all": lambda: dwconv.dnnl_depthwise(x, w, scale=scale, shift=shift, **fused),
        "add in NumPy": added_in_numpy,
        "all in NumPy": in_numpy,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each way of a case")
    parser.add_argument("--only", help="numbers of cases, as 0,1")
    options = parser.parse_args()
    print(
        "`add` and relu, and with scale and shift `all`; times over that of the convolution alone"
    )
    names = ("add", "add in NumPy", "all", "all in NumPy")
    print(f"{'':24}{'ms':>10}" + "".join(f"{name:>14}" for name in names))
    for index in chosen(options.only, len(LAYERS)):
        for layout in ("NCHW", "NHWC"):
            calls = _calls(LAYERS[index], layout, options.threads)
            times = lower_quartiles(in_turns(calls, options.seconds * len(calls), before=1))
            base = times["convolution"]
            ratios = "".join(f"{times[name] / base:14.2f}" for name in names)
            print(f"{LAYERS[index].text():19}{layout:5}{base:10.3f}{ratios}", flush=True)


if __name__ == "__main__":
    main()
