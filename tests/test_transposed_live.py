"""Transposed convolution against PyTorch itself, where DWCONV_TORCH names the interpreter that has it."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dwconv
from gradient_reference import transposed
from tolerance import sum_bound

PYTHON = os.environ.get("DWCONV_TORCH")
COUNT = 200

pytestmark = pytest.mark.skipif(
    PYTHON is None, reason="DWCONV_TORCH names no interpreter that has PyTorch"
)


def make_case(number: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Keywords that both understand, and the arrays."""
    choose, values = random.Random(number), np.random.default_rng(number)
    rank = choose.choice((1, 2, 2, 3))
    channels, multiplier = choose.choice((1, 3, 8, 20)), choose.choice((1, 2, 3))
    kernel = [choose.randint(1, 5) for _ in range(rank)]
    stride, dilation = choose.choice((1, 2, 3)), choose.choice((1, 2))
    keywords = {
        "stride": stride,
        "dilation": dilation,
        "padding": [choose.randint(0, min(2, (each - 1) * dilation)) for each in kernel],
        "output_padding": choose.randint(0, max(stride, dilation) - 1),
    }
    shapes = {
        "x": (2, channels, *(choose.randint(3, 9) for _ in range(rank))),
        "w": (channels, multiplier, *kernel),
        "bias": (channels * multiplier,),
    }
    arrays = {
        name: values.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()
    }
    return keywords, arrays


def test_the_results_are_those_of_pytorch(tmp_path: Path) -> None:
    cases = [make_case(number) for number in range(COUNT)]
    for number, (_, arrays) in enumerate(cases):
        np.savez(tmp_path / f"{number}.npz", **arrays)
    (tmp_path / "cases.json").write_text(json.dumps([each for each, _ in cases]), "utf-8")
    script = Path(__file__).with_name("torch_transposed.py")
    command = [str(PYTHON), str(script), str(tmp_path / "cases.json"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for number, (keywords, arrays) in enumerate(cases):
        layout = {3: "NCW", 4: "NCHW", 5: "NCDHW"}[arrays["x"].ndim]
        y = dwconv.dnnl_depthwise_transpose(**arrays, layout=layout, **keywords)
        theirs = np.load(tmp_path / f"{number}.npy")
        assert y.shape == theirs.shape
        sizes = {name: np.abs(array) for name, array in arrays.items()}
        magnitude = transposed(**sizes, layout=layout, **keywords)
        # Each of the two is so near the exact result.
        assert np.all(np.abs(y - theirs) <= 2 * sum_bound(magnitude, arrays["w"][0, 0].size + 1))
