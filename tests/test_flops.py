"""FLOPs and bytes, against the operations that loops count one by one, and against the plan's."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest

import dwconv
import reference
from dwconv import flops
from dwconv.flops import Cost
from helpers.refusals import assert_refused

# n, c, size, kernel, stride, padding, dilation
GEOMETRIES: dict[str, tuple[int, int, tuple[int, int], tuple[int, int], Any, Any, Any]] = {
    "plain": (1, 4, (6, 5), (3, 3), 1, 0, 1),
    "padded": (2, 2, (5, 4), (3, 2), 1, 1, 1),
    "strided": (1, 6, (9, 8), (3, 3), (2, 3), ((1, 0), (2, 1)), 1),
    "dilated": (3, 2, (9, 7), (2, 3), 1, 0, (3, 2)),
    "same": (1, 4, (7, 6), (4, 3), 2, "same", 1),
    "same_lower": (1, 2, (7, 6), (4, 4), 1, "same_lower", 1),
    "no images": (0, 2, (5, 5), (3, 3), 1, 1, 1),
}


def multiply_adds(name: str, inputs_of_an_output: int, outputs: int) -> int:
    """The products of a direct convolution, counted by walking over them."""
    n, _, size, kernel, stride, padding, dilation = GEOMETRIES[name]
    strides, dilations = reference.pair(stride), reference.pair(dilation)
    pads = reference.padding_pairs(padding, size, kernel, strides, dilations)
    starts = [
        [
            start
            for start in range(-low, length + high, step)
            if start + (taps - 1) * gap < length + high
        ]
        for length, taps, step, gap, (low, high) in zip(
            size, kernel, strides, dilations, pads, strict=True
        )
    ]
    count = 0
    for _output in product(range(n), range(outputs), *starts):
        for _tap in product(range(inputs_of_an_output), *map(range, kernel)):
            count += 1
    return count


def keywords(name: str) -> dict[str, Any]:
    _, _, _, _, stride, padding, dilation = GEOMETRIES[name]
    return {"stride": stride, "padding": padding, "dilation": dilation}


def source(name: str) -> tuple[int, ...]:
    n, c, size, *_ = GEOMETRIES[name]
    return n, c, *size


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_standard(name: str, groups: int) -> None:
    _, c, _, kernel, *_ = GEOMETRIES[name]
    w = (6, c // groups, *kernel)
    cost = flops.standard(source(name), w, groups=groups, **keywords(name))
    assert cost.flops == 2 * multiply_adds(name, c // groups, 6)


@pytest.mark.parametrize("multiplier", [1, 3])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_depthwise(name: str, multiplier: int) -> None:
    _, c, _, kernel, *_ = GEOMETRIES[name]
    w = np.ones((c, multiplier, 1, *kernel), np.float32)
    bias = np.ones(c * multiplier, np.float32)
    cost = flops.depthwise(source(name), w, bias, **keywords(name))
    assert cost.flops == 2 * multiply_adds(name, 1, c * multiplier)
    plan = dwconv.Plan(source(name), w, bias, **keywords(name))
    assert cost == Cost(plan.flops, plan.nbytes)
    assert cost.intensity == plan.intensity == plan.flops / plan.nbytes
    x = np.ones(source(name), np.float32)
    y = plan(x)
    assert cost.nbytes == x.nbytes + w.nbytes + bias.nbytes + y.nbytes
    # A convolution with as many groups as channels is the same thing.
    grouped = flops.standard(x, (c * multiplier, 1, *kernel), bias, groups=c, **keywords(name))
    assert grouped == cost


@pytest.mark.parametrize("multiplier", [1, 2])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_separable(name: str, multiplier: int) -> None:
    _, c, _, kernel, *_ = GEOMETRIES[name]
    channels = c * multiplier
    w = (channels, 1, *kernel)
    cost = flops.separable(source(name), w, (5, channels), **keywords(name))
    first = flops.depthwise(source(name), w, **keywords(name))
    between = dwconv.Plan(source(name), np.ones(w, np.float32), **keywords(name)).output_shape
    second = flops.standard(between, (5, channels, 1, 1))
    assert cost.flops == 2 * (multiply_adds(name, 1, channels) + prod(between) * 5)
    assert cost.flops == (first + second).flops
    # Run one after the other, the array between the two is written and read.
    assert (first + second).nbytes == cost.nbytes + 2 * 4 * prod(between)
    assert flops.separable(source(name), w, (5, channels, 1, 1), **keywords(name)) == cost


def test_separable_counts_both_biases() -> None:
    arguments = ((1, 8, 5, 5), (8, 3, 3), (4, 8))
    more = flops.separable(*arguments, (4,), depthwise_bias=np.zeros(8, np.float32))
    assert more.nbytes == flops.separable(*arguments).nbytes + 4 * (4 + 8)


def test_ratio_is_the_promised_one() -> None:
    x, kernel = (8, 128, 56, 56), (3, 3)
    separable = flops.separable(x, (128, *kernel), (256, 128), padding=1)
    standard = flops.standard(x, (256, 128, *kernel), padding=1)
    assert separable.flops * 256 * 9 == standard.flops * (9 + 256)


@pytest.mark.parametrize("layout", ["NHWC", "HWC", "CHW"])
def test_layouts_cost_the_same(layout: str) -> None:
    sizes = {"N": 1, "C": 6, "H": 9, "W": 7}
    x = tuple(sizes[letter] for letter in layout)
    assert flops.depthwise(x, (6, 3, 3), layout=layout) == flops.depthwise((1, 6, 9, 7), (6, 3, 3))


def test_bytes_follow_the_dtype() -> None:
    wide = flops.depthwise((1, 6, 9, 7), (6, 3, 3))
    narrow = flops.depthwise((1, 6, 9, 7), (6, 3, 3), dtype=np.float16)
    assert (narrow.flops, 2 * narrow.nbytes) == (wide.flops, wide.nbytes)


@pytest.mark.parametrize("dtype", [None, "float32", np.float32])
def test_dtype_is_float32_by_default(dtype: Any) -> None:
    assert flops.depthwise(X, (6, 3, 3), dtype=dtype) == flops.depthwise(X, (6, 3, 3))


def test_bfloat16_needs_no_package() -> None:
    script = """
