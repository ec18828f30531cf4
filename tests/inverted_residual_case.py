"""One inverted residual block, and the recipe for random ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

import dwconv
import reference
import tolerance
from cases import ACTIVATIONS
from grouped_reference import grouped
from helpers.choices import Choices, HypothesisChoices
from helpers.memory import ORDERS, arrange
from separable_case import SeparableCase, make_separable_case


@dataclass(frozen=True)
class InvertedResidualCase(SeparableCase):
    """As SeparableCase; `channels` are the expanded ones."""

    inputs: int = 1
    expand_bias: bool = False
    expand_activation: Any = None
    expand_rank: int = 2
    expand_order: str = "C"
    residual: bool = False

    def x_shape(self) -> tuple[int, ...]:
        sizes = dict(zip(self.layout, super().x_shape(), strict=True))
        return tuple(({**sizes, "C": self.inputs}).values())

    def filters(self) -> dict[str, np.ndarray | None]:
        rng = np.random.default_rng([self.seed, 2])
        channels = self.channels * self.multiplier

        def values(order: str, *shape: int) -> np.ndarray:
            # Sums over 20 channels, 49 taps and 40 channels of integers from -8 to 8 and weights up to
            # 2 are exact in float32.
            integers = rng.integers(-2, 3, shape).astype(np.float32)
            numbers = rng.standard_normal(shape, dtype=np.float32)
            return arrange(integers if self.integers else numbers, order)

        def bias(there: bool, size: int) -> np.ndarray | None:
            array = values(self.bias_order, size)
            return array if there else None

        ones = (1, 1)
        return {
            "w_expand": values(
                self.expand_order, *(self.channels, self.inputs, *ones)[: self.expand_rank]
            ),
            "w_depthwise": values(self.w_order, *self.w_shape()),
            "w_project": values(
                self.pointwise_order, *(self.outputs, channels, *ones)[: self.pointwise_rank]
            ),
            "bias": bias(self.bias, self.outputs),
            "expand_bias": bias(self.expand_bias, self.channels),
            "depthwise_bias": bias(self.depthwise_bias, channels),
        }

    def keywords(self) -> dict[str, Any]:
        first = self.expand_activation
        activation = None if first is None else dwconv.Activation(*first)
        return {**super().keywords(), "expand_activation": activation, "residual": self.residual}

    def exact(self) -> bool:
        first = None if self.expand_activation is None else self.expand_activation[0]
        return super().exact() and first in (None, "relu", "relu6", "clip")

    def results(self, x: np.ndarray, filters: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        rest = {**filters, "w_pointwise": filters["w_project"]}
        w = filters["w_expand"].reshape(self.channels, -1, 1, 1)
        first: dict[str, Any] = {"layout": self.layout, "activation": self.expand_activation}
        expanded = grouped(x, w, filters["expand_bias"], **first)
        error = tolerance.error_bound(x, w, filters["expand_bias"], convolve=grouped, **first)
        result, bound = super().results(expanded, rest)
        # What the first convolution is wrong by goes through the other two.
        error = reference.depthwise(error, np.abs(filters["w_depthwise"]), **self.geometry)
        mix = np.abs(filters["w_project"]).reshape(self.outputs, -1, 1, 1)
        slopes = map(tolerance.steepest_slope, (self.activation, self.depthwise_activation))
        bound = bound + np.prod(list(slopes)) * grouped(error, mix, layout=self.layout)
        if not self.residual:
            return result, bound
        # One more rounding.
        return result + x, bound + tolerance.EPS * (np.abs(result) + np.abs(x))

    def separable_plan(self, like: Any, filters: dict[str, Any]) -> dwconv.Plan:
        arrays = dict(filters)
        names = ("w_expand", "w_depthwise", "w_project", "bias")
        positional = [arrays.pop(name) for name in names]
        return dwconv.Plan.inverted_residual(like, *positional, **arrays, **self.keywords())

    def call(self, x: np.ndarray, filters: dict[str, Any], out: Any = None) -> np.ndarray:
        return self.separable_plan(x, filters)(x, out=out)


def make_inverted_residual_case(choose: Choices) -> InvertedResidualCase:
    """Any problem, in any memory, asked for in any way."""
    separable = make_separable_case(choose)
    case = InvertedResidualCase(
        **vars(separable),
        inputs=choose.one_of((1, 2, 3, 4, 8, 9, 16, 20)),
        expand_bias=choose.one_of((False, True)),
        expand_activation=choose.one_of((None, None, *ACTIVATIONS)),
        expand_rank=choose.one_of((2, 4)),
        expand_order=choose.one_of(("C", *ORDERS)),
    )
    if choose.one_of((False, True)):
        # A geometry that keeps the size, so that x can be added.
        case = replace(
            case, stride=1, padding="same", outputs=choose.one_of((1, 4, 16)), residual=True
        )
        return replace(case, inputs=case.outputs)
    return case


@st.composite
def inverted_residual_cases(draw: Any) -> InvertedResidualCase:
    """Hypothesis strategy of `make_inverted_residual_case`."""
    return make_inverted_residual_case(HypothesisChoices(draw))
