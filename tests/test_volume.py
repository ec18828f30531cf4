"""Convolution in three dimensions: what it shares with two, and what is its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import dwconv
import reference
from case import Case

RNG = np.random.default_rng(1)
X = RNG.integers(-8, 9, (2, 6, 5, 7, 9)).astype(np.float32)
W = RNG.integers(-8, 9, (6, 3, 3, 3)).astype(np.float32)


@pytest.mark.parametrize("strategy", ["planar", "tiled"])
@pytest.mark.parametrize("layout", ["NCDHW", "NDHWC"])
@pytest.mark.parametrize(
    "keywords",
    [
        {"stride": 2, "padding": 3},
        {"dilation": (1, 3, 2), "padding": (1, (2, 1), 0)},
        {"padding": "same", "stride": (1, 2, 3)},
        {"padding": [[7, 9], [0, 0], [1, 1]], "activation": "relu"},
    ],
    ids=str,
)
def test_a_depth_of_one_is_two_dimensions(
    keywords: dict[str, Any], layout: str, strategy: Any
) -> None:
    """A depth of one plane, of which all other taps meet padding."""
    x = np.ascontiguousarray(reference.from_channels_first(X[:, :, :1], layout))
    y = dwconv.dnnl_depthwise(x, W, layout=layout, strategy=strategy, **keywords)
    activation = ("relu", None, None) if "activation" in keywords else None
    geometry = {**keywords, "layout": layout, "activation": activation}
    np.testing.assert_array_equal(y, reference.depthwise(x, W, **geometry))


@pytest.mark.parametrize("layout", ["NCDHW", "NDHWC", "CDHW", "DHWC"])
@pytest.mark.parametrize("multiplier", [1, 3])
def test_layouts_and_forms_of_weights(layout: str, multiplier: int) -> None:
    x = reference.from_channels_first(X, layout)
    w = RNG.integers(-8, 9, (6, multiplier, 1, 2, 3, 4)).astype(np.float32)
    expected = reference.depthwise(x, w, layout=layout)
    forms = [w, w.reshape(6 * multiplier, 1, 2, 3, 4)] + ([w[:, 0, 0]] if multiplier == 1 else [])
    for form in forms:
        y = dwconv.dnnl_depthwise(x, form, layout=layout)
        np.testing.assert_array_equal(y, expected)
        plan = dwconv.Plan(x, form, layout=layout)
        assert plan.output_shape == expected.shape
        np.testing.assert_array_equal(plan(x), expected)
        np.testing.assert_array_equal(dwconv.reference.depthwise(x, form, layout=layout), expected)


def test_channels_last_memory_stays() -> None:
    """A transposed NDHWC array gives a result in its memory order."""
    x = np.moveaxis(np.ascontiguousarray(np.moveaxis(X, 1, -1)), -1, 1)
    y = dwconv.dnnl_depthwise(x, W, layout="NCDHW")
    np.testing.assert_array_equal(y, reference.depthwise(X, W, layout="NCDHW"))
    assert np.moveaxis(y, 1, -1).flags.c_contiguous


def test_plan_tells_the_problem_in_three_dimensions() -> None:
    shape = (2, 64, 16, 56, 56)
    plan = dwconv.Plan(shape, np.ones((64, 3, 3, 3), np.float32), padding=1, layout="NCDHW")
    assert plan.problem == "n2c64i16x56x56k3x3x3p1"
    assert plan.input_shape == plan.output_shape == shape
    assert plan.strategy == "planar"
    assert plan.implementation.endswith(" 3x3x3")
    cost = dwconv.flops.depthwise(shape, (64, 3, 3, 3), padding=1, layout="NCDHW")
    assert (plan.flops, plan.nbytes) == (cost.flops, cost.nbytes)
    assert plan.flops == 2 * 2 * 64 * 16 * 56 * 56 * 27


def test_plan_runs_arrays_of_another_order() -> None:
    plan = dwconv.Plan(X.shape, W, layout="NCDHW")
    expected = reference.depthwise(X, W, layout="NCDHW")
    other = np.array(X[:, ::-1], order="C")[:, ::-1]
    np.testing.assert_array_equal(plan(other), expected)
    np.testing.assert_array_equal(plan(np.array(X, order="F")), expected)
    gathering = dwconv.Plan(other, W, layout="NCDHW")
    assert gathering.strategy == "tiled"
    np.testing.assert_array_equal(gathering(X), expected)


def test_tuned_plan() -> None:
    for x in (X, X[..., ::-1]):
        plan = dwconv.Plan(x, W, layout="NCDHW", tune=True)
        np.testing.assert_array_equal(plan(x), reference.depthwise(x, W, layout="NCDHW"))


def test_no_volumes() -> None:
    x = np.zeros((0, 6, 5, 7, 9), np.float32)
    for strategy in (None, "planar", "tiled"):
        y = dwconv.dnnl_depthwise(x, W, layout="NCDHW", strategy=strategy)  # type: ignore[arg-type]
        assert y.shape == (0, 6, 3, 5, 7)


LARGE = Case(
    channels=3, size=(9, 70, 130), kernel=(3, 3, 3), padding=1, layout="NCDHW", integers=False
)


@pytest.mark.parametrize("strategy", ["planar", "tiled"])
@pytest.mark.parametrize("layout", ["NCDHW", "NDHWC"])
@pytest.mark.parametrize("channels", [1, 3, 37])
@pytest.mark.parametrize("stride", [1, (1, 2, 2)], ids=str)
def test_result_does_not_depend_on_threads(
    strategy: str, layout: str, channels: int, stride: Any
) -> None:
    """Nor on where a volume is cut: this one is, between planes and between rows."""
    changes = {"layout": layout, "channels": channels, "strategy": strategy, "stride": stride}
    case = replace(LARGE, **changes, threads=1)
    case.check()
    x, w, bias = case.arrays()
    whole = case.run(x, w, bias, None)
    for threads in (2, 3, 8):
        y = replace(case, threads=threads).run(x, w, bias, None)
        np.testing.assert_array_equal(y, whole)


@pytest.mark.parametrize("x_order", ["strided", "cropped", "reversed", "fortran", "broadcast"])
def test_any_strides(x_order: str) -> None:
    """Volumes that are gathered slab by slab; some are made of padding alone."""
    case = replace(LARGE, channels=20, size=(30, 20, 40), padding=((50, 40), 2, 1), bias=True)
    replace(case, x_order=x_order, out_order="strided", activation=("swish", None, None)).check()
