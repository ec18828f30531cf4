"""Records what TensorFlow answers to the calls of `helpers/tf_cases.py`; needs TensorFlow and NumPy alone.

    python tests/record_tensorflow.py tests/data/tensorflow.json

writes the file that `test_tf.py` compares with; with ``--floats`` the answers to arrays of ordinary
numbers instead of integers, as `test_tf_live.py` wants them.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings
from pathlib import Path
from typing import Any

from helpers.tf_cases import REFUSED, REFUSED_SEPARABLE, SEPARABLE, VALID, Call

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# oneDNN, which TensorFlow uses on newer processors, refuses in other words, and errors of its own.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tensorflow as tf


def values(call: Call, function: Any, integers: bool) -> dict[str, Any]:
    result = call.answer(function, integers).numpy()
    assert str(result.dtype) == "float32"
    numbers = result.ravel().tolist()
    if integers:
        assert all(number == int(number) for number in numbers)
        numbers = list(map(int, numbers))
    return {"shape": list(result.shape), "values": numbers}


def refusal(call: Call, function: Any) -> str:
    """TensorFlow's words."""
    try:
        call.answer(function)
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        # What follows in braces and brackets is about the graph and the device.
        text = str(error).splitlines()[0].rpartition("}} ")[2].partition(" [Op:")[0]
        return text.partition("\t; NodeDef")[0].strip()
    raise AssertionError(f"TensorFlow computes {call.name}")


def answers(integers: bool) -> dict[str, Any]:
    functions = {
        "depthwise_conv2d": (tf.nn.depthwise_conv2d, VALID, REFUSED),
        "separable_conv2d": (tf.nn.separable_conv2d, SEPARABLE, REFUSED_SEPARABLE),
    }
    recorded: dict[str, Any] = {"tensorflow": tf.__version__}
    for name, (function, valid, refused) in functions.items():
        recorded[name] = {call.name: values(call, function, integers) for call in valid}
        recorded[f"{name} refuses"] = {
            what: refusal(call, function) for what, (_, call) in refused.items()
        }
    return recorded


def text_of(recorded: dict[str, Any]) -> str:
    """JSON with one call to a line, so that a difference names it."""
    sections = []
    for name, content in recorded.items():
        if isinstance(content, dict):
            lines = (
                f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}"
                for key, value in content.items()
            )
            sections.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
        else:
            sections.append(f"{json.dumps(name)}: {json.dumps(content)}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Records TensorFlow's answers.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--floats", action="store_true", help="arrays of ordinary numbers")
    options = parser.parse_args()
    recorded = answers(integers=not options.floats)
    options.file.write_text(text_of(recorded), encoding="utf-8")


if __name__ == "__main__":
    main()
