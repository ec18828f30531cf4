"""What is said of an activation that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, assert_refused, ones

X, W = ones(1, 32, 8, 8), ones(32, 3, 3)
KINDS = (
    "one of 'relu', 'relu6', 'clip', 'leaky_relu', 'sigmoid', 'tanh', 'swish', 'silu', 'hardswish', "
    "'gelu', 'gelu_erf', 'gelu_tanh', 'elu'"
)


def refuse(kind: type[Exception], argument: str, text: str, **keywords: Any) -> None:
    assert_both_doors_refuse(kind, f"argument `{argument}`: {text}", X, W, **keywords)


@pytest.mark.parametrize("value", ["RELU", "", "none", "softmax"])
def test_activation(value: str) -> None:
    text = f"expected {KINDS}; got '{value}'"
    refuse(dwconv.InvalidArgument, "activation", text, activation=value)
    assert_refused(
        dwconv.InvalidArgument, f"argument `activation`: {text}", dwconv.Activation, value
    )


def test_name_that_is_no_unicode() -> None:
    """A lone surrogate has no UTF-8 form; it is shown escaped."""
    text = f"expected {KINDS}; got 'NCH\\ud800'"
    refuse(dwconv.InvalidArgument, "activation", text, activation="NCH\ud800")


def test_clip_by_its_name_alone() -> None:
    text = (
        "expected dwconv.Activation('clip', alpha, beta), since clip needs both bounds; got 'clip'"
    )
    refuse(dwconv.InvalidArgument, "activation", text, activation="clip")


@pytest.mark.parametrize("value", [1, True, ("relu",), b"relu"], ids=repr)
def test_type_of_activation(value: Any) -> None:
    text = f"expected None, a name or a dwconv.Activation; got {value!r}"
    refuse(dwconv.InvalidType, "activation", text, activation=value)


@pytest.mark.parametrize("value", [1, None, b"relu"], ids=repr)
def test_type_of_kind(value: Any) -> None:
    text = f"argument `kind`: expected a str; got {value!r}"
    assert_refused(dwconv.InvalidType, text, dwconv.Activation, value)


@pytest.mark.parametrize("value", ["1", True, np.True_, [1.0], 1j, np.ones(3)], ids=repr)
def test_type_of_parameters(value: Any) -> None:
    text = f"expected None or a number; got {value!r}"
    assert_refused(dwconv.InvalidType, f"argument `alpha`: {text}", dwconv.Activation, "elu", value)
    assert_refused(
        dwconv.InvalidType, f"argument `beta`: {text}", dwconv.Activation, "clip", 0, value
    )


@pytest.mark.parametrize(
    "kind", ["relu", "relu6", "sigmoid", "tanh", "gelu", "gelu_erf", "gelu_tanh"]
)
def test_parameters_that_the_kind_does_not_have(kind: str) -> None:
    text = f"expected no value, since {kind} has no such parameter; got 2"
    assert_refused(dwconv.InvalidArgument, f"argument `alpha`: {text}", dwconv.Activation, kind, 2)
    assert_refused(
        dwconv.InvalidArgument, f"argument `beta`: {text}", dwconv.Activation, kind, None, 2
    )


@pytest.mark.parametrize("kind", ["leaky_relu", "swish", "elu"])
def test_second_parameter_that_the_kind_does_not_have(kind: str) -> None:
    text = f"argument `beta`: expected no value, since {kind} has no such parameter; got 0.5"
    assert_refused(dwconv.InvalidArgument, text, dwconv.Activation, kind, 1, 0.5)


@pytest.mark.parametrize(
    ("arguments", "lacks"), [((), "alpha"), ((None, 1), "alpha"), ((1,), "beta")]
)
def test_clip_needs_both(arguments: tuple, lacks: str) -> None:
    text = f"argument `{lacks}`: expected a number, which clip needs; got None"
    assert_refused(dwconv.InvalidArgument, text, dwconv.Activation, "clip", *arguments)


@pytest.mark.parametrize(
    ("value", "name"), [(np.inf, "inf"), (-np.inf, "-inf"), (np.nan, "nan"), (1e39, "1e+39")]
)
def test_parameters_are_finite_in_float32(value: float, name: str) -> None:
    text = f"expected a finite number; got {name}"
    assert_refused(
        dwconv.InvalidArgument, f"argument `alpha`: {text}", dwconv.Activation, "elu", value
    )
    assert_refused(
        dwconv.InvalidArgument, f"argument `beta`: {text}", dwconv.Activation, "clip", 0, value
    )


def test_parameter_that_no_float_can_hold() -> None:
    text = "argument `alpha`: expected a finite number; got an int too large for a float"
    assert_refused(dwconv.InvalidArgument, text, dwconv.Activation, "elu", 10**400)


def test_parameter_whose_own_conversion_fails() -> None:
    class Broken:
        def __float__(self) -> float:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        dwconv.Activation("elu", Broken())  # type: ignore[arg-type]  # for its error


def test_clip_with_its_bounds_exchanged() -> None:
    text = "argument `alpha`: expected a lower bound of at most beta = 1; got 2"
    assert_refused(dwconv.InvalidArgument, text, dwconv.Activation, "clip", 2, 1)


def test_activation_that_was_not_made() -> None:
    """`__init__` has not been called, so that there is nothing in it."""
    bare = dwconv.Activation.__new__(dwconv.Activation)
    text = r"^__init__\(\) of this object was not called$"
    mix = ones(4, 32)
    calls: list[Callable[[], object]] = [
        lambda: bare.kind,
        lambda: bare == dwconv.Activation("relu"),
        lambda: dwconv.dnnl_depthwise(X, W, activation=bare),
        lambda: dwconv.Plan(X, W, activation=bare),
        lambda: dwconv.dnnl_separable(X, W, mix, depthwise_activation=bare),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=text):
            call()
