"""One problem of a separable convolution, and the recipe for random ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

import dwconv
import reference
import tolerance
from case import Case
from cases import ACTIVATIONS, BIAS_ORDERS, LAYOUTS, make_geometry, make_size
from grouped_reference import grouped
from helpers.choices import Choices, HypothesisChoices
from helpers.memory import ORDERS, OUT_ORDERS, arrange

# All sums of integers from -8 to 8 over these and 40 channels are exact in float32.
KERNELS = (1, 2, 3, 3, 3, 5, 5, 7)


@dataclass(frozen=True)
class SeparableCase(Case):
    """As Case; `bias` and `activation` are those of the 1×1 convolution."""

    outputs: int = 1
    depthwise_bias: bool = False
    depthwise_activation: Any = None
    pointwise_rank: int = 2
    pointwise_order: str = "C"

    def filters(self) -> dict[str, np.ndarray | None]:
        """All the weights, by the names of their arguments."""
        _, w, _ = super().arrays()
        channels = self.channels * self.multiplier
        rng = np.random.default_rng([self.seed, 1])

        def values(*shape: int) -> np.ndarray:
            if self.integers:
                return rng.integers(-8, 9, shape).astype(np.float32)
            return rng.standard_normal(shape, dtype=np.float32)

        mix = values(*(self.outputs, channels, 1, 1)[: self.pointwise_rank])
        bias, depthwise_bias = values(self.outputs), values(channels)
        return {
            "w_depthwise": w,
            "w_pointwise": arrange(mix, self.pointwise_order),
            "bias": arrange(bias, self.bias_order) if self.bias else None,
            "depthwise_bias": arrange(depthwise_bias, self.bias_order)
            if self.depthwise_bias
            else None,
        }

    def keywords(self) -> dict[str, Any]:
        between = self.depthwise_activation
        activation = None if between is None else dwconv.Activation(*between)
        return {**super().keywords(), "depthwise_activation": activation}

    def exact(self) -> bool:
        kinds = [a if a is None else a[0] for a in (self.activation, self.depthwise_activation)]
        return self.integers and all(kind in (None, "relu", "relu6", "clip") for kind in kinds)

    def results(self, x: np.ndarray, filters: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        """The result in float64, and how far from it a result in float32 may be."""
        first = (x, filters["w_depthwise"], filters["depthwise_bias"])
        options = {"activation": self.depthwise_activation, **self.geometry}
        between = reference.depthwise(*first, **options)
        error = tolerance.error_bound(*first, **options)
        w = filters["w_pointwise"].reshape(self.outputs, -1, 1, 1)
        second: dict[str, Any] = {"layout": self.layout, "activation": self.activation}
        result = grouped(between, w, filters["bias"], **second)
        bound = tolerance.error_bound(between, w, filters["bias"], convolve=grouped, **second)
        slope = tolerance.steepest_slope(self.activation)
        bound = bound + slope * grouped(error, np.abs(w), layout=self.layout)
        return result, bound

    def call(self, x: np.ndarray, filters: dict[str, Any], out: Any = None) -> np.ndarray:
        arrays = dict(filters)
        positional = [arrays.pop(name) for name in ("w_depthwise", "w_pointwise", "bias")]
        return dwconv.dnnl_separable(x, *positional, **arrays, **self.keywords(), out=out)

    def separable_plan(self, like: Any, filters: dict[str, Any]) -> dwconv.Plan:
        arrays = dict(filters)
        positional = [arrays.pop(name) for name in ("w_depthwise", "w_pointwise", "bias")]
        return dwconv.Plan.separable(like, *positional, **arrays, **self.keywords())

    def assert_threads_do_not_change_a_bit(self) -> None:
        x, filters = self.arrays()[0], self.filters()
        results = [replace(self, threads=threads).call(x, filters) for threads in (1, 2, 3, 7)]
        for other in results[1:]:
            np.testing.assert_array_equal(other, results[0])

    def assert_a_plan_takes_any_memory_order(self) -> None:
        x, filters = self.arrays()[0], self.filters()
        expected, _ = self.results(x, filters)
        plan = self.separable_plan(x.shape, filters)
        for array in filters.values():
            if array is not None:
                array[...] = np.nan  # the plan has weights of its own
        for order in ("C", "transposed", "planar", "strided", "cropped", "reversed"):
            np.testing.assert_array_equal(plan(arrange(x, order)), expected)

    def assert_right(self, y: np.ndarray, expected: np.ndarray, bound: np.ndarray) -> None:
        assert y.dtype == np.float32
        assert y.shape == expected.shape
        if self.exact():
            np.testing.assert_array_equal(y, expected)
            return
        assert np.all(np.abs(y - expected) <= bound)

    def compare(self) -> None:
        """Both doors against the reference."""
        x, filters = super().arrays()[0], self.filters()
        expected, bound = self.results(x, filters)
        out = self.output(expected)
        y = self.call(x, filters, out)
        assert out is None or y is out
        self.assert_right(y, expected, bound)
        self.assert_right(self.separable_plan(x, filters)(x), expected, bound)


def make_separable_case(choose: Choices) -> SeparableCase:
    """Any problem, in any memory, asked for in any way."""
    geometry = {**make_geometry(choose), "kernel": (choose.one_of(KERNELS), choose.one_of(KERNELS))}
    layout = choose.one_of(LAYOUTS[2])
    multiplier = choose.one_of((1, 1, 1, 2))
    channels = choose.one_of((1, 2, 3, 4, 5, 8, 9, 16, 17, 20))
    batch = choose.one_of((1, 2, 3, 0)) if "N" in layout else 1
    outputs = choose.one_of((1, 2, 3, 5, 8, 16, 17, 33))
    return SeparableCase(
        batch=batch,
        channels=channels,
        multiplier=multiplier,
        outputs=outputs,
        size=make_size(choose, geometry, batch * channels * multiplier + batch * outputs),
        layout=layout,
        weights_rank=5 if multiplier > 1 else choose.one_of((3, 4, 5)),
        pointwise_rank=choose.one_of((2, 4)),
        pointwise_order=choose.one_of(("C", *ORDERS)) if channels > 1 else "C",
        bias=choose.one_of((False, True)),
        depthwise_bias=choose.one_of((False, True)),
        activation=choose.one_of((None, None, *ACTIVATIONS)),
        depthwise_activation=choose.one_of((None, None, *ACTIVATIONS)),
        x_order=choose.one_of(("C", "transposed", *ORDERS)),
        w_order=choose.one_of(("C", *ORDERS)),
        bias_order=choose.one_of(BIAS_ORDERS),
        out_order=choose.one_of((None, None, *OUT_ORDERS)),
        strategy=choose.one_of((None, None, "unfused")),
        threads=choose.one_of((None, 1, 2)),
        integers=choose.one_of((True, False)),
        seed=choose.integer(0, 2**32 - 1),
        **geometry,
    )


@st.composite
def separable_cases(draw: Any) -> SeparableCase:
    """Hypothesis strategy of `make_separable_case`."""
    return make_separable_case(HypothesisChoices(draw))
