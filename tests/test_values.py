"""Random problems in random memory against the float64 reference."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

import dwconv
from case import Case
from cases import cases, random_case


@settings(max_examples=400)
@given(cases())
def test_function_equals_reference(case: Case) -> None:
    case.check()


def test_function_equals_reference_in_many_cases() -> None:
    """More of the same recipe, without the time that Hypothesis takes to draw from it."""
    for index in range(1600):
        case = random_case(0, index)
        try:
            case.check()
        except AssertionError as error:
            raise AssertionError(f"{case}\n{error}") from error


@settings(max_examples=600)
@given(cases())
def test_plan_equals_reference(case: Case) -> None:
    if case.strategy == "direct":
        # Old processors lack some kernels: then by the library's own choice.
        case = case.check()
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    plan = case.make_plan(x, w, bias)
    out = case.output(expected)
    case.assert_matches(case.run_plan(plan, x, out), expected, x, w, bias)
    if case.strategy != "direct":
        # Planned for another memory order than it is called with.
        plan = dwconv.Plan(x.shape, w, bias, **case.plan_keywords())
        case.assert_matches(case.run_plan(plan, x), expected, x, w, bias)


@settings(max_examples=300)
@given(cases())
def test_strategies_agree_bitwise_on_integers(case: Case) -> None:
    x, w, bias = case.arrays()
    # In three dimensions, `reordered` is refused.
    strategies = (None, "tiled") if len(case.size) == 3 else (None, "tiled", "reordered")
    first, *others = (
        dwconv.dnnl_depthwise(x, w, bias, **case.geometry, strategy=strategy)
        for strategy in strategies
    )
    if case.integers:
        for other in others:
            np.testing.assert_array_equal(first, other)
