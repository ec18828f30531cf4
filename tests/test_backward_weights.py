"""The gradients by weights and bias against the reference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dwconv
from case import Case
from cases import LAYOUTS
from gradient_case import BackwardWeightsCase, make_backward_weights_case
from helpers.choices import HypothesisChoices
from helpers.guard_pages import guarded, guarded_out
from helpers.memory import arrange
from helpers.refusals import assert_refused, ones

GEOMETRIES = {
    "3x3": Case(channels=20, size=(12, 13), padding=1),
    "3x3 stride 2": Case(channels=9, size=(13, 18), stride=2, padding=1),
    "7x7": Case(channels=16, size=(14, 14), kernel=(7, 7), padding=3),
    "few channels": Case(channels=3, size=(40, 37), kernel=(5, 5), padding=2),
    "dilated": Case(channels=8, size=(15, 17), stride=(2, 1), dilation=(3, 2), padding=4),
    "padded beyond the kernel": Case(channels=5, size=(6, 7), padding=((4, 5), (6, 3))),
    "tall kernel": Case(channels=17, size=(70, 5), kernel=(63, 1), padding=(31, 0)),
    "wide kernel": Case(channels=2, size=(4, 90), kernel=(1, 63), padding="same"),
    "stride beyond the kernel": Case(channels=33, size=(11, 16), kernel=(2, 2), stride=5),
    "long rows": Case(channels=1, size=(3, 9000), kernel=(3, 3), padding=1),
    "sequence": Case(channels=6, size=(90,), kernel=(5,), stride=2, padding=2),
    "causal": Case(channels=17, size=(40,), kernel=(4,), padding="causal"),
    "volume": Case(channels=9, size=(4, 6, 7), kernel=(3, 3, 3), padding=1),
    "strided volume": Case(channels=3, size=(5, 6, 9), kernel=(3, 2, 3), stride=2, padding=1),
}
over_geometries = pytest.mark.parametrize("name", GEOMETRIES)
over_layouts = pytest.mark.parametrize("layout", [0, 1], ids=["channels first", "channels last"])


def case_of(name: str, layout: int = 0, **changes: Any) -> BackwardWeightsCase:
    case = BackwardWeightsCase(**vars(GEOMETRIES[name]))
    return replace(case, layout=LAYOUTS[len(case.size)][layout], batch=2, bias=True, **changes)


@st.composite
def backward_weights_cases(draw: Any) -> BackwardWeightsCase:
    return make_backward_weights_case(HypothesisChoices(draw))


@settings(max_examples=300)
@given(backward_weights_cases())
def test_any_case_is_right(case: BackwardWeightsCase) -> None:
    case.check()


@over_layouts
@over_geometries
@pytest.mark.parametrize("multiplier", [1, 3])
def test_plans_are_right_for_every_memory_order(layout: int, name: str, multiplier: int) -> None:
    case = case_of(name, layout, multiplier=multiplier, weights_rank=5)
    x, dy, _ = case.arrays()
    expected = case.expected(x, dy, None)
    plan = case.weights_plan(x)
    for order in ("C", "transposed", "planar", "strided", "cropped", "reversed"):
        given_x, given_dy = arrange(x, order), arrange(dy, order)
        np.testing.assert_array_equal(plan(given_x, given_dy), expected)
        np.testing.assert_array_equal(case.weights_plan(given_x)(given_x, dy), expected)
        out = arrange(np.full(expected.shape, np.nan, np.float32), order)
        assert plan(x, given_dy, out) is out
        np.testing.assert_array_equal(out, expected)


@over_layouts
@over_geometries
def test_threads_do_not_change_a_bit(layout: int, name: str) -> None:
    case = case_of(name, layout, integers=False)
    x, dy, _ = case.arrays()
    results = [replace(case, threads=threads).run(x, dy, None, None) for threads in (1, 2, 3, 7)]
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@over_layouts
@over_geometries
def test_adjoint_of_the_convolution(layout: int, name: str) -> None:
    """⟨conv(x, w), dy⟩ = ⟨w, dw⟩, exactly: all sums are of integers below 2^53."""
    case = case_of(name, layout, multiplier=2, weights_rank=5)
    x, dy, _ = case.arrays()
    w = np.random.default_rng(7).integers(-8, 9, case.kernels_shape()).astype(np.float32)
    y = dwconv.dnnl_depthwise(x, w, **case.keywords())
    left = np.sum(y.astype(np.float64) * dy)
    assert left == np.sum(case.run(x, dy, None, None).astype(np.float64) * w)
    assert left != 0


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_sums_of_a_million_products_are_precise(layout: int) -> None:
    """As in float64, rounded once: where float32 alone would lose three digits."""
    case = BackwardWeightsCase(
        channels=2, size=(1024, 1024), padding=1, layout=layout, integers=False
    )
    rng = np.random.default_rng(3)
    x, dy = (1 + rng.random(case.x_shape(), dtype=np.float32) for _ in range(2))
    dw = case.run(x, dy, None, None)
    np.testing.assert_allclose(dw, case.expected(x, dy, None), rtol=1e-6)


@over_layouts
@over_geometries
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf], ids=str)
def test_special_values_go_where_their_products_go(layout: int, name: str, special: float) -> None:
    """In x and in dy; what lies in the padding adds nothing."""
    case = case_of(name, layout)
    for changed in (0, 1):
        arrays = case.arrays()[:2]
        target = arrays[changed]
        target.reshape(-1)[:: max(target.size // 3, 1)] = special
        expected = case.expected(*arrays, None)
        np.testing.assert_array_equal(case.run(*arrays, None, None), expected)
        np.testing.assert_array_equal(case.weights_plan(arrays[0])(*arrays), expected)


@over_layouts
@over_geometries
def test_nothing_beyond_the_arrays_is_touched(layout: int, name: str) -> None:
    """An access to a page beside an array would end the process."""
    for channels in (1, 3, 8, 17, 33):
        case = case_of(name, layout, channels=channels)
        x, dy, _ = case.arrays()
        expected = case.expected(x, dy, None)
        for edge in ("end", "start"):
            arrays = [guarded(array, edge) for array in (x, dy)]
            out = guarded_out(expected.shape, edge)
            case.run(*arrays, None, out)
            np.testing.assert_array_equal(out, expected)


def test_an_empty_batch_gives_zeros() -> None:
    case = replace(case_of("3x3"), batch=0)
    x, dy, _ = case.arrays()
    dw, dbias = dwconv.dnnl_depthwise_backward_weights(
        x, dy, case.kernels_shape(), bias=True, padding=1
    )
    np.testing.assert_array_equal(dw, np.zeros(case.kernels_shape()))
    np.testing.assert_array_equal(dbias, np.zeros(case.channels))


@pytest.mark.parametrize("rank", [3, 4, 5])
def test_the_result_has_the_form_that_is_asked_for(rank: int) -> None:
    case = case_of("3x3", weights_rank=rank)
    x, dy, _ = case.arrays()
    assert case.run(x, dy, None, None).shape == case.kernels_shape()


def test_a_plan_tells_what_it_is() -> None:
    plan = dwconv.Plan.backward_weights((1, 8, 9, 9), (16, 1, 3, 3), padding=1, bias=True)
    assert plan.problem == "backward_weights:n1c8m2i9x9k3x3p1+bias"
    assert plan.input_shape == (1, 8, 9, 9)
    assert plan.gradient_shape == (1, 16, 9, 9)
    assert plan.output_shape == (16, 1, 3, 3)
    assert plan.flops == 2 * 16 * 81 * 9
    assert repr(plan).startswith("<dwconv.BackwardWeightsPlan backward_weights:n1c8m2i9x9k3x3p1")


X, DY, W_SHAPE = ones(1, 6, 9, 9), ones(1, 6, 4, 4), (6, 3, 3)


def refuse(kind: type[Exception], text: str, **changes: Any) -> None:
    arguments: dict[str, Any] = {"x": X, "dy": DY, "w_shape": W_SHAPE, "stride": 2, **changes}
    assert_refused(kind, text, dwconv.dnnl_depthwise_backward_weights, **arguments)


def refuse_plan(kind: type[Exception], text: str, **changes: Any) -> None:
    arguments: dict[str, Any] = {"like": X, "w_shape": W_SHAPE, "stride": 2, **changes}
    assert_refused(kind, text, dwconv.Plan.backward_weights, **arguments)


@pytest.mark.parametrize("shape", [(1, 6, 4, 5), (2, 6, 4, 4), (1, 12, 4, 4)])
def test_shape_of_dy(shape: tuple[int, ...]) -> None:
    text = (
        f"argument `dy`: expected shape (1, 6, 4, 4), that of the convolution's result; got {shape}"
    )
    refuse(dwconv.InvalidArgument, text, dy=ones(*shape))
    plan = dwconv.Plan.backward_weights(X, W_SHAPE, stride=2)
    assert_refused(dwconv.InvalidArgument, text, plan, X, ones(*shape))


@pytest.mark.parametrize("shape", [(5, 3, 3), (6, 3), (7, 1, 3, 3), (6, 1, 2, 3, 3)])
def test_w_shape(shape: tuple[int, ...]) -> None:
    text = (
        "argument `w_shape`: expected shape (6, kh, kw), (6*M, 1, kh, kw) or (6, M, 1, kh, kw); "
        f"got {shape}"
    )
    refuse(dwconv.InvalidArgument, text, w_shape=shape)
    refuse_plan(dwconv.InvalidArgument, text, w_shape=shape)


def test_kernel_that_does_not_fit() -> None:
    text = (
        "argument `w_shape`: expected a kernel that fits into the padded source, extent "
        "(kernel - 1) * dilation + 1 at most 9 in spatial dimension 1; got 10"
    )
    refuse(dwconv.InvalidArgument, text, w_shape=(6, 3, 10))
    refuse_plan(dwconv.InvalidArgument, text, w_shape=(6, 3, 10))


def test_types() -> None:
    refuse(dwconv.InvalidType, "argument `w_shape`: expected a shape; got 3", w_shape=3)
    refuse_plan(dwconv.InvalidType, "argument `w_shape`: expected a shape; got 3", w_shape=3)
    refuse(dwconv.InvalidType, "argument `bias`: expected a bool; got 1", bias=1)
    refuse_plan(dwconv.InvalidType, "argument `bias`: expected a bool; got 1", bias=1)
    for name in ("x", "dy"):
        text = f"argument `{name}`: expected a numpy.ndarray; got list"
        refuse(dwconv.InvalidType, text, **{name: [1.0]})


def test_out() -> None:
    text = "argument `out`: expected shape (6, 3, 3); got (6, 1, 3, 3)"
    refuse(dwconv.InvalidArgument, text, out=ones(6, 1, 3, 3))
    for name in ("x", "dy"):
        memory = ones(1, 6, 9, 9) if name == "x" else ones(1, 6, 4, 4)
        out = memory.reshape(-1)[:54].reshape(W_SHAPE)
        text = (
            f"argument `out`: expected memory apart from that of `{name}`; got arrays that overlap"
        )
        refuse(dwconv.InvalidArgument, text, **{name: memory, "out": out})
