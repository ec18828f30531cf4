"""Problems of gradients and of transposed convolution, and the recipes for random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

import dwconv
import gradient_reference
import reference
import tolerance
from case import Case
from cases import MOST_ELEMENTS, MOST_PRODUCTS, RANKS, make_case, make_geometry
from helpers.choices import Choices

# What gradients have no choice of.
PLAIN: dict[str, Any] = {"bias": False, "activation": None, "strategy": None}


@dataclass(frozen=True)
class BackwardDataCase(Case):
    """As Case, which says what the convolution is; the array that is given is dy."""

    def source_shape(self) -> tuple[int, ...]:
        return super().x_shape()

    def x_shape(self) -> tuple[int, ...]:
        terms = reference.axes(self.size, self.kernel, self.stride, self.padding, self.dilation)
        outputs = [reference.output_size(*each) for each in terms]
        sizes = {"N": self.batch, "C": self.out_channels()}
        sizes.update(zip("DHW"[-len(self.size) :], outputs, strict=True))
        return tuple(sizes[letter] for letter in self.layout)

    def keywords(self) -> dict[str, Any]:
        return {**self.geometry, "threads": self.threads}

    def expected(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        return gradient_reference.backward_data(x, w, self.source_shape(), **self.geometry)

    def error_bound(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        magnitude = self.expected(np.abs(x), np.abs(w), None)
        return tolerance.sum_bound(magnitude, self.multiplier * prod(self.kernel))

    def run(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, out: Any) -> np.ndarray:
        return dwconv.dnnl_depthwise_backward_data(
            x, w, self.source_shape(), out=out, **self.keywords()
        )

    def make_plan(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> dwconv.Plan:
        return dwconv.Plan.backward_data(x, w, self.source_shape(), **self.keywords())


@dataclass(frozen=True)
class TransposedCase(Case):
    """As Case; weights of rank 4, in two dimensions, are (C, M, kh, kw)."""

    output_padding: Any = 0

    def w_shape(self) -> tuple[int, ...]:
        more = {3: (), 4: (self.multiplier,), 5: (self.multiplier, 1)}
        return (self.channels, *more[self.weights_rank], *self.kernel)

    def keywords(self) -> dict[str, Any]:
        keywords = {**super().keywords(), "output_padding": self.output_padding}
        del keywords["strategy"]
        return keywords

    @property
    def options(self) -> dict[str, Any]:
        return {
            **self.geometry,
            "output_padding": self.output_padding,
            "activation": self.activation,
        }

    def expected(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        return gradient_reference.transposed(x, w, bias, **self.options)

    def error_bound(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        kernels = w.reshape(-1, 1, *self.kernel)  # of which each output sums over one
        return tolerance.error_bound(
            x, kernels, bias, convolve=gradient_reference.transposed, **self.options
        )

    def run(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, out: Any) -> np.ndarray:
        return dwconv.dnnl_depthwise_transpose(x, w, bias, out=out, **self.keywords())

    def make_plan(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> dwconv.Plan:
        return dwconv.Plan.transposed(x, w, bias, **self.keywords())


def make_backward_data_case(choose: Choices, ranks: Sequence[int] = RANKS) -> BackwardDataCase:
    """Any problem, in any memory."""
    case = replace(make_case(choose, ranks), **PLAIN)
    return BackwardDataCase(**vars(case))


def _transposed_sizes(
    choose: Choices, geometry: dict[str, Any], output_padding: Any, planes: int
) -> tuple[int, ...]:
    """Spatial sizes of which padding leaves something, and that keep the case quick."""
    kernel = geometry["kernel"]
    rank = len(kernel)
    steps = reference.entries(geometry["stride"], rank)
    elements = min(MOST_ELEMENTS // prod(steps), MOST_PRODUCTS // prod(kernel)) // max(planes, 1)
    most = min(round(elements ** (1 / rank)), {1: 2000, 2: 30, 3: 12}[rank])
    options = {"output_padding": output_padding, **geometry}
    ones = gradient_reference.transposed_axes((1,) * rank, **options)
    least = [1 + max(0, -(-(1 - one) // step)) for (one, _), step in zip(ones, steps, strict=True)]
    return tuple(choose.integer(low, max(low, most)) for low in least)


def make_transposed_case(choose: Choices, ranks: Sequence[int] = RANKS) -> TransposedCase:
    """Any problem, in any memory."""
    case = make_case(choose, ranks)
    rank = len(case.size)
    geometry = make_geometry(choose, rank)
    output_padding: Any = 0
    if geometry["padding"] not in ("same", "same_lower"):
        steps, dilations = (
            reference.entries(geometry[name], rank) for name in ("stride", "dilation")
        )
        limits = [max(both) for both in zip(steps, dilations, strict=True)]
        if choose.one_of((False, True)):
            output_padding = tuple(choose.integer(0, limit - 1) for limit in limits)
        else:
            output_padding = choose.integer(0, min(limits) - 1)
    planes = case.batch * case.channels * case.multiplier
    changes = {
        **geometry,
        "strategy": None,
        "size": _transposed_sizes(choose, geometry, output_padding, planes),
    }
    return TransposedCase(**{**vars(case), **changes}, output_padding=output_padding)
