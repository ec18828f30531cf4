"""What the suites of the benchmark hold, against what the papers say and what is promised."""

from __future__ import annotations

import math

import pytest

from dwconv import _core
from dwconv.bench.runner import geometry_of
from dwconv.bench.suites import SINGLE, SUITES, cases_of


def numbers(suite: str) -> list[dict[str, object]]:
    return [_core.parse_problem(problem) for problem in SUITES[suite]]


def of_layers(layers: list[tuple[int, int, int, int]]) -> set[str]:
    """Layers (channels, input size, kernel, stride) as problems."""
    found = set()
    for channels, size, kernel, stride in layers:
        steps = f"s{stride}" if stride > 1 else ""
        text = f"n1c{channels}i{size}x{size}k{kernel}{steps}p{kernel // 2}"
        found.add(_core.parse_problem(text)["text"])
    return found


@pytest.mark.parametrize("suite", SUITES)
def test_every_problem_is_there_once(suite: str) -> None:
    texts = [each["text"] for each in numbers(suite)]
    assert len(set(texts)) == len(texts) >= 8 - 2 * (suite == "huge")


def test_mobilenet_v1() -> None:
    # Its table 2: depthwise 3×3 has 3.06 % of 568.7 million multiply-adds... counted layer by layer.
    sizes = [(32, 112, 1), (64, 112, 2), (128, 56, 1), (128, 56, 2), (256, 28, 1), (256, 28, 2)]
    sizes += [(512, 14, 1)] * 5 + [(512, 14, 2), (1024, 7, 1)]
    layers = [(channels, size, 3, stride) for channels, size, stride in sizes]
    texts = {each["text"] for each in numbers("mobilenet")}
    assert of_layers(layers) <= texts
    by_text = {each["text"]: each["flops"] for each in numbers("mobilenet")}
    total = sum(by_text[next(iter(of_layers([layer])))] for layer in layers)
    assert total / 2 / 568.7e6 == pytest.approx(0.0306, abs=5e-5)


def test_mobilenet_v2_from_its_table() -> None:
    # Table 2: expansion, channels, repeats, stride of the first.
    rows = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1)]
    rows += [(6, 160, 3, 2), (6, 320, 1, 1)]
    channels, size, layers = 32, 112, []
    for expansion, wanted, repeats, first in rows:
        for repeat in range(repeats):
            stride = first if repeat == 0 else 1
            layers.append((channels * expansion, size, 3, stride))
            channels, size = wanted, size // stride
    assert of_layers(layers) <= {each["text"] for each in numbers("mobilenet")}


