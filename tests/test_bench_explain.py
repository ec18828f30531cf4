"""A case explained, and the text of a problem in words."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

import dwconv
from dwconv.bench.reports import explain
from dwconv.bench.reports.explain import bound_text, kernel_words, reason
from dwconv.bench.reports.words import Sizes, describe
from dwconv.bench.results import Case, Limit
from helpers.strategies import STRATEGIES

LIMIT = Limit(copy=20e-6, fma=10e-6, call=1e-6)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_explanation_of_a_plan(layout: str) -> None:
    shape = (2, 32, 56, 48) if layout == "NCHW" else (2, 56, 48, 32)
    weights = np.ones((32, 3, 5), np.float32)
    plan = dwconv.Plan(shape, weights, stride=2, padding=1, layout=layout)
    console = Console(file=io.StringIO(), width=200)
    case = Case("one", plan.problem, layout)
    explain(
        case, plan.flops, plan.nbytes, LIMIT, 42e-6, plan.strategy, plan.implementation, console
    )
    text = console.file.getvalue()
    assert f"{plan.problem} {layout}" in text
    assert "2 arrays of 32 channels and 56×48 elements" in text
    height, width = plan.output_shape[2:] if layout == "NCHW" else plan.output_shape[1:3]
    assert f"32 channels of {height}×{width}." in text
    assert f"Strategy {plan.strategy}. {reason(plan.strategy, layout)}" in " ".join(text.split())
    assert plan.implementation in text
    rows = {line[:30].strip(): line for line in text.splitlines()}
    # 42 µs over 20, 10 and 21.
    for name, ratio in (
        ("copy of the same bytes", "2.10"),
        ("multiply-adds at peak", "4.20"),
        ("limit, with an empty call", "2.00"),
    ):
        assert f" {ratio} " in rows[name]


@pytest.mark.parametrize("strategy", [each for each in STRATEGIES if each is not None])
def test_every_strategy_has_its_rule(strategy: str) -> None:
    layout = "NHWC" if strategy == "direct" else "NCHW"
    assert "no rule" not in reason(strategy, layout)


def test_forced_strategy_has_no_rule() -> None:
    assert "forced" in reason("direct", "NCHW")


def test_bound_follows_the_limit() -> None:
    memory = bound_text(1000, 500, LIMIT)
    # 1000 FLOP in 10 µs and 500 B in 20 µs: 100 FLOP/µs over 25 B/µs.
    assert "2.00 FLOP/byte, below the 4.00" in memory
    assert "the memory sets the limit" in memory
    assert "empty call" not in memory
    sums = bound_text(1000, 500, Limit(copy=1e-6, fma=4e-6, call=1e-6))
    assert "2.00 FLOP/byte, above the 0.500" in sums
    assert "the multiply-adds set the limit" in sums
    assert "An empty call is 20 % of it." in sums


def test_kernels_in_words() -> None:
    first, second, third = kernel_words("brdgmm_dw:avx2, gemm:jit, other")
    assert "diagonal" in first
    assert "matrix product" in second
    assert third == "other"


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("n1c3i8x8k3x3", ("1 array of 3 channels", "stride 1", "no padding", "6×6")),
        ("n4c1i9x8k3x3s2d1x2p1", ("1 channel ", "stride 2", "dilation 1×2", "padding 1 on", "5×3")),
        (
            "n1c2m3i8x8k2x2p1:0x2",
            ("3 kernels of 2×2", "6 channels of 8×11", "1 before and 0 after"),
        ),
        ("n1c2i8x8k1x1+bias+clip(0,6)", ("in the same pass: bias, clip(0,6)",)),
    ],
)
def test_problem_in_words(problem: str, words: tuple[str, ...]) -> None:
    text = describe(problem)
    for each in words:
        assert each in text


def test_words_agree_with_the_plan() -> None:
    weights = np.ones((4, 3, 5), np.float32)
    plan = dwconv.Plan(
        (1, 4, 20, 31), weights, stride=(2, 3), dilation=(3, 2), padding=((1, 2), (0, 4))
    )
    assert tuple(Sizes.of(plan.problem).output) == plan.output_shape[2:]


@pytest.mark.parametrize("text", ["", "mobilenet", "n1c3", "n1c3i8x8k3x3q"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a problem"):
        describe(text)
