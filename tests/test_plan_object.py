"""A plan as Python sees it: copied, referred to weakly, pickled, and shown when it was never made."""

from __future__ import annotations

import copy
import pickle
import weakref

import numpy as np
import pytest

import dwconv
from dwconv._backward import BackwardWeightsPlan
from helpers.refusals import assert_refused, ones

PLANS = {
    "Plan": dwconv.Plan((1, 2, 5, 5), ones(2, 3, 3)),
    "BackwardWeightsPlan": dwconv.Plan.backward_weights((1, 2, 5, 5), (2, 3, 3)),
}


@pytest.mark.parametrize("name", PLANS)
def test_copies_are_the_plan_itself(name: str) -> None:
    plan = PLANS[name]
    assert copy.copy(plan) is plan
    assert copy.deepcopy({"plan": plan})["plan"] is plan


@pytest.mark.parametrize("name", PLANS)
def test_cannot_be_pickled(name: str) -> None:
    text = (
        f"a dwconv.{name} cannot be pickled, as it holds machine code; "
        "pickle the arguments, and make it from them where it is needed"
    )
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert_refused(TypeError, text, pickle.dumps, PLANS[name], protocol)


def test_weak_references() -> None:
    plan = dwconv.Plan((1, 2, 5, 5), ones(2, 3, 3))
    held = weakref.ref(plan)
    found = held()
    assert found is not None
    np.testing.assert_array_equal(found(ones(1, 2, 5, 5)), plan(ones(1, 2, 5, 5)))
    del found, plan
    assert held() is None


@pytest.mark.parametrize("kind", [dwconv.Plan, BackwardWeightsPlan])
def test_one_that_was_never_made(kind: type) -> None:
    plan = kind.__new__(kind)
    assert repr(plan) == f"<dwconv.{kind.__name__} not made>"
    with pytest.raises(AttributeError, match="_plan"):
        plan(ones(1, 2, 5, 5), ones(1, 2, 3, 3))