def test_efficientnet_b0_from_its_table() -> None:
    # Table 1: expansion, kernel, stride, channels, repeats.
    rows = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3)]
    rows += [(6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]
    channels, size, layers = 32, 112, []
    for expansion, kernel, first, wanted, repeats in rows:
        for repeat in range(repeats):
            stride = first if repeat == 0 else 1
            layers.append((channels * expansion, size, kernel, stride))
            channels, size = wanted, -(-size // stride)
    texts = {each["text"] for each in numbers("efficientnet")}
    assert of_layers(layers) == {text for text in texts if geometry_size(text) not in LITE4_SIZES}
    assert {each["kernel"] for each in numbers("efficientnet")} == {(3, 3), (5, 5)}


LITE4_SIZES = {150, 75, 38, 19, 10}


def geometry_size(text: str) -> int:
    height: int = _core.parse_problem(text)["spatial"][0]
    return height


def test_convnext() -> None:
    all_of_them = numbers("convnext")
    assert {each["kernel"] for each in all_of_them} == {(7, 7)}
    assert {(56, 56), (28, 28), (14, 14)} <= {each["spatial"] for each in all_of_them}
    assert all(each["output"] == each["spatial"] for each in all_of_them)


def test_image() -> None:
    all_of_them = numbers("image")
    assert {each["channels"] for each in all_of_them} == {1, 3, 4}
    kernels = {each["kernel"][0] for each in all_of_them}
    assert (min(kernels), max(kernels)) == (3, 31)
    assert {(224, 224), (2160, 3840)} <= {each["spatial"] for each in all_of_them}


def test_batch_tiny_and_huge() -> None:
    assert {each["batch"] for each in numbers("batch")} == {1, 2, 4, 8, 16, 32, 64}
    assert max(each["nbytes"] for each in numbers("tiny")) < 16 * 1024
    bytes_of_source = [
        4 * each["batch"] * each["channels"] * math.prod(each["spatial"])
        for each in numbers("huge")
    ]
    assert max(bytes_of_source) == 2**30
    assert min(bytes_of_source) >= 2**26


def test_numbers_of_a_problem() -> None:
    case = geometry_of(cases_of(["n2c3m2i9x8k3x2s2x1d1x2p1x0:3+bias"], ["NHWC"])[0])
    oh, ow = (9 + 2 - 3) // 2 + 1, 8 + 3 - 3 + 1
    assert case.output == (oh, ow)
    assert case.flops == 2 * 2 * 6 * oh * ow * 6
    assert case.nbytes == 4 * (2 * 3 * 72 + 6 * 6 + 6 + 2 * 6 * oh * ow)
    assert (case.src_shape, case.dst_shape) == ((2, 9, 8, 3), (2, oh, ow, 6))


def test_cases_are_in_each_layout_and_once() -> None:
    cases = cases_of(["convnext", "n1c4i8x8k3", "n1c4i8x8k3x3"])
    assert len(cases) == 2 * (len(SUITES["convnext"]) + 1)
    assert {case.layout for case in cases} == {"NCHW", "NHWC"}
    assert cases[-1].suite == SINGLE
    assert cases[-1].name == "n1c4i8x8k3x3 NHWC"


@pytest.mark.parametrize(
    ("asked", "layouts"),
    [
        (("NCHW", "NHWC"), ["NCW", "NWC"]),
        (("NHWC",), ["NWC"]),
        (("NWC", "NHWC"), ["NWC"]),
        (("NCW",), ["NCW"]),
    ],
)
def test_layouts_of_one_dimension(asked: tuple[str, ...], layouts: list[str]) -> None:
    assert [case.layout for case in cases_of(["n8c256i1000k31p15"], asked)] == layouts
    planes = [name.replace("W", "HW") for name in layouts]
    assert [case.layout for case in cases_of(["n1c3i8x8k3"], asked)] == planes


def test_numbers_of_a_problem_of_one_dimension() -> None:
    case = geometry_of(cases_of(["n2c3m2i9k4s2d2p6:0"], ["NWC"])[0])
    assert case.output == ((9 + 6 - 7) // 2 + 1,) == (5,)
    assert case.flops == 2 * 2 * 6 * 5 * 4
    assert case.nbytes == 4 * (2 * 3 * 9 + 6 * 4 + 2 * 6 * 5)
    assert (case.src_shape, case.dst_shape) == ((2, 9, 3), (2, 5, 6))


@pytest.mark.parametrize("asked", ["NCHW", "NDHWC", "NWC"])
def test_layouts_of_three_dimensions(asked: str) -> None:
    (case,) = cases_of(["n1c3m2i8x7x6k3x1x1s2x1x1"], [asked])
    assert case.layout == ("NDHWC" if asked.endswith("C") else "NCDHW")
    geometry = geometry_of(case)
    assert geometry.output == (3, 7, 6)
    assert geometry.flops == 2 * 6 * 3 * 7 * 6 * 3


def test_volume() -> None:
    all_of_them = numbers("volume")
    assert {len(each["spatial"]) for each in all_of_them} == {3}
    # What the project promises to be measured.
    assert "n2c64i16x56x56k3x3x3p1" in {each["text"] for each in all_of_them}


def test_sequence() -> None:
    all_of_them = numbers("sequence")
    assert {len(each["spatial"]) for each in all_of_them} == {1}
    taps = {each["kernel"][0] for each in all_of_them}
    assert (min(taps), max(taps)) == (3, 31)
    causal = [each for each in all_of_them if each["kernel"] == (4,)]
    assert {each["padding"] for each in causal} == {((3, 0),)}
    # What the project promises to be measured.
    texts = {each["text"] for each in all_of_them}
    assert {"n8c256i1000k31p15", "n1c2048i4096k4p3:0"} <= texts


@pytest.mark.parametrize("text", ["mobilnet", "n1c3i2x2k3", "c3k3"])
def test_a_name_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}' is none of the suites .*, and no problem"):
        cases_of([text])