import sys
sys.modules["ml_dtypes"] = None  # as if it were not installed
import dwconv
print(dwconv.flops.depthwise((1, 6, 9, 9), (6, 3, 3), dtype="bfloat16").nbytes)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    expected = flops.depthwise(X, (6, 3, 3), dtype=np.float16).nbytes
    assert done.stdout == f"{expected}\n", done.stderr


def test_costs_are_added_to_costs_alone() -> None:
    costs = [Cost(1, 2), Cost(3, 4), Cost(5, 6)]
    assert sum(costs) == Cost(9, 12)
    for call in (lambda: costs[0] + 1, lambda: 1 + costs[0]):
        with pytest.raises(TypeError, match="unsupported operand"):
            call()


def test_no_bytes_have_no_intensity() -> None:
    assert np.isnan(Cost(0, 0).intensity)


X = (1, 6, 9, 9)
REFUSED: dict[str, tuple[str, Any]] = {
    "rank": ("x", lambda: flops.depthwise((6, 9, 9), (6, 3, 3))),
    "no channels": ("x", lambda: flops.depthwise((1, 0, 9, 9), (0, 3, 3))),
    "channels of w": ("w", lambda: flops.depthwise(X, (5, 3, 3))),
    "rank of w": ("w", lambda: flops.depthwise(X, (3, 3))),
    "no multiplier": ("w", lambda: flops.depthwise(X, (6, 0, 1, 3, 3))),
    "no taps": ("w", lambda: flops.depthwise(X, (6, 0, 3))),
    "large kernel": ("w", lambda: flops.depthwise(X, (6, 10, 3))),
    "stride": ("stride", lambda: flops.depthwise(X, (6, 3, 3), stride=0)),
    "dilation": ("dilation", lambda: flops.depthwise(X, (6, 3, 3), dilation=(1, 0))),
    "padding": ("padding", lambda: flops.depthwise(X, (6, 3, 3), padding=-1)),
    "bias": ("bias", lambda: flops.depthwise(X, (6, 3, 3), (5,))),
    "groups": ("groups", lambda: flops.standard(X, (6, 1, 3, 3), groups=4)),
    "no groups": ("groups", lambda: flops.standard(X, (6, 6, 3, 3), groups=0)),
    "channels of groups": ("w", lambda: flops.standard(X, (6, 6, 3, 3), groups=2)),
    "outputs of groups": ("w", lambda: flops.standard(X, (5, 3, 3, 3), groups=2)),
    "rank of standard w": ("w", lambda: flops.standard(X, (6, 3, 3))),
    "pointwise": ("w_pointwise", lambda: flops.separable(X, (6, 3, 3), (4, 5))),
    "pointwise taps": ("w_pointwise", lambda: flops.separable(X, (6, 3, 3), (4, 6, 3, 3))),
    "depthwise": ("w_depthwise", lambda: flops.separable(X, (5, 3, 3), (4, 6))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_argument(name: str) -> None:
    argument, call = REFUSED[name]
    with pytest.raises(dwconv.InvalidArgument, match=f"argument `{argument}`"):
        call()


@pytest.mark.parametrize(("groups", "expected"), [(1, "(M, 6, kh, kw)"), (2, "(2*M, 3, kh, kw)")])
def test_shape_of_standard_w(groups: int, expected: str) -> None:
    text = f"argument `w`: expected shape {expected}; got (3,)"
    assert_refused(dwconv.InvalidArgument, text, flops.standard, X, (3,), groups=groups)


def test_types_are_refused() -> None:
    with pytest.raises(dwconv.InvalidType, match="argument `groups`"):
        flops.standard(X, (6, 6, 3, 3), groups=1.0)  # type: ignore[arg-type]  # for its error
    with pytest.raises(dwconv.InvalidType, match="argument `x`"):
        flops.depthwise(6, (6, 3, 3))  # type: ignore[arg-type]  # for its error
    text = "argument `dtype`: expected None or a dtype; got 'no such'"
    assert_refused(dwconv.InvalidType, text, flops.depthwise, X, (6, 3, 3), dtype="no such")
    with pytest.raises(dwconv.InvalidType, match=r"argument `layout`: expected a str .* got 3"):
        flops.depthwise(X, (6, 3, 3), layout=3)  # type: ignore[arg-type]  # for its error
