"""What separable convolution promises in MobileNetV2, and how much of it arrives: operations and times.

Prints a table, and draws the promised and the measured ratio into `mobilenet_flops.png` or the file that
is named. Times are the least of many calls, the two kinds of convolution in turns. A call packs its
weights, of which the standard convolution has more; plans would pack them once.
"""

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure

import dwconv
from dwconv import flops

# Depthwise layers of MobileNetV2 at 224² (Sandler et al. 2018, table 2), each shape once, and the 1×1 that
# follows: channels, height and width, stride, output channels.
LAYERS = [
    (32, 112, 1, 16),
    (96, 112, 2, 24),
    (144, 56, 1, 24),
    (144, 56, 2, 32),
    (192, 28, 1, 32),
    (192, 28, 2, 64),
    (384, 14, 1, 64),
    (384, 14, 1, 96),
    (576, 14, 1, 96),
    (576, 14, 2, 160),
    (960, 7, 1, 160),
    (960, 7, 1, 320),
]
KERNEL = (3, 3)
SECONDS_A_LAYER = 0.2

Call = Callable[[], object]


def costs(ic: int, size: int, stride: int, oc: int) -> tuple[flops.Cost, flops.Cost]:
    """Of standard and of separable convolution from ic to oc channels."""
    x = (1, ic, size, size)
    window = {"stride": stride, "padding": 1}
    return (
        flops.standard(x, (oc, ic, *KERNEL), **window),
        flops.separable(x, (ic, *KERNEL), (oc, ic), **window),
    )


def calls(ic: int, size: int, stride: int, oc: int) -> tuple[Call, Call]:
    """Standard and separable convolution of the same channels-last picture, made ready to be timed."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, size, size, ic), np.float32)
    whole = rng.standard_normal((oc, ic, *KERNEL), np.float32)
    depthwise = rng.standard_normal((ic, *KERNEL), np.float32)
    pointwise = rng.standard_normal((oc, ic), np.float32)
    window = {"stride": stride, "padding": 1, "layout": "NHWC"}
    return (
        lambda: dwconv.dnnl_conv(x, whole, **window),
        lambda: dwconv.dnnl_separable(x, depthwise, pointwise, **window),
    )


def times(functions: Sequence[Call]) -> list[float]:
    """The least seconds of each; they take turns, so that a busy moment meets all of them."""
    for function in functions:
        function()  # the first call compiles
    least = [float("inf")] * len(functions)
    end = time.perf_counter() + SECONDS_A_LAYER
    while time.perf_counter() < end:
        for index, function in enumerate(functions):
            start = time.perf_counter()
            function()
            least[index] = min(least[index], time.perf_counter() - start)
    return least


def draw(path: str, promised: Sequence[float], measured: Sequence[float]) -> None:
    """Both ratios, layer by layer."""
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(LAYERS))
    axes.bar(places - 0.2, promised, 0.4, label="operations: 1/oc + 1/(kh·kw)", color="#8da0cb")
    axes.bar(places + 0.2, measured, 0.4, label="measured time", color="#fc8d62")
    names = [
        f"{ic}→{oc}\n{size}²" + (f" /{stride}" if stride > 1 else "")
        for ic, size, stride, oc in LAYERS
    ]
    axes.set_xticks(places, names, fontsize=8)
    axes.set_ylabel("separable / standard")
    axes.set_title(f"MobileNetV2, 3×3 then 1×1, {dwconv.get_num_threads()} threads")
    figure.legend(loc="outside lower center", ncols=2)
    figure.savefig(path, dpi=120)


def main(path: str) -> None:
    print("                           MFLOP               ms                  separable / standard")
    print("channels   size  stride  standard separable  standard separable  promised measured")
    promised, measured = [], []
    for layer in LAYERS:
        ic, size, stride, oc = layer
        standard, separable = costs(*layer)
        promised.append(separable.flops / standard.flops)
        assert abs(promised[-1] - (1 / oc + 1 / (KERNEL[0] * KERNEL[1]))) < 1e-12
        slow, fast = times(calls(*layer))
        measured.append(fast / slow)
        print(
            f"{ic:4}→{oc:3}   {size:3}²  {stride:6}  {standard.flops / 1e6:8.1f} {separable.flops / 1e6:9.1f}"
            f"  {slow * 1e3:8.3f} {fast * 1e3:9.3f}  {promised[-1]:8.3f} {measured[-1]:8.3f}"
        )
    print(
        f"geometric means of the ratios: promised {np.exp(np.mean(np.log(promised))):.3f}, "
        f"measured {np.exp(np.mean(np.log(measured))):.3f}"
    )
    draw(path, promised, measured)
    print("drawn into", path)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "mobilenet_flops.png")
