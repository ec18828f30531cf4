"""`dwconv.tf` against TensorFlow itself, where DWCONV_TENSORFLOW names the interpreter that has it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dwconv
import tolerance
from helpers.tf_cases import VALID
from helpers.tf_record import RECORDED

PYTHON = os.environ.get("DWCONV_TENSORFLOW")
TESTS = Path(__file__).parent

pytestmark = pytest.mark.skipif(
    PYTHON is None, reason="DWCONV_TENSORFLOW names no interpreter that has TensorFlow"
)


def ask(path: Path, *options: str) -> dict[str, Any]:
    """What TensorFlow answers now."""
    command = [str(PYTHON), str(TESTS / "record_tensorflow.py"), str(path), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return answers


def test_the_record_is_what_it_answers(tmp_path: Path) -> None:
    answers = ask(tmp_path / "integers.json")
    for name in ("depthwise_conv2d", "separable_conv2d"):
        assert answers[name] == RECORDED[name]
        # Their words may change from one version to the next.
        assert set(answers[f"{name} refuses"]) == set(RECORDED[f"{name} refuses"])


def test_depthwise_conv2d(tmp_path: Path, record_property: Any) -> None:
    answers = ask(tmp_path / "floats.json", "--floats")["depthwise_conv2d"]
    largest = 0.0
    for call in VALID:
        x, w = call.arrays(integers=False)
        y = call.answer(dwconv.tf.depthwise_conv2d, integers=False)
        expected = np.array(answers[call.name]["values"]).reshape(answers[call.name]["shape"])
        assert y.shape == expected.shape
        # Two results in float32, each with the error bound of tolerance.py, for the largest |x|.
        taps = w.shape[0] * w.shape[1]
        scale = np.abs(x).max(initial=0) * np.abs(w).sum(axis=(0, 1)).max()
        bound = 2 * tolerance.EPS * (taps + 2) * scale
        error = float(np.abs(y - expected).max(initial=0))
        assert error <= bound, call.name
        largest = max(largest, error)
    record_property("calls", len(VALID))
    record_property("largest error", largest)
    print(f"depthwise_conv2d: {len(VALID)} calls, largest error {largest:.3g}")
