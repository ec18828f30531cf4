"""Any memory goes in, nothing given is written, and the result lies as documented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import dwconv
from case import Case
from cases import BIAS_ORDERS
from helpers.memory import ORDERS, arrange

BASE = Case(batch=2, channels=17, size=(9, 11), padding=1, bias=True)
CHANNELS_FIRST = ("NCHW", "CHW")


def channels_last(array: np.ndarray) -> np.ndarray:
    """A channels-first array seen channels-last."""
    return np.moveaxis(array, -3, -1)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC", "CHW", "HWC"])
@pytest.mark.parametrize("order", ORDERS)
def test_x_in_any_memory(order: str, layout: str) -> None:
    replace(BASE, layout=layout, x_order=order).check()


@pytest.mark.parametrize("rank", [3, 4, 5])
@pytest.mark.parametrize("order", ORDERS)
def test_w_in_any_memory(order: str, rank: int) -> None:
    replace(BASE, weights_rank=rank, w_order=order).check()


@pytest.mark.parametrize("order", ORDERS)
def test_w_with_a_multiplier_in_any_memory(order: str) -> None:
    replace(BASE, weights_rank=5, multiplier=3, w_order=order).check()
    replace(BASE, weights_rank=4, multiplier=3, w_order=order).check()


@pytest.mark.parametrize("order", BIAS_ORDERS)
def test_bias_in_any_memory(order: str) -> None:
    replace(BASE, bias_order=order).check()


@pytest.mark.parametrize("strategy", [None, "tiled", "reordered"])
@pytest.mark.parametrize("order", ORDERS)
def test_inputs_are_never_written(order: str, strategy: str | None) -> None:
    case = replace(
        BASE, x_order=order, w_order=order, strategy=strategy, activation=("tanh", None, None)
    )
    arrays = case.arrays()
    before = [array.tobytes() for array in arrays if array is not None]
    dwconv.dnnl_depthwise(*arrays, **case.keywords())
    dwconv.Plan(*arrays, **case.keywords())(arrays[0])
    assert before == [array.tobytes() for array in arrays if array is not None]


@pytest.mark.parametrize("layout", ["NCHW", "NHWC", "CHW", "HWC"])
@pytest.mark.parametrize("order", ORDERS)
def test_memory_order_of_the_result(order: str, layout: str) -> None:
    """C order, unless x is channels-first in shape and dense channels-last in memory."""
    case = replace(BASE, layout=layout, x_order=order)
    x, w, bias = case.arrays()
    for y in (
        dwconv.dnnl_depthwise(x, w, bias, **case.keywords()),
        dwconv.Plan(x, w, bias, **case.keywords())(x),
    ):
        if layout in CHANNELS_FIRST and order == "transposed":
            assert not x.flags.c_contiguous
            assert channels_last(y).flags.c_contiguous
        else:
            assert y.flags.c_contiguous
        assert y.dtype.isnative
        assert y.flags.aligned
        assert y.flags.writeable
        assert type(y) is np.ndarray


@pytest.mark.parametrize(
    "shape", [(1, 1, 9, 11), (2, 17, 1, 1), (1, 1, 1, 1), (3, 5, 1, 7), (3, 5, 7, 1)]
)
def test_both_orders_at_once_give_c_order(shape: tuple[int, ...]) -> None:
    """Where sizes of 1 make the memory channels-last and C-contiguous, C order is the answer."""
    x = np.ones(shape, np.float32)
    y = dwconv.dnnl_depthwise(x, np.ones((shape[1], 3, 3), np.float32), padding=2)
    assert y.flags.c_contiguous


def test_strides_of_dimensions_of_size_one_say_nothing() -> None:
    x = np.arange(60, dtype=np.float32).reshape(1, 3, 4, 5)
    odd = np.lib.stride_tricks.as_strided(x, x.shape, (4096, *x.strides[1:]))
    w = np.ones((3, 3, 3), np.float32)
    np.testing.assert_array_equal(dwconv.dnnl_depthwise(odd, w), dwconv.dnnl_depthwise(x, w))


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_empty_batch_gives_an_empty_result(layout: str) -> None:
    case = replace(BASE, batch=0, layout=layout)
    x, w, bias = case.arrays()
    y = dwconv.dnnl_depthwise(x, w, bias, **case.keywords())
    assert y.shape == case.expected(x, w, bias).shape
    assert y.size == 0
    out = np.empty_like(y)
    assert dwconv.Plan(x, w, bias, **case.keywords())(x, out=out) is out


def test_results_do_not_share_memory() -> None:
    x, w, bias = BASE.arrays()
    plan = dwconv.Plan(x, w, bias, padding=1)
    first, second = plan(x), plan(x)
    first[...] = 0
    assert second.any()
    assert not np.shares_memory(first, second)


def test_a_result_can_be_the_next_input() -> None:
    """A chain in channels-last memory stays in it."""
    x = arrange(np.ones((2, 8, 10, 10), np.float32), "transposed")
    w = np.ones((8, 3, 3), np.float32)
    plan = dwconv.Plan(x, w, padding=1)
    y = plan(plan(x))
    assert channels_last(y).flags.c_contiguous
    assert plan.strategy in ("direct", "planar")  # neither makes a copy
