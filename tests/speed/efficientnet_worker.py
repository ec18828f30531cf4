"""One rival of efficientnet.py: writes its logits, and prints the milliseconds of a call.

Needs NumPy and the rival alone (dwconv: the modules of the example too), so that it runs in any environment.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from timing import samples

SECONDS = 1.5
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "python" / "efficientnet"


class Layer(NamedTuple):
    """As in the example."""

    kind: str
    w: np.ndarray
    bias: np.ndarray
    stride: int
    activation: str | None
    keeps: bool
    adds: bool


def task(path: Path) -> tuple[list[Layer], np.ndarray]:
    """The layers, and the pictures in NHWC."""
    with np.load(path) as arrays:
        count = sum(name.endswith(" kind") for name in arrays)
        fields = ([arrays[f"{i:02} {field}"] for field in Layer._fields] for i in range(count))
        layers = [
            Layer(str(kind), w, bias, int(stride), str(activation) or None, bool(keeps), bool(adds))
            for kind, w, bias, stride, activation, keeps, adds in fields
        ]
        return layers, arrays["x"]


def dwconv(layers: list[Layer], x: np.ndarray, threads: int) -> Callable[[], Any]:
    sys.path.insert(0, str(EXAMPLE))
    from lite0 import Network

    network = Network(layers, len(x), x.shape[1], threads)
    return lambda: network(x)


def torch(layers: list[Layer], x: np.ndarray, threads: int) -> Callable[[], Any]:
    import torch as library

    library.set_num_threads(threads)
    functional = library.nn.functional
    # (n, c, h, w) in channels_last order.
    picture = library.from_numpy(x).permute(0, 3, 1, 2)
    tensors = [
        (library.from_numpy(layer.w).contiguous(memory_format=library.channels_last),
         library.from_numpy(layer.bias))
        for layer in layers
    ]  # fmt: skip

    def call() -> Any:
        kept = y = picture
        for layer, (w, bias) in zip(layers, tensors, strict=True):
            if layer.keeps:
                kept = y
            if layer.kind == "classifier":
                return functional.linear(y.mean((2, 3)), w.flatten(1), bias).numpy()
            groups, total = (len(w) if layer.kind == "depthwise" else 1), w.shape[2] - layer.stride
            padding = total // 2
            if total % 2:
                padding = 0
                y = functional.pad(y, (total // 2, total - total // 2) * 2)
            y = functional.conv2d(y, w, bias, layer.stride, padding, 1, groups)
            if layer.activation:
                y = functional.hardtanh_(y, 0, 6)
            if layer.adds:
                y = y.add_(kept)
        raise AssertionError("there is no classifier")

    def without_gradients() -> Any:
        with library.inference_mode():
            return call()

    return without_gradients


def onnxruntime(layers: list[Layer], x: np.ndarray, threads: int) -> Callable[[], Any]:
    import onnx
    import onnxruntime as library

    nodes, constants = [], {"low": np.float32(0), "high": np.float32(6)}
    kept = y = "x"

    def append(kind: str, inputs: list[str], **attributes: Any) -> str:
        output = f"{kind} {len(nodes)}"
        nodes.append(onnx.helper.make_node(kind, inputs, [output], **attributes))
        return output

    for index, layer in enumerate(layers):
        constants |= {f"w{index}": layer.w, f"b{index}": layer.bias}
        if layer.keeps:
            kept = y
        if layer.kind == "classifier":
            y = append("GlobalAveragePool", [y])
        y = append(
            "Conv",
            [y, f"w{index}", f"b{index}"],
            group=len(layer.w) if layer.kind == "depthwise" else 1,
            auto_pad="SAME_UPPER",
            strides=[layer.stride] * 2,
        )
        if layer.activation:
            y = append("Clip", [y, "low", "high"])
        if layer.adds:
            y = append("Add", [y, kept])
    y = append("Flatten", [y])
    picture = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    graph = onnx.helper.make_graph(
        nodes,
        "lite0",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, picture.shape)],
        [onnx.helper.make_tensor_value_info(y, onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    settings = library.SessionOptions()
    settings.intra_op_num_threads = threads
    providers = ["CPUExecutionProvider"]
    session = library.InferenceSession(model.SerializeToString(), settings, providers=providers)
    return lambda: session.run(None, {"x": picture})[0]


RIVALS = {"dwconv": dwconv, "torch": torch, "onnxruntime": onnxruntime}


def main() -> None:
    rival, folder, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    call = RIVALS[rival](*task(folder / "task.npz"), threads)
    np.save(folder / "logits.npy", call())
    print(statistics.median(samples(call, SECONDS, least=5, before=3)))


if __name__ == "__main__":
    main()
