"""EfficientNet-Lite0 as a list of layers, and the network that runs them by dwconv.

Tan and Le 2019, table 1, without its squeezing, exciting and swish: blocks of 1×1 expansion, depthwise
convolution and 1×1 projection, as MobileNetV2 has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import dwconv

Array = NDArray[np.float32]

# Blocks in a row, stride of the first one; kernels, channels and expansion are those of the weights.
STAGES = [(1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1)]
# The epsilon of its batch norm.
EPSILON = 1e-3


class Layer(NamedTuple):
    """A convolution with batch norm folded into its weights and bias."""

    kind: (
        str  # 'standard', 'depthwise', 'pointwise', or 'classifier', which is pointwise on the mean
    )
    w: Array
    bias: Array
    stride: int = 1
    activation: str | None = None
    keeps: bool = False  # its input is what the end of the block adds
    adds: bool = False


def folded(weights: Mapping[str, Any], convolution: str, norm: str) -> tuple[Array, Array]:
    """Weights and bias that convolve and normalise at once."""
    gamma, beta, mean, variance = (
        weights[f"{norm}.{each}"].astype(np.float64)
        for each in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    w = weights[f"{convolution}.weight"] * scale[:, np.newaxis, np.newaxis, np.newaxis]
    return w.astype(np.float32), (beta - mean * scale).astype(np.float32)


def block(weights: Mapping[str, Any], name: str, stride: int) -> Iterator[Layer]:
    """An inverted residual block; the first one of the network does not expand."""
    expands = f"{name}._expand_conv.weight" in weights
    w, bias = folded(weights, f"{name}._project_conv", f"{name}._bn2")
    entered = weights[f"{name}._expand_conv.weight"].shape[1] if expands else w.shape[1]
    residual = stride == 1 and entered == len(w)
    if expands:
        expansion = folded(weights, f"{name}._expand_conv", f"{name}._bn0")
        yield Layer("pointwise", *expansion, activation="relu6", keeps=residual)
    depthwise = folded(weights, f"{name}._depthwise_conv", f"{name}._bn1")
    yield Layer("depthwise", *depthwise, stride, "relu6", keeps=residual and not expands)
    yield Layer("pointwise", w, bias, adds=residual)


def layers(weights: Mapping[str, Any]) -> Iterator[Layer]:
    """The network, from the tensors of its file."""
    yield Layer("standard", *folded(weights, "_conv_stem", "_bn0"), 2, "relu6")
    strides = (s if i == 0 else 1 for repeats, s in STAGES for i in range(repeats))
    for index, stride in enumerate(strides):
        yield from block(weights, f"_blocks.{index}", stride)
    yield Layer("pointwise", *folded(weights, "_conv_head", "_bn1"), activation="relu6")
    yield Layer("classifier", weights["_fc.weight"][:, :, np.newaxis, np.newaxis], weights["_fc.bias"])  # fmt: skip


def plain(_: str, function: Callable[..., Array], *arrays: Array) -> Array:
    """Calls a function; a caller who wants to know the time of each kind hands in another."""
    return function(*arrays)


def mean(x: Array) -> Array:
    """Over height and width."""
    return x.mean((1, 2), keepdims=True)


def add(x: Array, kept: Array) -> Array:
    """The residual connection, in place."""
    return np.add(x, kept, out=x)


class Step(NamedTuple):
    """A plan, and what is to be done around it."""

    kind: str
    plan: dwconv.Plan
    keeps: bool = False
    adds: bool = False


def blocks(layers: Iterable[Layer]) -> Iterator[list[Layer]]:
    """Layers that one plan can run: the three of a block, the two of one that does not expand."""
    run: list[Layer] = []
    for layer in layers:
        kinds = [each.kind for each in (*run, layer)]
        if kinds not in (["pointwise", "depthwise"], ["pointwise", "depthwise", "pointwise"],
                         ["depthwise", "pointwise"]):  # fmt: skip
            if run:
                yield run
            run = []
        run.append(layer)
        # The last of a block is not the first of the next one.
        if len(run) > 1 and layer.kind == "pointwise":
            yield run
            run = []
    yield run


class Network:
    """The layers made ready for pictures of one size, (n, size, size, 3).

    Parameters
    ----------
    layers : iterable of Layer
    batch, size : int
        Of the pictures.
    threads : int, optional
        As for `dwconv.Plan`.
    whole_blocks : bool
        Whether a block is one plan, whose convolutions the library may fuse, or each layer is.
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        batch: int = 1,
        size: int = 224,
        threads: int | None = None,
        whole_blocks: bool = True,
    ) -> None:
        self.steps: list[Step] = []
        shape: tuple[int, ...] = (batch, size, size, 3)
        for run in blocks(layers) if whole_blocks else ([layer] for layer in layers):
            if run[0].kind == "classifier":
                shape = (batch, 1, 1, shape[3])
            step = make_step(shape, run, threads)
            shape = step.plan.output_shape
            self.steps.append(step)

    @property
    def flops(self) -> int:
        """Operations of the convolutions and the classifier for a batch."""
        return sum(step.plan.flops for step in self.steps)

    def __call__(self, x: Array, run: Callable[..., Array] = plain) -> Array:
        """Logits, (n, 1000), of pictures (n, size, size, 3); `run` makes each step, told its kind."""
        kept = x
        for step in self.steps:
            if step.keeps:
                kept = x
            if step.kind == "classifier":
                x = run("mean", mean, x)
            x = run(step.kind, step.plan, x)
            if step.adds:
                x = run("residual", add, x, kept)
        return x.reshape(len(x), -1)


def make_step(shape: tuple[int, ...], layers: list[Layer], threads: int | None) -> Step:
    """The plan for a layer, or for those of a block."""
    last = layers[-1]
    options: Any = {"padding": "same", "layout": "NHWC", "threads": threads}
    if len(layers) == 1:
        # A depthwise convolution has a group for each channel, and the rules of `Plan` for it.
        make = dwconv.Plan if last.kind == "depthwise" else dwconv.Plan.conv
        options |= {"stride": last.stride, "activation": last.activation}
        return Step(last.kind, make(shape, last.w, last.bias, **options), last.keeps, last.adds)
    depthwise = layers[-2]
    options |= {
        "stride": depthwise.stride,
        "depthwise_bias": depthwise.bias,
        "depthwise_activation": depthwise.activation,
        "activation": last.activation,
    }
    weights = (depthwise.w, last.w, last.bias)
    if len(layers) == 2:
        plan = dwconv.Plan.separable(shape, *weights, **options)
        return Step("separable", plan, depthwise.keeps, last.adds)
    expand = layers[0]
    options |= {"expand_bias": expand.bias, "expand_activation": expand.activation}
    plan = dwconv.Plan.inverted_residual(shape, expand.w, *weights, residual=last.adds, **options)
    return Step("inverted residual", plan)
