"""Plans: what they say of themselves, that they are fixed once made, and that any array will do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
import reference
from helpers.memory import OUT_ORDERS, arrange


def integers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(np.float32)


def channels_last(*shape: int) -> np.ndarray:
    """An NCHW array in dense channels-last memory."""
    return arrange(integers(*shape), "transposed")


PROBLEMS = [
    ((1, 32, 112, 112), (32, 3, 3), {"padding": 1}, "n1c32i112x112k3x3p1"),
    ((2, 3, 8, 9), (3, 1, 2), {}, "n2c3i8x9k1x2"),
    ((1, 4, 8, 8), (8, 1, 3, 3), {"stride": (2, 1)}, "n1c4m2i8x8k3x3s2x1"),
    ((1, 4, 8, 8), (4, 3, 1, 3, 3), {"dilation": 2, "stride": 2}, "n1c4m3i8x8k3x3s2d2"),
    ((1, 4, 8, 8), (4, 3, 3), {"padding": ((1, 2), (0, 1))}, "n1c4i8x8k3x3p1:2x0:1"),
    ((1, 4, 8, 8), (4, 3, 3), {"padding": (2, 1)}, "n1c4i8x8k3x3p2x1"),
    ((1, 4, 8, 8), (4, 2, 2), {"padding": "same"}, "n1c4i8x8k2x2p0:1"),
    ((1, 4, 8, 8), (4, 2, 2), {"padding": "same_lower"}, "n1c4i8x8k2x2p1:0"),
    ((1, 4, 8, 8), (4, 3, 3), {"padding": "valid", "dilation": (1, 3)}, "n1c4i8x8k3x3d1x3"),
    ((1, 4, 8, 8), (4, 3, 3), {"activation": "relu6"}, "n1c4i8x8k3x3+clip(0,6)"),
    ((1, 4, 8, 8), (4, 3, 3), {"activation": "relu"}, "n1c4i8x8k3x3+relu"),
]


@pytest.mark.parametrize(("shape", "w_shape", "keywords", "text"), PROBLEMS)
def test_problem_text(
    shape: tuple[int, ...], w_shape: tuple[int, ...], keywords: dict[str, Any], text: str
) -> None:
    assert dwconv.Plan(shape, integers(*w_shape), **keywords).problem == text


def test_problem_text_names_bias_before_activation() -> None:
    plan = dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3), integers(4), activation="silu")
    assert plan.problem == "n1c4i8x8k3x3+bias+swish(1)"


@pytest.mark.parametrize(
    ("layout", "input_shape", "output_shape"),
    [
        ("NCHW", (2, 4, 9, 8), (2, 12, 4, 3)),
        ("NHWC", (2, 9, 8, 4), (2, 4, 3, 12)),
        ("CHW", (4, 9, 8), (12, 4, 3)),
        ("HWC", (9, 8, 4), (4, 3, 12)),
    ],
)
def test_properties(
    layout: str, input_shape: tuple[int, ...], output_shape: tuple[int, ...]
) -> None:
    bias = integers(12)
    plan = dwconv.Plan(
        input_shape, integers(4, 3, 1, 3, 3), bias, layout=layout, stride=2, threads=1
    )
    outputs = int(np.prod(output_shape))
    assert plan.layout == layout
    assert plan.input_shape == input_shape
    assert plan.output_shape == output_shape
    assert plan.threads == 1
    assert plan.flops == 2 * outputs * 9
    assert plan.nbytes == 4 * (int(np.prod(input_shape)) + 12 * 9 + outputs + 12)
    # Of channels-last memory, a depth multiplier goes to our own kernels.
    assert plan.strategy == ("planar" if layout.endswith("C") else "tiled")
    assert plan.implementation


def test_threads_default_to_the_number_in_force() -> None:
    assert dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3)).threads == dwconv.get_num_threads()


@pytest.mark.parametrize(
    ("like", "layout", "strategy"),
    [
        ((1, 32, 56, 56), "NCHW", "tiled"),
        ((1, 56, 56, 32), "NHWC", "direct"),
        ((32, 56, 56), "CHW", "tiled"),
        ((56, 56, 32), "HWC", "direct"),
        (integers(1, 32, 20, 20), "NCHW", "tiled"),
        (channels_last(1, 32, 20, 20), "NCHW", "direct"),
        (channels_last(32, 20, 20), "CHW", "direct"),
        (arrange(integers(1, 20, 20, 32), "planar"), "NHWC", "tiled"),
        (arrange(integers(1, 20, 20, 32), "strided"), "NHWC", "tiled"),
    ],
)
def test_strategy_follows_memory_order(like: Any, layout: str, strategy: str) -> None:
    w = integers(32, 3, 3)
    assert dwconv.Plan(like, w, layout=layout, padding=1, stride=3).strategy == strategy


@pytest.mark.parametrize(
    ("like", "layout", "keywords", "strategy"),
    [
        ((1, 32, 56, 56), "NCHW", {}, "planar"),
        ((1, 32, 56, 56), "NCHW", {"stride": (2, 1)}, "planar"),
        ((1, 32, 56, 56), "NCHW", {"stride": (1, 2)}, "tiled"),
        ((1, 32, 56, 56), "NCHW", {"stride": 2}, "planar"),
        ((1, 32, 26, 26), "NCHW", {"stride": 2}, "planar"),
        ((1, 32, 26, 26), "NCHW", {"stride": 3}, "tiled"),
        ((1, 33, 7, 7), "NCHW", {}, "planar"),
        ((1, 33, 7, 7), "NCHW", {"dilation": (2, 1), "padding": (2, 1)}, "tiled"),
        ((1, 33, 4, 4), "NCHW", {}, "tiled"),
        ((1, 3, 56, 56), "NCHW", {"stride": 2}, "planar"),
        ((1, 56, 56, 3), "NHWC", {}, "planar"),
        ((1, 56, 56, 3), "NHWC", {"stride": 2}, "direct"),
        ((1, 56, 56, 1), "NHWC", {"stride": 2}, "planar"),
    ],
)
def test_strategy_follows_the_problem(
    like: tuple[int, ...], layout: str, keywords: dict[str, Any], strategy: str
) -> None:
    channels = like[layout.index("C")]
    options = {"padding": 1, **keywords}
    plan = dwconv.Plan(like, integers(channels, 3, 3), layout=layout, **options)
    assert plan.strategy == strategy


@pytest.mark.parametrize("kernel", [3, 5])
def test_larger_kernels_make_a_stride_worth_while(kernel: int) -> None:
    plan = dwconv.Plan((1, 32, 56, 56), integers(32, kernel, kernel), stride=3)
    assert plan.strategy == ("planar" if kernel == 5 else "tiled")


@pytest.mark.parametrize("strategy", ["direct", "tiled", "planar", "reordered"])
def test_forced_strategy(strategy: str) -> None:
    w = integers(16, 3, 3)
    plan = dwconv.Plan((1, 9, 9, 16), w, layout="NHWC", strategy=strategy)
    assert plan.strategy == strategy
    x = integers(1, 9, 9, 16)
    np.testing.assert_array_equal(plan(x), reference.depthwise(x, w, layout="NHWC"))


def test_like_may_be_a_list_of_sizes_and_of_numpy_integers() -> None:
    w = integers(4, 3, 3)
    assert dwconv.Plan([1, 4, 8, 8], w).input_shape == (1, 4, 8, 8)
    assert dwconv.Plan(tuple(np.array([1, 4, 8, 8])), w).input_shape == (1, 4, 8, 8)


@pytest.mark.parametrize("dtype", [None, "float32", np.float32, np.dtype("f4")])
def test_dtype_in_every_form(dtype: Any) -> None:
    plan = dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3), dtype=dtype, out_dtype=dtype)
    assert plan(integers(1, 4, 8, 8)).dtype == np.float32


@pytest.mark.parametrize("strategy", [None, "tiled", "reordered"])
@pytest.mark.parametrize("planned", ["C", "transposed", "strided"])
def test_array_of_another_memory_order(planned: str, strategy: str | None) -> None:
    x, w, bias = integers(2, 17, 7, 9), integers(17, 3, 2), integers(17)
    expected = reference.depthwise(x, w, bias, padding=1)
    plan = dwconv.Plan(arrange(x, planned), w, bias, padding=1, strategy=strategy)
    chosen = plan.strategy
    for order in OUT_ORDERS:
        np.testing.assert_array_equal(plan(arrange(x, order)), expected)
        out = arrange(np.full(expected.shape, np.nan, np.float32), order)
        assert plan(x, out=out) is out
        np.testing.assert_array_equal(out, expected)
    assert plan.strategy == chosen


@pytest.mark.parametrize("order", OUT_ORDERS)
def test_direct_plan_takes_any_memory_order(order: str) -> None:
    x, w = integers(2, 7, 9, 17), integers(17, 3, 2)
    plan = dwconv.Plan(x.shape, w, layout="NHWC", strategy="direct")
    np.testing.assert_array_equal(plan(arrange(x, order)), reference.depthwise(x, w, layout="NHWC"))
    assert plan.strategy == "direct"


def test_weights_are_taken_once() -> None:
    x, w, bias = integers(1, 8, 6, 6), integers(8, 3, 3), integers(8)
    for strategy in (None, "tiled", "planar", "reordered"):
        own_w, own_bias = w.copy(), bias.copy()
        plan = dwconv.Plan(x.shape, own_w, own_bias, strategy=strategy)
        own_w[...] = own_bias[...] = np.nan
        expected = reference.depthwise(x, w, bias)
        np.testing.assert_array_equal(plan(x), expected)
        # The variant for another memory order has weights of its own.
        np.testing.assert_array_equal(plan(arrange(x, "transposed")), expected)


@pytest.mark.parametrize(
    "name", ["strategy", "implementation", "output_shape", "flops", "nbytes", "problem", "anything"]
)
def test_immutable(name: str) -> None:
    plan = dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3))
    with pytest.raises(AttributeError):
        setattr(plan, name, 1)
    with pytest.raises(AttributeError):
        delattr(plan, name)


def test_outlives_a_cleared_cache() -> None:
    x, w = integers(1, 8, 6, 6), integers(8, 3, 3)
    plan = dwconv.Plan(x.shape, w)
    dwconv.cache_clear()
    np.testing.assert_array_equal(plan(x), reference.depthwise(x, w))


def test_empty_batch() -> None:
    plan = dwconv.Plan((0, 4, 8, 8), integers(4, 3, 3), padding=1)
    assert plan.output_shape == (0, 4, 8, 8)
    assert plan.flops == 0
    assert plan(np.empty((0, 4, 8, 8), np.float32)).shape == (0, 4, 8, 8)


def test_repr_tells_problem_and_strategy() -> None:
    plan = dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3))
    assert plan.problem in repr(plan)
    assert plan.strategy in repr(plan)


@pytest.mark.parametrize("order", ["C", "transposed", "strided"])
@pytest.mark.parametrize("problem", [((2, 8, 9, 9), 3), ((1, 3, 20, 30), 5), ((1, 33, 7, 7), 3)])
def test_a_tuned_plan_gives_the_same_result(
    problem: tuple[tuple[int, ...], int], order: str
) -> None:
    shape, kernel = problem
    x, w, bias = integers(*shape), integers(shape[1], kernel, kernel), integers(shape[1])
    x = arrange(x, order)
    plan = dwconv.Plan(x, w, bias, padding=1, stride=2, tune=True)
    assert plan.strategy in ("direct", "tiled", "planar")
    expected = reference.depthwise(x, w, bias, padding=1, stride=2)
    np.testing.assert_array_equal(plan(x), expected)
    np.testing.assert_array_equal(plan(np.ascontiguousarray(x)), expected)


def test_what_tuning_found_is_kept() -> None:
    dwconv.cache_clear()
    w = integers(4, 3, 3)
    first = dwconv.Plan((1, 4, 8, 8), w, tune=True)
    second = dwconv.Plan((1, 4, 8, 8), w + 1, tune=True)
    assert second.strategy == first.strategy
    assert dwconv.cache_info()[:2] == (1, 1)


def test_a_given_strategy_is_not_tuned() -> None:
    with pytest.raises(dwconv.InvalidArgument, match=r"argument `tune`: .* 'planar' to be tuned"):
        dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3), strategy="planar", tune=True)


@pytest.mark.parametrize("tune", [1, None, "yes"])
def test_tune_is_a_bool(tune: Any) -> None:
    with pytest.raises(dwconv.InvalidType, match="argument `tune`: expected a bool"):
        dwconv.Plan((1, 4, 8, 8), integers(4, 3, 3), tune=tune)
