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
class BackwardWeightsCase(BackwardDataCase):
    """As Case, where `bias` asks for the gradient by it; the arrays that are given are x and dy."""

    def x_shape(self) -> tuple[int, ...]:
        return self.source_shape()

    def w_shape(self) -> tuple[int, ...]:
        return super().x_shape()

    def kernels_shape(self) -> tuple[int, ...]:
        return super().w_shape()

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """x and dy; there is no bias."""
        return *super().arrays()[:2], None

    def expected(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        return gradient_reference.backward_weights(x, w, self.kernels_shape(), **self.geometry)

    def error_bound(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        """Of spans in float32, whose lengths may be 2,048, and of sums of them in float64.

        Rounding errors of random data go either way: over a span they add up to about a unit in the
        last place of what its absolute values sum to, 6e-8, however long it is. Those of one value
        again and again all go the same way: half a unit for each of the 128 terms of a sum that
        stays in a register, 4e-6.
        """
        magnitude = self.expected(np.abs(x), np.abs(w), None)
        return self._relative_error() * magnitude + tolerance.TINY * w.size

    def _relative_error(self) -> float:
        return 4e-6 if "broadcast" in (self.x_order, self.w_order) else 1e-6

    def run(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, out: Any) -> np.ndarray:
        return self._checked(
            dwconv.dnnl_depthwise_backward_weights(
                x, w, self.kernels_shape(), bias=self.bias, out=out, **self.keywords()
            ),
            w,
        )

    def _checked(self, result: Any, dy: np.ndarray) -> np.ndarray:
        """The gradient by the weights; that by the bias, which may come with it, is compared here."""
        if not self.bias:
            return result
        weights, bias = result
        assert bias.shape == (self.out_channels(),)
        options = {"layout": self.layout}
        expected = gradient_reference.backward_bias(dy, **options)
        with np.errstate(invalid="ignore"):
            error = np.abs(bias - expected)
        bound = self._relative_error() * gradient_reference.backward_bias(np.abs(dy), **options)
        assert np.all((error <= bound) | (bias == expected) | (np.isnan(bias) & np.isnan(expected)))
        return weights

    def weights_plan(self, x: np.ndarray) -> Any:
        """A function of x and dy: the gradient by the weights, by a plan for such an x."""
        plan = dwconv.Plan.backward_weights(
            x, self.kernels_shape(), bias=self.bias, **self.keywords()
        )
        assert plan.gradient_shape == self.w_shape()

        def run(x: np.ndarray, dy: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
            return self._checked(plan(x, dy, out), dy)

        return run

    def plan(self) -> Any:
        x, _, _ = self.arrays()
        return dwconv.Plan.backward_weights(x, self.kernels_shape(), **self.keywords())


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


def make_backward_weights_case(
    choose: Choices, ranks: Sequence[int] = RANKS
) -> BackwardWeightsCase:
    """Any problem, in any memory; kernels of up to 63 taps in a direction too."""
    case = replace(make_case(choose, ranks), activation=None, strategy=None)
    if choose.one_of((False, False, False, True)):
        rank = len(case.size)
        axis = choose.integer(0, rank - 1)
        kernel = [1] * rank
        kernel[axis] = choose.integer(10, 63)
        size = [min(each, 9) for each in case.size]
        size[axis] = choose.integer(1, 70)
        # As much padding as lets the kernel fit.
        case = replace(
            case,
            kernel=tuple(kernel),
            size=tuple(size),
            padding=tuple(choose.one_of((each // 2, each - 1)) for each in kernel),
            dilation=1,
        )
    return BackwardWeightsCase(**vars(case))


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
