"""How a plan may be called: without a way through Python, and yet as its `__call__` reads."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import dwconv
from dwconv import _core

X, W = np.ones((1, 2, 5, 5), np.float32), np.ones((2, 3, 3), np.float32)
Y = np.full((1, 2, 3, 3), 9, np.float32)


@pytest.fixture
def plan() -> dwconv.Plan:
    return dwconv.Plan(X, W)


def test_ways_of_giving_the_arguments(plan: dwconv.Plan) -> None:
    ways: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((X,), {}),
        ((X, None), {}),
        ((X,), {"out": None}),
        ((), {"x": X}),
        ((), {"out": None, "x": X}),
    ]
    for arguments, keywords in ways:
        np.testing.assert_array_equal(plan(*arguments, **keywords), Y)
    out = np.empty_like(Y)
    ways = [((X, out), {}), ((X,), {"out": out}), ((), {"x": X, "out": out})]
    for arguments, keywords in ways:
        out[:] = 0
        assert plan(*arguments, **keywords) is out
        np.testing.assert_array_equal(out, Y)


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [((), {}), ((X, None, 1), {}), ((X,), {"dst": Y}), ((X, Y), {"out": Y}), ((), {"out": Y})],
    ids=["none", "three", "unknown", "twice", "no-x"],
)
def test_wrong_arguments_are_refused_as_by_the_function(
    plan: dwconv.Plan, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    with pytest.raises(TypeError) as by_call:
        plan(*arguments, **keywords)
    with pytest.raises(TypeError) as by_function:
        dwconv.Plan.__call__(plan, *arguments, **keywords)
    assert str(by_call.value) == str(by_function.value)


def test_tells_its_signature(plan: dwconv.Plan) -> None:
    assert list(inspect.signature(plan).parameters) == ["x", "out", "add"]
    assert "out : ndarray" in (inspect.getdoc(plan.__call__) or "")
    assert callable(plan)


def test_a_class_may_have_a_call_of_its_own() -> None:
    class Inherits(dwconv.Plan):
        pass

    class Doubles(dwconv.Plan):
        def __call__(self, x: Any, out: Any = None) -> Any:
            return 2 * super().__call__(x, out)

    np.testing.assert_array_equal(Inherits(X, W)(X), Y)
    np.testing.assert_array_equal(Doubles(X, W)(X), 2 * Y)


def test_another_function_may_take_its_place(
    plan: dwconv.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dwconv.Plan, "__call__", lambda self, x, out=None: "other")
    assert plan(X) == "other"
    monkeypatch.undo()
    np.testing.assert_array_equal(plan(X), Y)


def test_a_plan_without_init_is_refused() -> None:
    with pytest.raises(AttributeError, match="_plan"):
        dwconv.Plan.__new__(dwconv.Plan)(X)
    for kind in (_core.Plan, _core.SeparablePlan):
        with pytest.raises(TypeError):
            kind.__new__(kind).execute(X, None)
    with pytest.raises(TypeError):
        _core.Plan.execute(W, X, None)  # type: ignore[arg-type]  # for its error


def test_functions_of_the_core_take_all_their_arguments(plan: dwconv.Plan) -> None:
    with pytest.raises(TypeError, match="expected 2 positional arguments"):
        plan._plan.execute(X)  # type: ignore[call-arg]  # for its error
    with pytest.raises(TypeError, match="expected 9 positional arguments"):
        _core.conv(X, W)  # type: ignore[call-arg]  # for its error
    with pytest.raises(TypeError, match="expected Options"):
        _core.conv(X, W, None, None, None, None, None, 0, None)  # type: ignore[arg-type]  # for its error
