"""`out=`: returned, filled whatever its memory, and nothing else written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import dwconv
from case import Case
from helpers.memory import OUT_ORDERS, arrange

BASE = Case(batch=2, channels=17, size=(9, 11), padding=1, bias=True)


@pytest.mark.parametrize("strategy", [None, "tiled", "reordered"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC", "CHW", "HWC"])
@pytest.mark.parametrize("order", OUT_ORDERS)
def test_any_memory(order: str, layout: str, strategy: str | None) -> None:
    for x_order in ("C", "transposed"):
        replace(BASE, layout=layout, x_order=x_order, out_order=order, strategy=strategy).check()


@pytest.mark.parametrize("order", ["strided", "cropped"])
def test_gaps_are_left_alone(order: str) -> None:
    case = replace(BASE, out_order=order)
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    out = case.output(expected)
    assert out is not None
    parent = out.base
    assert parent is not None
    dwconv.dnnl_depthwise(x, w, bias, out=out, **case.keywords())
    assert np.count_nonzero(~np.isnan(parent)) == out.size


def test_plan_writes_out() -> None:
    x, w, bias = BASE.arrays()
    plan = dwconv.Plan(x, w, bias, padding=1)
    for order in OUT_ORDERS:
        out = arrange(np.full(plan.output_shape, np.nan, np.float32), order)
        assert plan(x, out=out) is out
        np.testing.assert_array_equal(out, plan(x))


def test_subclass_is_returned_itself(tmp_path: pytest.TempPathFactory) -> None:
    x, w, bias = BASE.arrays()
    expected = dwconv.dnnl_depthwise(x, w, bias, padding=1)
    out = np.memmap(f"{tmp_path}/out", dtype=np.float32, mode="w+", shape=expected.shape)
    assert dwconv.dnnl_depthwise(x, w, bias, padding=1, out=out) is out
    np.testing.assert_array_equal(out, expected)


def test_disjoint_parts_of_one_buffer() -> None:
    """Interleaved with x, and yet apart from it."""
    buffer = np.ones((2, 8, 10, 20), np.float32)
    x, out = buffer[..., ::2], buffer[..., 1::2]
    dwconv.dnnl_depthwise(x, np.full((8, 1, 1), 3, np.float32), out=out)
    assert (out == 3).all()
    assert (x == 1).all()


def test_next_to_x_in_memory() -> None:
    buffer = np.ones(2 * 800, np.float32)
    x, out = buffer[:800].reshape(1, 8, 10, 10), buffer[800:].reshape(1, 8, 10, 10)
    dwconv.dnnl_depthwise(x, np.full((8, 1, 1), 3, np.float32), out=out)
    assert (out == 3).all()
    assert (x == 1).all()


def test_a_refused_call_writes_nothing() -> None:
    x, w, bias = BASE.arrays()
    out = np.full(dwconv.Plan(x, w, bias, padding=1).output_shape, 7, np.float32)
    for wrong in (
        {"padding": 2},
        {"stride": 0},
        {"activation": "no such"},
        {"strategy": "direct"},
        {"threads": 0},
    ):
        with pytest.raises((ValueError, NotImplementedError)):
            dwconv.dnnl_depthwise(x, w, bias, **{"padding": 1, **wrong}, out=out)
        assert (out == 7).all()
