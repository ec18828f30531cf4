"""What is said of a layout, strategy, dtype or number of threads that cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.refusals import assert_both_doors_refuse, assert_refused, ones

X, W = ones(1, 32, 8, 8), ones(32, 3, 3)
LAYOUTS = (
    "'NCHW', 'NHWC', 'CHW', 'HWC', 'NCW', 'NWC', 'CW', 'WC', 'NCDHW', 'NDHWC', 'CDHW' or 'DHWC'"
)
LARGEST = 2**31 - 1


def refuse(kind: type[Exception], argument: str, text: str, **keywords: Any) -> None:
    assert_both_doors_refuse(kind, f"argument `{argument}`: {text}", X, W, **keywords)


@pytest.mark.parametrize("value", ["nchw", "", "NC", "NCHWC", "WHCN", "NCHW "])
def test_layout(value: str) -> None:
    refuse(dwconv.InvalidArgument, "layout", f"expected {LAYOUTS}; got '{value}'", layout=value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("NCHW\0", "NCHW\\x00"),
        ("\x1b[2J\x7f\n", "\\x1b[2J\\x7f\\x0a"),
        ("N" * 100_000, "N" * 40 + "..."),
    ],
)
def test_names_that_are_not_fit_to_be_shown(value: str, shown: str) -> None:
    refuse(dwconv.InvalidArgument, "layout", f"expected {LAYOUTS}; got '{shown}'", layout=value)


@pytest.mark.parametrize("value", [None, 4, b"NCHW", ("N", "C", "H", "W")], ids=repr)
def test_type_of_layout(value: Any) -> None:
    refuse(
        dwconv.InvalidType, "layout", f"expected a str such as 'NCHW'; got {value!r}", layout=value
    )


@pytest.mark.parametrize("value", ["fast", "automatic", "", "Direct"])
def test_strategy(value: str) -> None:
    text = (
        "expected None, 'direct', 'tiled', 'planar' or 'reordered'; 'converted' for other types than "
        f"float32; or, for several convolutions, 'fused' or 'unfused'; got '{value}'"
    )
    refuse(dwconv.InvalidArgument, "strategy", text, strategy=value)


@pytest.mark.parametrize("value", [1, True, b"direct"], ids=repr)
def test_type_of_strategy(value: Any) -> None:
    refuse(dwconv.InvalidType, "strategy", f"expected None or a str; got {value!r}", strategy=value)


@pytest.mark.parametrize(
    ("x", "w", "keywords", "reason"),
    [
        (X, W, {}, "it needs channels-last memory of source and destination"),
        (
            ones(1, 8, 8, 32),
            ones(32, 2, 1, 3, 3),
            {"layout": "NHWC"},
            "it needs a depth multiplier of 1",
        ),
        (
            ones(1, 8, 8, 32),
            W,
            {"layout": "NHWC", "dilation": 2, "padding": 9},
            "the padding of the width is as large as the kernel's extent",
        ),
    ],
)
def test_direct_that_cannot_serve(x: Any, w: Any, keywords: dict[str, Any], reason: str) -> None:
    text = f"argument `strategy`: expected one that can serve this problem; got 'direct': {reason}"
    assert_both_doors_refuse(dwconv.Unsupported, text, x, w, strategy="direct", **keywords)


def test_direct_into_out_of_another_memory_order() -> None:
    x, out = ones(1, 8, 8, 32), ones(1, 6, 6, 64)[..., :32]
    text = (
        "argument `strategy`: expected one that can serve this problem; "
        "got 'direct': it needs channels-last memory of source and destination"
    )
    assert_refused(
        dwconv.Unsupported,
        text,
        dwconv.dnnl_depthwise,
        x,
        W,
        layout="NHWC",
        strategy="direct",
        out=out,
    )


@pytest.mark.parametrize(
    ("x", "keywords"),
    [
        (ones(1, 32, 8, 16)[..., ::2], {}),
        (ones(1, 32, 8, 8), {"out": np.ones((1, 6, 6, 32), np.float32).transpose(0, 3, 1, 2)}),
    ],
    ids=["strided", "mixed"],
)
def test_planar_that_cannot_serve(x: Any, keywords: dict[str, Any]) -> None:
    text = (
        "argument `strategy`: expected one that can serve this problem; "
        "got 'planar': it needs dense memory, source and destination in the same order"
    )
    assert_refused(
        dwconv.Unsupported, text, dwconv.dnnl_depthwise, x, W, strategy="planar", **keywords
    )


@pytest.mark.parametrize("value", [0, -1])
def test_threads(value: int) -> None:
    refuse(dwconv.InvalidArgument, "threads", f"expected at least 1; got {value}", threads=value)
    text = f"argument `threads`: expected at least 1; got {value}"
    assert_refused(dwconv.InvalidArgument, text, dwconv.set_num_threads, value)


def test_more_threads_than_the_pool_can_have() -> None:
    before = dwconv.get_num_threads()
    text = "argument `threads`: expected from 1 to 1024; got {}"
    for value in (1025, 10**6):
        refusal = text.format(value)
        assert_refused(dwconv.InvalidArgument, refusal, dwconv.set_num_threads, value)
    assert dwconv.get_num_threads() == before


def test_more_threads_than_an_int_can_count() -> None:
    text = f"expected integers of at most {LARGEST}; got {2**40}"
    refuse(dwconv.InvalidArgument, "threads", text, threads=2**40)
    assert_refused(
        dwconv.InvalidArgument, f"argument `threads`: {text}", dwconv.set_num_threads, 2**40
    )


@pytest.mark.parametrize("value", [1.5, 2.0, True, "2"], ids=repr)
def test_type_of_threads(value: Any) -> None:
    refuse(dwconv.InvalidType, "threads", f"expected None or an int; got {value!r}", threads=value)
    text = f"argument `threads`: expected an int; got {value!r}"
    assert_refused(dwconv.InvalidType, text, dwconv.set_num_threads, value)


DTYPES = "float32, float16, bfloat16, int8"


@pytest.mark.parametrize("value", [np.float64, "f8", ">f4", np.int16, float], ids=repr)
def test_dtypes(value: Any) -> None:
    refuse_dtype(value, np.dtype(value))


def refuse_dtype(value: Any, given: object) -> None:
    text = f"expected None, {DTYPES}, uint8 or int32; got {given!r}"
    refuse(dwconv.InvalidType, "out_dtype", text, out_dtype=value)
    text = f"argument `dtype`: expected None, {DTYPES} or uint8; got {given!r}"
    assert_refused(dwconv.InvalidType, text, dwconv.Plan, X, W, dtype=value)


@pytest.mark.parametrize("value", ["no such", 3], ids=repr)
def test_no_dtype_at_all(value: Any) -> None:
    refuse_dtype(value, value)


def test_names_that_are_no_unicode() -> None:
    """A lone surrogate has no UTF-8 form; it is shown escaped."""
    value, shown = "NCH\ud800", "NCH\\ud800"
    refuse(dwconv.InvalidArgument, "layout", f"expected {LAYOUTS}; got '{shown}'", layout=value)
    with pytest.raises(dwconv.InvalidArgument, match="`strategy`"):
        dwconv.dnnl_depthwise(X, W, strategy=value)  # type: ignore[arg-type]  # for its error
    with pytest.raises(dwconv.InvalidArgument, match="`padding`"):
        dwconv.dnnl_depthwise(X, W, padding=value)


@pytest.mark.parametrize("value", ["json", "", 1], ids=repr)
def test_mode_of_show_config(value: Any) -> None:
    text = f"argument `mode`: expected 'print' or 'dict'; got {value!r}"
    assert_refused(dwconv.InvalidArgument, text, dwconv.show_config, value)


def test_size_of_the_cache() -> None:
    resize = dwconv.cache_resize
    assert_refused(
        dwconv.InvalidArgument, "argument `maxsize`: expected at least 0; got -1", resize, -1
    )
    text = f"argument `maxsize`: expected integers of at most {LARGEST}; got {2**70}"
    assert_refused(dwconv.InvalidArgument, text, resize, 2**70)
    for value in (1.5, True, None):
        text = f"argument `maxsize`: expected an int; got {value!r}"
        assert_refused(dwconv.InvalidType, text, resize, value)
