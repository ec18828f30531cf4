"""One problem of a convolution with groups, and the recipe for random ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import dwconv
import tolerance
from case import Case
from cases import ACTIVATIONS, BIAS_ORDERS, LAYOUTS, RANKS, make_geometry, make_size
from grouped_reference import grouped
from helpers.choices import Choices, HypothesisChoices
from helpers.memory import ORDERS, OUT_ORDERS


@dataclass(frozen=True)
class GroupedCase(Case):
    """As Case; `multiplier` is the number of outputs of a group."""

    groups: int = 1

    def out_channels(self) -> int:
        return self.groups * self.multiplier

    def keywords(self) -> dict[str, Any]:
        return {**super().keywords(), "groups": self.groups}

    def w_shape(self) -> tuple[int, ...]:
        return self.out_channels(), self.channels // self.groups, *self.kernel

    def expected(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        options = {"groups": self.groups, "activation": self.activation}
        return grouped(x, w, bias, **options, **self.geometry)

    def error_bound(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        options = {"groups": self.groups, "activation": self.activation, "convolve": grouped}
        return tolerance.error_bound(x, w, bias, **options, **self.geometry)

    def run(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, out: Any) -> np.ndarray:
        return dwconv.dnnl_conv(x, w, bias, out=out, **self.keywords())

    def refusals(self) -> tuple[str, ...]:
        return *super().refusals(), "needs channels-last memory", "needs a depth multiplier of 1"

    def make_plan(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> dwconv.Plan:
        return dwconv.Plan.conv(x, w, bias, **self.keywords())


def make_grouped_case(choose: Choices) -> GroupedCase:
    """Any problem, in any memory; every third or so is pointwise."""
    rank = choose.one_of([rank for rank in RANKS if rank != 3])
    geometry = make_geometry(choose, rank)
    if choose.one_of((False, False, True)):
        geometry = {"kernel": (1,) * rank, "stride": 1, "dilation": 1, "padding": 0}
    layout = choose.one_of(LAYOUTS[rank])
    groups = choose.one_of((1, 1, 1, 2, 3, 8))
    channels = groups * choose.one_of((1, 2, 3, 4, 5, 8, 11, 16))
    multiplier = choose.one_of((1, 2, 3, 5, 8, 16, 17))
    batch = choose.one_of((1, 2, 3, 0)) if "N" in layout else 1
    work = batch * channels * multiplier * (groups if channels == groups else 1)
    return GroupedCase(
        batch=batch,
        channels=channels,
        groups=groups,
        multiplier=multiplier,
        size=make_size(choose, geometry, work),
        layout=layout,
        bias=choose.one_of((False, True)),
        activation=choose.one_of((None, None, *ACTIVATIONS)),
        x_order=choose.one_of(("C", "transposed", *ORDERS)),
        w_order=choose.one_of(("C", *ORDERS)),
        bias_order=choose.one_of(BIAS_ORDERS),
        out_order=choose.one_of((None, None, *OUT_ORDERS)),
        strategy=choose.one_of((None, None, None, "direct", "reordered")),
        threads=choose.one_of((None, 1, 2)),
        integers=choose.one_of((True, False)),
        seed=choose.integer(0, 2**32 - 1),
        **geometry,
    )


@st.composite
def grouped_cases(draw: Any) -> GroupedCase:
    """Hypothesis strategy of `make_grouped_case`."""
    return make_grouped_case(HypothesisChoices(draw))
