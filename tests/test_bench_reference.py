"""The benchmark's reference against the tests' own, and what it accepts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import dwconv
import reference
from dwconv.bench import reference as bench_reference
from dwconv.bench.data import make_arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals import rivals_of
from dwconv.bench.rivals.base import Skip
from dwconv.bench.rivals.height import with_height
from dwconv.bench.runner import geometry_of
from dwconv.bench.suites import cases_of

PROBLEMS = [
    "n1c1i1x1k1",
    "n2c3i9x7k3p1",
    "n1c4i10x11k3x5s2x1p1x2+bias",
    "n2c2m3i8x9k2x3d2x1p0:1x2:0+bias",
    "n1c2i12x13k5s2d2p3:4",
    "n1c1i6x6k3p5",
    "n2c3i40k5p2",
    "n1c2m3i50k4s2d3p3:1+bias",
    "n1c3i9k4p9:0",
    "n2c2m2i6x7x8k3x2x3s1x2x1d2x1x1p2:1x0x1+bias",
    "n1c3i5x6x7k3p1",
]


def geometry(problem: str, layout: str = "NCHW") -> Geometry:
    """In other dimensions than two, the layout with the channels in the same place."""
    (case,) = cases_of([problem], [layout])
    return geometry_of(case)


def full(case: Geometry) -> np.ndarray:
    """The tests' own reference of a case."""
    arrays = make_arrays(case)
    parameters = {"clip": 2, "hardswish": 2, "leaky_relu": 1, "elu": 1, "swish": 1}
    count = parameters.get(case.activation, 0)
    given = [case.alpha if count > 0 else None, case.beta if count > 1 else None]
    activation = (case.activation, *given) if case.activation else None
    return reference.depthwise(
        arrays.x,
        arrays.w,
        arrays.bias,
        stride=case.stride,
        dilation=case.dilation,
        padding=case.padding,
        layout=case.layout,
        activation=activation,
    )


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_reference_is_right(problem: str, layout: str) -> None:
    case = geometry(problem, layout)
    expected = bench_reference.expect(case, make_arrays(case))
    assert len(expected.values) == case.outputs == math.prod(case.dst_shape)
    assert expected.error(full(case).astype(np.float32), case) < 1
    n, c, *place = expected.positions
    right = full(case)[(n, *place, c) if layout == "NHWC" else (n, c, *place)]
    # Both are float64 sums of at most a hundred products of at most 1.
    assert np.abs(expected.values - right).max() < 1e-13


@pytest.mark.parametrize("kind", sorted(filter(None, bench_reference.FUNCTIONS)))
def test_activations(kind: str) -> None:
    text = {"clip": "clip(-0.5,0.7)"}.get(kind, kind)
    case = geometry(f"n1c3i9x7k3p1+{text}")
    arrays = make_arrays(case)
    values = bench_reference.expect(case, arrays).values
    assert np.abs(values - full(case).ravel()).max() < 1e-13
    rival = next(each for each in rivals_of("dwconv") if each.name == "dwconv out=")
    result = rival.prepare(case, arrays, 1).call()
    assert bench_reference.expect(case, arrays).error(result, case) < 1


def test_a_sample_of_a_large_result(monkeypatch: pytest.MonkeyPatch) -> None:
    case = geometry("n2c3i40x50k3p1", "NHWC")
    arrays = make_arrays(case)
    monkeypatch.setattr(bench_reference, "MOST_PRODUCTS", 9000)
    expected = bench_reference.expect(case, arrays)
    assert len(expected.values) == 1000 < case.outputs
    result = full(case).astype(np.float32)
    assert expected.error(result, case) < 1
    # The edges are in it, and so is any tile of a hundredth of the result.
    for edge in (np.s_[:, 0], np.s_[:, -1], np.s_[:, :, 0], np.s_[:, :, -1], np.s_[1, 20:28, 9:25]):
        broken = result.copy()
        broken[edge] += 0.01
        assert expected.error(broken, case) > 1


@pytest.mark.parametrize("problem", ["n1c2i12x12k3p1", "n1c2i40x40k31p15"])
def test_a_wrong_tap_is_not_accepted(problem: str) -> None:
    case = geometry(problem)
    arrays = make_arrays(case)
    expected = bench_reference.expect(case, arrays)
    result = full(case)
    moved = np.roll(arrays.x, 1, axis=3)
    result += (moved - arrays.x) * arrays.w[None, :, 0, 1, 1, None, None]
    assert expected.error(result.astype(np.float32), case) > 10
    assert expected.error(result, case) == math.inf, "float64 is no result"


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize(
    "problem",
    [
        *PROBLEMS,
        "n1c2i20x21k7p3",
        "n1c2i20x21k6s2p2:4+bias",
        "n2c2i99k31s2p15",
        "n2c2i99k26d2p50:0",
    ],
)
@pytest.mark.parametrize("family", ["dwconv", "numpy", "scipy"])
def test_rivals_are_right(family: str, problem: str, layout: str) -> None:
    case = geometry(problem, layout)
    arrays = make_arrays(case)
    expected = bench_reference.expect(case, arrays)
    computed = 0
    for rival in rivals_of(family):
        if family == "dwconv":
            rival.load(dwconv.get_num_threads())
        try:
            prepared = rival.prepare(case, arrays, 1)
            result = prepared.result(prepared.call())
        except Skip:
            continue
        assert expected.error(result, case) < 1, rival.name
        computed += 1
    assert computed >= 1


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("problem", [each for each in PROBLEMS if "x" not in each])
def test_a_height_of_one_makes_no_difference(problem: str, layout: str) -> None:
    """For rivals that have but two dimensions: NumPy is one that can do both."""
    case = geometry(problem, layout)
    arrays = make_arrays(case)
    lifted, same = with_height(case, arrays)
    assert np.shares_memory(same.x, arrays.x)
    assert (lifted.layout, lifted.src_shape) == (layout, same.x.shape)
    shifted = next(each for each in rivals_of("numpy") if each.name == "NumPy shifted adds")
    result = shifted.prepare(lifted, same, 1).call()
    assert result.shape == lifted.dst_shape
    expected = bench_reference.expect(case, arrays)
    assert expected.error(result.reshape(case.dst_shape), case) < 1
    assert with_height(lifted, same) == (lifted, same)


@pytest.mark.parametrize("problem", ["n2c2m3i8x9k2x3d2x1p0:1x2:0+bias", "n2c2i9k3"])
def test_a_geometry_goes_through_json(problem: str) -> None:
    import json

    case = geometry(problem)
    assert Geometry.of(json.loads(json.dumps(case.to_dict()))) == case
    assert replace(case, layout="NHWC").src_shape == (2, *case.spatial, 2)
