"""Backward data and transposed convolution against the references, and the laws that bind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dwconv
import reference
from case import Case
from cases import LAYOUTS
from gradient_case import (
    BackwardDataCase,
    TransposedCase,
    make_backward_data_case,
    make_transposed_case,
)
from helpers.choices import HypothesisChoices
from helpers.memory import arrange


@st.composite
def backward_data_cases(draw: Any) -> BackwardDataCase:
    return make_backward_data_case(HypothesisChoices(draw))


@st.composite
def transposed_cases(draw: Any) -> TransposedCase:
    return make_transposed_case(HypothesisChoices(draw))


# A kernel of each kind: one phase, two phases, more phases than taps, several dimensions.
GEOMETRIES = {
    "stride 1": Case(channels=9, size=(12, 13), padding=1),
    "stride 2": Case(channels=20, size=(13, 18), stride=2, padding=1),
    "stride 3 of 2 taps": Case(channels=3, size=(14, 16), kernel=(2, 2), stride=3),
    "dilated": Case(channels=8, size=(15, 17), stride=(2, 1), dilation=(3, 2), padding=4),
    "padded beyond the kernel": Case(channels=5, size=(12, 13), padding=((4, 5), (6, 3))),
    "wide kernel": Case(channels=4, size=(9, 40), kernel=(1, 31), padding="same"),
    "7x7": Case(channels=16, size=(14, 14), kernel=(7, 7), padding=3),
    "sequence": Case(channels=6, size=(90,), kernel=(5,), stride=2, padding=2),
    "causal": Case(channels=17, size=(40,), kernel=(4,), padding="causal"),
    "volume": Case(channels=4, size=(4, 6, 7), kernel=(3, 3, 3), padding=1),
    "strided volume": Case(channels=3, size=(5, 6, 9), kernel=(3, 2, 3), stride=2, padding=1),
}


def backward_data_case(name: str, **changes: Any) -> BackwardDataCase:
    """The gradient of a convolution of this geometry."""
    case = BackwardDataCase(**vars(GEOMETRIES[name]))
    layout = LAYOUTS[len(case.size)][changes.pop("layout_of_rank", 0)]
    return replace(case, layout=layout, batch=2, **changes)


def transposed_case(name: str, **changes: Any) -> TransposedCase:
    """A transposed convolution of this geometry."""
    case = TransposedCase(**vars(GEOMETRIES[name]))
    layout = LAYOUTS[len(case.size)][changes.pop("layout_of_rank", 0)]
    return replace(case, layout=layout, batch=2, **changes)


MAKERS = {"backward data": backward_data_case, "transposed": transposed_case}
over_geometries = pytest.mark.parametrize("name", GEOMETRIES)
over_operations = pytest.mark.parametrize("operation", MAKERS)
over_layouts = pytest.mark.parametrize("layout", [0, 1], ids=["channels first", "channels last"])


@settings(max_examples=300)
@given(backward_data_cases())
def test_any_backward_data_is_right(case: BackwardDataCase) -> None:
    case.check()


@settings(max_examples=300)
@given(transposed_cases())
def test_any_transposed_convolution_is_right(case: TransposedCase) -> None:
    case.check()


@over_operations
@over_layouts
@over_geometries
@pytest.mark.parametrize("multiplier", [1, 3])
def test_plans_are_right_for_every_memory_order(
    operation: str, layout: int, name: str, multiplier: int
) -> None:
    case = MAKERS[operation](name, layout_of_rank=layout, multiplier=multiplier, weights_rank=5)
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    plan = case.plan()
    assert plan.output_shape == expected.shape
    for order in ("C", "transposed", "planar", "strided", "cropped", "reversed"):
        given_x = arrange(x, order)
        np.testing.assert_array_equal(plan(given_x), expected)
        np.testing.assert_array_equal(case.make_plan(given_x, w, bias)(given_x), expected)
        out = arrange(np.full(expected.shape, np.nan, np.float32), order)
        assert plan(x, out=out) is out
        np.testing.assert_array_equal(out, expected)


@over_operations
@over_layouts
@over_geometries
def test_threads_do_not_change_a_bit(operation: str, layout: int, name: str) -> None:
    case = MAKERS[operation](name, layout_of_rank=layout, integers=False)
    x, w, bias = case.arrays()
    results = [replace(case, threads=threads).run(x, w, bias, None) for threads in (1, 2, 3, 7)]
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@over_layouts
@over_geometries
@pytest.mark.parametrize("multiplier", [1, 2])
def test_backward_data_is_the_adjoint_of_the_convolution(
    layout: int, name: str, multiplier: int
) -> None:
    """⟨conv(x), dy⟩ = ⟨x, dx⟩, exactly: all sums are of integers below 2^53."""
    case = backward_data_case(name, layout_of_rank=layout, multiplier=multiplier, weights_rank=5)
    dy, w, _ = case.arrays()
    x = np.random.default_rng(7).integers(-8, 9, case.source_shape()).astype(np.float32)
    y = dwconv.dnnl_depthwise(x, w, **case.keywords())
    dx = dwconv.dnnl_depthwise_backward_data(dy, w, x.shape, **case.keywords())
    left = np.sum(y.astype(np.float64) * dy)
    assert left == np.sum(dx.astype(np.float64) * x)
    assert left != 0


@over_layouts
@over_geometries
def test_transposed_convolution_is_backward_data(layout: int, name: str) -> None:
    """For a multiplier of 1, to the last bit, whatever the form of the padding."""
    case = backward_data_case(name, layout_of_rank=layout, integers=False)
    dy, w, _ = case.arrays()
    dx = case.run(dy, w, None, None)
    size, rank = case.size, len(case.size)
    # The sizes that a stride does not reach.
    pads = reference.padding_pairs(
        case.padding,
        size,
        case.kernel,
        reference.entries(case.stride, rank),
        reference.entries(case.dilation, rank),
    )
    options = {**case.keywords(), "padding": pads}
    shortest = dwconv.Plan.transposed(dy, w, **options).output_shape
    more = [
        dx.shape[case.layout.index(letter)] - shortest[case.layout.index(letter)]
        for letter in "DHW"[-rank:]
    ]
    y = dwconv.dnnl_depthwise_transpose(dy, w, output_padding=more, **options)
    np.testing.assert_array_equal(y, dx)


def test_backward_data_of_a_stride_that_skips_the_end() -> None:
    """Elements behind the last output have a gradient of 0."""
    dy, w = np.ones((1, 1, 2, 2), np.float32), np.ones((1, 2, 2), np.float32)
    dx = dwconv.dnnl_depthwise_backward_data(dy, w, (1, 1, 6, 7), stride=3)
    expected = np.zeros((6, 7))
    for i in (0, 3):
        for j in (0, 3):
            expected[i : i + 2, j : j + 2] = 1
    np.testing.assert_array_equal(dx[0, 0], expected)


def test_same_padding_multiplies_the_size_by_the_stride() -> None:
    x, w = np.ones((1, 5, 7, 4), np.float32), np.ones((4, 3, 2), np.float32)
    for stride in (1, 2, (4, 3)):
        steps = (stride, stride) if isinstance(stride, int) else stride
        options: dict[str, Any] = {"stride": stride, "padding": "same", "layout": "NHWC"}
        y = dwconv.dnnl_depthwise_transpose(x, w, **options)
        assert y.shape == (1, 5 * steps[0], 7 * steps[1], 4)
        # The convolution by that padding leads back.
        assert dwconv.dnnl_depthwise(y, w, **options).shape == x.shape
        np.testing.assert_array_equal(
            y, dwconv.dnnl_depthwise_backward_data(x, w, y.shape, **options)
        )


@over_operations
def test_an_empty_batch(operation: str) -> None:
    case = replace(MAKERS[operation]("stride 2"), batch=0)
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    for y in (case.run(x, w, bias, None), case.plan()(x)):
        assert y.shape == expected.shape
        assert y.size == 0


@over_operations
@over_layouts
@over_geometries
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf], ids=str)
def test_special_values_go_where_their_products_go(
    operation: str, layout: int, name: str, special: float
) -> None:
    """In the input and in the weights; what lies in the padding adds nothing."""
    case = MAKERS[operation](name, layout_of_rank=layout)
    for changed in ("x", "w"):
        x, w, bias = case.arrays()
        target = x if changed == "x" else w
        target.reshape(-1)[:: max(target.size // 3, 1)] = special
        expected = case.expected(x, w, bias)
        np.testing.assert_array_equal(case.run(x, w, bias, None), expected)
        np.testing.assert_array_equal(case.make_plan(x, w, bias)(x), expected)


@over_operations
def test_a_plan_tells_what_it_is(operation: str) -> None:
    case = MAKERS[operation]("stride 2", multiplier=2, weights_rank=5)
    plan = case.plan()
    words = {"backward data": "backward_data:", "transposed": "transposed:"}
    assert plan.problem.startswith(words[operation])
    assert plan.strategy in ("planar", "direct", "tiled")
    assert plan.layout == case.layout
    assert plan.input_shape == case.x_shape()
    assert f"{plan.problem} {plan.layout} {plan.strategy}" in repr(plan)


def test_flops_of_a_plan() -> None:
    """Of the gradient those of the convolution; of the transposed one, a kernel for each element."""
    w = np.ones((8, 2, 1, 3, 3), np.float32)
    gradient = dwconv.Plan.backward_data((1, 16, 5, 5), w, (1, 8, 10, 10), stride=2, padding=1)
    assert gradient.flops == 2 * 16 * 5 * 5 * 9
    assert gradient.nbytes == 4 * (8 * 100 + 16 * 9 + 16 * 25)
    enlarging = dwconv.Plan.transposed((1, 8, 5, 5), w, stride=2, padding=1, output_padding=1)
    assert enlarging.flops == 2 * 16 * 5 * 5 * 9
    assert enlarging.nbytes == 4 * (8 * 25 + 16 * 9 + 16 * 100)
