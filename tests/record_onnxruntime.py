"""Records what ONNX Runtime answers to `helpers/onnx_cases.py`; needs ONNX Runtime, ONNX and NumPy alone.

    python tests/record_onnxruntime.py tests/data/onnxruntime.json [--seed N]

writes the file that `test_onnxruntime.py` compares with; another seed makes other arrays.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from helpers.onnx_cases import CALLS, QLinearConv


def model_of(call: QLinearConv, arrays: dict[str, Any]) -> bytes:
    """QLinearConv with all but x as constants."""
    types = {"x": call.x_dtype, "w": call.w_dtype, "y": call.x_dtype}
    constants = {"w": arrays["w"]}
    for name, dtype in types.items():
        constants[f"{name}_scale"] = np.asarray(arrays[f"{name}_scale"], np.float32)
        zero_point = np.asarray(arrays[f"{name}_zero_point"], dtype)
        constants[f"{name}_zero_point"] = np.broadcast_to(
            zero_point, constants[f"{name}_scale"].shape
        ).copy()
    inputs = ["x", "x_scale", "x_zero_point", "w", "w_scale", "w_zero_point"]
    inputs += ["y_scale", "y_zero_point"]
    if call.bias:
        constants["bias"] = arrays["bias"]
        inputs.append("bias")
    node = helper.make_node(
        "QLinearConv",
        inputs,
        ["y"],
        group=call.channels,
        strides=call.strides,
        dilations=call.dilations,
        pads=[low for low, _ in call.pads] + [high for _, high in call.pads],
    )
    element = helper.np_dtype_to_tensor_dtype(np.dtype(call.x_dtype))
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("x", element, arrays["x"].shape)],
        [helper.make_tensor_value_info("y", element, None)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return model.SerializeToString()


def answer(call: QLinearConv, seed: int) -> dict[str, Any]:
    arrays = call.arrays(seed)
    session = onnxruntime.InferenceSession(
        model_of(call, arrays), providers=["CPUExecutionProvider"]
    )
    (y,) = session.run(["y"], {"x": arrays["x"]})
    assert str(y.dtype) == call.x_dtype
    return {"shape": list(y.shape), "values": y.ravel().tolist()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Records ONNX Runtime's answers.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    lines = [f'"onnxruntime": {json.dumps(onnxruntime.__version__)}']
    lines.append(f'"onnx": {json.dumps(onnx.__version__)}')
    for call in CALLS:
        content = json.dumps(answer(call, options.seed), separators=(",", ":"))
        lines.append(f"{json.dumps(call.name)}: {content}")
    options.file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
