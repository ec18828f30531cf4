"""Activations: their values on every strategy, their parameters, and their place in the epilogue."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import dwconv
import tolerance
from cases import ACTIVATIONS
from helpers.activations import activate

STRATEGIES = ("direct", "tiled", "planar", "reordered")
NAMES = sorted({kind for kind, _, _ in ACTIVATIONS})


def values() -> np.ndarray:
    """A grid through the bends, points next to them, the tails, and numbers below the normal range."""
    near = np.array([0.0, 6.0, -3.0, 3.0, 20.0, 1.0, -1.0], np.float32)
    beside = [np.nextafter(near, np.float32(side)) for side in (-100, 100)]
    tails = np.array(
        [1e-3, 1e-10, 1e-38, 1e-42, 50.0, 87.0, 88.0, 89.0, 104.0, 1e4, 1e10, 1e30], np.float32
    )
    grid = np.linspace(-12, 12, 481, dtype=np.float32)
    flat = np.concatenate([grid, near, *beside, tails, -tails])
    return np.resize(flat, (1, 6, -(-flat.size // 96), 16))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_values(activation: tuple[str, float | None, float | None], strategy: str) -> None:
    # A kernel of one tap: what reaches the activation is exactly x, so all error is its own.
    x = values()
    w = np.ones((16, 1, 1), np.float32)
    y = dwconv.dnnl_depthwise(
        x, w, layout="NHWC", strategy=strategy, activation=dwconv.Activation(*activation)
    )
    before = x.astype(np.float64)
    after = activate(before, activation)
    bound = (
        tolerance.own_error(before, after, activation)
        + tolerance.EPS * np.abs(after)
        + tolerance.TINY
    )
    worst = np.argmax(np.abs(y - after) / bound)
    assert np.all(np.abs(y - after) <= bound), (x.flat[worst], y.flat[worst], after.flat[worst])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_comes_after_the_bias(strategy: str) -> None:
    x = np.full((1, 4, 4, 8), -2, np.float32)
    w = np.ones((8, 1, 1), np.float32)
    bias = np.arange(8, dtype=np.float32)
    y = dwconv.dnnl_depthwise(x, w, bias, layout="NHWC", strategy=strategy, activation="relu")
    np.testing.assert_array_equal(y[0, 0, 0], [0, 0, 0, 1, 2, 3, 4, 5])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_applies_where_padding_alone_makes_the_result(strategy: str) -> None:
    x = np.ones((1, 3, 3, 8), np.float32)
    w = np.ones((8, 3, 3), np.float32)
    bias = np.full(8, -3, np.float32)
    keywords: dict[str, Any] = {"layout": "NHWC", "padding": 2}
    y = dwconv.dnnl_depthwise(x, w, bias, strategy=strategy, activation="elu", **keywords)
    np.testing.assert_allclose(y[0, 0, 0], np.expm1(np.float32(-2)), rtol=1e-6)
    deep = dwconv.dnnl_depthwise(x, w, bias, activation="elu", layout="NHWC", padding=5)
    np.testing.assert_allclose(deep[0, 0, 0], np.expm1(np.float32(-3)), rtol=1e-6)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "clip"])
def test_name_means_the_defaults(name: str) -> None:
    x = values()
    w = np.ones((6, 1, 1), np.float32)
    y = dwconv.dnnl_depthwise(x, w, activation=name)
    np.testing.assert_array_equal(
        y, dwconv.dnnl_depthwise(x, w, activation=dwconv.Activation(name))
    )


@pytest.mark.parametrize(
    ("made", "kind", "alpha", "beta"),
    [
        (("relu",), "relu", None, None),
        (("relu6",), "clip", 0, 6),
        (("clip", -1, 2.5), "clip", -1, 2.5),
        (("leaky_relu",), "leaky_relu", 0.01, None),
        (("leaky_relu", 0.25), "leaky_relu", 0.25, None),
        (("sigmoid",), "sigmoid", None, None),
        (("tanh",), "tanh", None, None),
        (("swish",), "swish", 1, None),
        (("silu", 2), "swish", 2, None),
        (("hardswish",), "hardswish", 1 / 6, 1 / 2),
        (("hardswish", None, 0.25), "hardswish", 1 / 6, 0.25),
        (("gelu",), "gelu_erf", None, None),
        (("gelu_erf",), "gelu_erf", None, None),
        (("gelu_tanh",), "gelu_tanh", None, None),
        (("elu",), "elu", 1, None),
    ],
)
def test_parameters(
    made: tuple[Any, ...], kind: str, alpha: float | None, beta: float | None
) -> None:
    activation = dwconv.Activation(*made)
    assert activation.kind == kind
    for given, expected in ((activation.alpha, alpha), (activation.beta, beta)):
        # Kept in single precision.
        assert given == (None if expected is None else float(np.float32(expected)))


def test_equality_and_hash() -> None:
    same = [
        dwconv.Activation("clip", 0, 6),
        dwconv.Activation("relu6"),
        dwconv.Activation("clip", -0.0, 6.0),
    ]
    different = [
        dwconv.Activation("relu"),
        dwconv.Activation("clip", 0, 7),
        dwconv.Activation("clip", 1, 6),
        dwconv.Activation("swish", 6),
        dwconv.Activation("elu", 6),
    ]
    assert len(set(same)) == 1
    assert len(set(same + different)) == 1 + len(different)
    assert dwconv.Activation("relu") != "relu"
    assert dwconv.Activation("silu") == dwconv.Activation("swish", alpha=1)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_repr_makes_it_again(activation: tuple[Any, ...]) -> None:
    made = dwconv.Activation(*activation)
    assert eval(repr(made), {"Activation": dwconv.Activation}) == made


@pytest.mark.parametrize("name", ["kind", "alpha", "beta", "anything"])
def test_immutable(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(dwconv.Activation("elu"), name, 1)


@pytest.mark.parametrize("kind", ["leaky_relu", "elu", "swish"])
def test_parameter_reaches_the_kernel(kind: str) -> None:
    x = np.full((1, 1, 2, 2), -2, np.float32)
    w = np.ones((1, 1, 1), np.float32)
    seen = {
        float(dwconv.dnnl_depthwise(x, w, activation=dwconv.Activation(kind, alpha))[0, 0, 0, 0])
        for alpha in (0.125, 0.25, 0.5)
    }
    assert len(seen) == 3


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_survives_pickle_and_copy(activation: tuple[str, float | None, float | None]) -> None:
    made = dwconv.Activation(*activation)
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made
