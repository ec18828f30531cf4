"""What TensorFlow answered, as `record_tensorflow.py` wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from helpers.tf_cases import Call

FILE = Path(__file__).resolve().parents[1] / "data" / "tensorflow.json"
RECORDED = json.loads(FILE.read_text("utf-8"))


def recorded(function: str, call: Call) -> np.ndarray:
    answer = RECORDED[function][call.name]
    return np.array(answer["values"], np.float32).reshape(answer["shape"])


def channels_first(call: Call) -> tuple[list[Any], dict[str, Any]]:
    """The same call for NCHW, which TensorFlow has on GPUs alone."""
    x, *filters = call.arrays()

    def moved(entries: Any) -> Any:
        return entries if isinstance(entries, str) else [entries[index] for index in (0, 3, 1, 2)]

    arrays = [np.ascontiguousarray(x.transpose(0, 3, 1, 2)), *filters]
    keywords = {**call.keywords, "data_format": "NCHW"}
    return [*arrays, moved(call.strides), moved(call.padding)], keywords
