"""`dnnl_depthwise_quantized` against what ONNX Runtime answered: `record_onnxruntime.py` wrote `data/onnxruntime.json`.

Where DWCONV_ONNXRUNTIME names an interpreter that has it, against what it answers now, too.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dwconv
from helpers.onnx_cases import CALLS, QLinearConv

TESTS = Path(__file__).parent
RECORDED: dict[str, Any] = json.loads((TESTS / "data" / "onnxruntime.json").read_text("utf-8"))
PYTHON = os.environ.get("DWCONV_ONNXRUNTIME")


def assert_equal(call: QLinearConv, recorded: dict[str, Any], seed: int = 0) -> None:
    """Every element, ties too."""
    arrays = call.arrays(seed)
    x, w, bias = (arrays.pop(name) for name in ("x", "w", "bias"))
    y = dwconv.dnnl_depthwise_quantized(
        x,
        w,
        bias,
        stride=call.strides,
        dilation=call.dilations,
        padding=call.pads,
        layout="NCW" if len(call.size) == 1 else "NCHW",
        **arrays,
    )
    expected = np.array(recorded["values"], call.x_dtype).reshape(recorded["shape"])
    np.testing.assert_array_equal(y, expected)
    assert np.unique(y).size > 10


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_what_it_answered(call: QLinearConv) -> None:
    assert_equal(call, RECORDED[call.name])


@pytest.mark.skipif(PYTHON is None, reason="DWCONV_ONNXRUNTIME names no interpreter that has it")
@pytest.mark.parametrize("seed", range(20))
def test_what_it_answers_now(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    command = [str(PYTHON), str(TESTS / "record_onnxruntime.py"), str(path), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answers = json.loads(path.read_text("utf-8"))
    for call in CALLS:
        assert_equal(call, answers[call.name], seed)
