"""Convolution in one dimension: what it shares with two, and what is its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
import reference
from case import Case
from helpers.memory import arrange

RNG = np.random.default_rng(1)
X = RNG.integers(-8, 9, (2, 6, 40)).astype(np.float32)
W = RNG.integers(-8, 9, (6, 5)).astype(np.float32)


@pytest.mark.parametrize(
    "keywords",
    [
        {},
        {"stride": 2, "padding": 3},
        {"dilation": (3,), "padding": ((1, 2),)},
        {"padding": "same", "stride": [3]},
        {"padding": [[7, 9]], "activation": "relu"},
    ],
    ids=str,
)
def test_is_that_of_height_one(keywords: dict[str, Any]) -> None:
    """To the last bit, and by the same entry of the cache."""

    def planar(value: Any, other: Any) -> Any:
        return value if isinstance(value, str) else (other, *np.broadcast_to(value, 1).tolist())

    given = {name: keywords.get(name, 1) for name in ("stride", "dilation")}
    wide: dict[str, Any] = {name: planar(value, 1) for name, value in given.items()}
    padding = keywords.get("padding", 0)
    wide["padding"] = (0, padding if isinstance(padding, int) else padding[0])
    if isinstance(padding, str):
        wide["padding"] = padding
    wide["activation"] = keywords.get("activation")
    expected = dwconv.dnnl_depthwise(X[:, :, None], W[:, None], **wide)
    before = dwconv.cache_info().misses
    y = dwconv.dnnl_depthwise(X, W, layout="NCW", **keywords)
    assert dwconv.cache_info().misses == before
    np.testing.assert_array_equal(y, expected[:, :, 0])


@pytest.mark.parametrize("stride", [1, 2, 3, 7, 41])
@pytest.mark.parametrize("dilation", [1, 2, 13])
def test_causal_sees_nothing_of_the_future(stride: int, dilation: int) -> None:
    keywords: dict[str, Any] = {"stride": stride, "dilation": dilation, "layout": "NCW"}
    y = dwconv.dnnl_depthwise(X, W, padding="causal", **keywords)
    low = ((W.shape[1] - 1) * dilation, 0)
    np.testing.assert_array_equal(y, dwconv.dnnl_depthwise(X, W, padding=(low,), **keywords))
    np.testing.assert_array_equal(y, reference.depthwise(X, W, padding="causal", **keywords))
    assert y.shape[2] == -(-X.shape[2] // stride)
    known = 17
    future = np.array(X)
    future[:, :, known:] = np.nan
    early = -(-known // stride)
    again = dwconv.dnnl_depthwise(future, W, padding="causal", **keywords)
    np.testing.assert_array_equal(again[:, :, :early], y[:, :, :early])


@pytest.mark.parametrize("layout", ["NCW", "NWC", "CW", "WC"])
@pytest.mark.parametrize("multiplier", [1, 3])
def test_layouts_and_forms_of_weights(layout: str, multiplier: int) -> None:
    x = reference.from_channels_first(X, layout)
    w = RNG.integers(-8, 9, (6, multiplier, 1, 5)).astype(np.float32)
    expected = reference.depthwise(x, w, layout=layout)
    forms = [w, w.reshape(6 * multiplier, 1, 5)] + ([w[:, 0, 0]] if multiplier == 1 else [])
    for form in forms:
        y = dwconv.dnnl_depthwise(x, form, layout=layout)
        np.testing.assert_array_equal(y, expected)
        plan = dwconv.Plan(x, form, layout=layout)
        assert plan.output_shape == expected.shape
        np.testing.assert_array_equal(plan(x), expected)
        np.testing.assert_array_equal(dwconv.reference.depthwise(x, form, layout=layout), expected)


def test_channels_last_memory_stays() -> None:
    """A transposed NWC array gives a result in its memory order."""
    x = np.ascontiguousarray(X.transpose(0, 2, 1)).transpose(0, 2, 1)
    y = dwconv.dnnl_depthwise(x, W, layout="NCW")
    np.testing.assert_array_equal(y, reference.depthwise(X, W, layout="NCW"))
    assert y.transpose(0, 2, 1).flags.c_contiguous


def test_plan_tells_the_problem_in_one_dimension() -> None:
    plan = dwconv.Plan((8, 256, 1000), np.ones((256, 31), np.float32), padding=15, layout="NCW")
    assert plan.problem == "n8c256i1000k31p15"
    assert plan.input_shape == plan.output_shape == (8, 256, 1000)
    cost = dwconv.flops.depthwise((8, 256, 1000), (256, 31), padding=15, layout="NCW")
    assert (plan.flops, plan.nbytes) == (cost.flops, cost.nbytes)
    assert plan.flops == 2 * 8 * 256 * 1000 * 31
    causal = dwconv.Plan(X, W, padding="causal", dilation=2, layout="NCW")
    assert causal.problem == "n2c6i40k5d2p8:0"
    cost = dwconv.flops.depthwise(X, W, padding="causal", dilation=2, layout="NCW")
    assert causal.flops == cost.flops


def test_plan_runs_arrays_of_another_order() -> None:
    plan = dwconv.Plan(X.shape, W, layout="NCW")
    expected = reference.depthwise(X, W, layout="NCW")
    other = np.array(X[:, ::-1], order="C")[:, ::-1]
    np.testing.assert_array_equal(plan(other), expected)
    np.testing.assert_array_equal(plan(np.array(X, order="F")), expected)


def test_tuned_plan() -> None:
    plan = dwconv.Plan(X, W, layout="NCW", tune=True)
    np.testing.assert_array_equal(plan(X), reference.depthwise(X, W, layout="NCW"))


def test_grouped_plan() -> None:
    w = RNG.integers(-8, 9, (4, 3, 5)).astype(np.float32)
    plan = dwconv.Plan.conv(X, w, groups=2, layout="NCW", padding="causal")
    assert plan.problem == "n2c6g2m2i40k5p4:0"
    y = dwconv.dnnl_conv(X, w, groups=2, layout="NCW", padding="causal")
    np.testing.assert_array_equal(plan(X), y)


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("kernel", [3, 63, 500])
@pytest.mark.parametrize("activation", [None, "swish"])
def test_a_long_sequence_is_cut_into_pieces(channels: int, kernel: int, activation: Any) -> None:
    """The result does not depend on where: of how many threads it is that of one."""
    layout = "NWC"
    x = RNG.standard_normal((1, 50_021, channels), dtype=np.float32)
    w = RNG.standard_normal((channels, kernel), dtype=np.float32)
    keywords: dict[str, Any] = {"layout": layout, "padding": "same", "activation": activation}
    whole = dwconv.dnnl_depthwise(x, w, threads=1, **keywords)
    for threads in (2, 3, 8):
        y = dwconv.dnnl_depthwise(x, w, threads=threads, **keywords)
        np.testing.assert_array_equal(y, whole)
    Case(size=(50_021,), kernel=(kernel,), channels=channels, layout=layout, padding="same").check()


@pytest.mark.parametrize("width", [7, 9_001])
@pytest.mark.parametrize("padding", ["same", ((40, 3),)], ids=str)
@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(3, 1, 1), (31, 1, 1), (5, 3, 2)])
def test_direct_cuts_a_sequence_too(
    width: int, padding: Any, kernel: int, stride: int, dilation: int
) -> None:
    """Even where some of the result is made of padding alone."""
    keywords: dict[str, Any] = {"stride": stride, "dilation": dilation, "padding": padding}
    for channels, threads in ((16, 2), (20, 3)):
        case = Case(
            size=(width,),
            kernel=(kernel,),
            channels=channels,
            layout="NWC",
            strategy="direct",
            threads=threads,
            bias=True,
            **keywords,
        )
        # oneDNN has no fast kernel for some of the others.
        assert case.check().strategy == "direct" or kernel > 3


@pytest.mark.parametrize("order", ["C", "unaligned"])
@pytest.mark.parametrize("offset", [0, 1])
def test_a_result_beyond_the_caches(order: str, offset: int) -> None:
    """It is written another way than its parts are, if they fit."""
    channels, width = 2_060, 4_099
    assert 4 * channels * width > 32 * 2**20
    x = RNG.standard_normal((channels, width), dtype=np.float32)
    w = RNG.standard_normal((channels, 4), dtype=np.float32)
    keywords: dict[str, Any] = {"padding": "causal", "layout": "CW", "activation": "relu"}
    memory = np.full(channels * width + offset, np.nan, np.float32)
    out = arrange(memory, order)[offset:].reshape(x.shape)
    dwconv.dnnl_depthwise(x, w, out=out, strategy="planar", **keywords)
    for begin in range(0, channels, 64):
        part = slice(begin, begin + 64)
        y = dwconv.dnnl_depthwise(x[part], w[part], strategy="planar", **keywords)
        np.testing.assert_array_equal(out[part], y)


def test_dense_memory_is_computed_as_it_lies() -> None:
    assert dwconv.Plan((2, 6, 40), W, layout="NCW").strategy == "planar"
    assert dwconv.Plan((2, 40, 6), W, layout="NWC").strategy in ("planar", "direct")
