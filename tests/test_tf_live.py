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
from helpers.tf_cases import SEPARABLE, VALID, Call
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


@pytest.mark.parametrize(
    ("name", "calls"), [("depthwise_conv2d", VALID), ("separable_conv2d", SEPARABLE)]
)
def test_ordinary_numbers(name: str, calls: list[Call], tmp_path: Path) -> None:
    answers = ask(tmp_path / "floats.json", "--floats")[name]
    largest = 0.0
    for call in calls:
        x, *filters = call.arrays(integers=False)
        y = call.answer(getattr(dwconv.tf, name), integers=False)
        expected = np.array(answers[call.name]["values"]).reshape(answers[call.name]["shape"])
        assert y.shape == expected.shape
        # Two results in float32, each with the error bound of tolerance.py, for the largest |x|; the
        # terms that are summed one after the other add up, and each sum is a factor of the scale.
        terms, scale = 2, np.abs(x).max(initial=0)
        for summed, w in zip(((0, 1), 2), filters, strict=False):
            terms += int(np.prod(np.take(w.shape, summed)))
            scale = scale * np.abs(w).sum(axis=summed).max()
        error = float(np.abs(y - expected).max(initial=0))
        assert error <= 2 * tolerance.EPS * terms * scale, call.name
        largest = max(largest, error)
    print(f"{name}: {len(calls)} calls, largest error {largest:.3g}")
