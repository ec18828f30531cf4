"""One rival of separable.py on one shape: prints the milliseconds of a call for each line that it reads.

Needs NumPy and the rival alone, so that it runs in any environment.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from timing import samples
from worker import answer

SECONDS = 0.25
CALLS = 3


def arrays_of(n: int, c: int, size: int, oc: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x": rng.standard_normal((n, c, size, size), dtype=np.float32),
        "w": rng.standard_normal((c, 1, 3, 3), dtype=np.float32),
        "mix": rng.standard_normal((oc, c, 1, 1), dtype=np.float32) / c,
        "bias": rng.standard_normal(oc, dtype=np.float32),
        "between": rng.standard_normal(c, dtype=np.float32),
    }


def ours(a: dict[str, np.ndarray], stride: int, threads: int, rival: str) -> Callable[[], Any]:
    import dwconv

    strategy, layout = rival.split()
    x = a["x"] if layout == "NCHW" else np.ascontiguousarray(a["x"].transpose(0, 2, 3, 1))
    plan = dwconv.Plan.separable(
        x,
        a["w"],
        a["mix"],
        a["bias"],
        depthwise_bias=a["between"],
        depthwise_activation="relu6",
        stride=stride,
        padding=1,
        layout=layout,
        threads=threads,
        strategy=None if strategy == "auto" else strategy,
    )
    return lambda: plan(x)


def torch(a: dict[str, np.ndarray], stride: int, threads: int, _: str) -> Callable[[], Any]:
    import torch as library

    library.set_num_threads(threads)
    functional = library.nn.functional
    tensors = {name: library.from_numpy(array) for name, array in a.items()}
    x = tensors["x"].contiguous(memory_format=library.channels_last)
    channels = x.shape[1]

    def call() -> Any:
        with library.inference_mode():
            y = functional.conv2d(x, tensors["w"], tensors["between"], stride, 1, 1, channels)
            return functional.conv2d(functional.hardtanh_(y, 0, 6), tensors["mix"], tensors["bias"])

    return call


def onnxruntime(a: dict[str, np.ndarray], stride: int, threads: int, _: str) -> Callable[[], Any]:
    import onnx
    import onnxruntime as library

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> Any:
        return onnx.helper.make_node(kind, inputs, [output], **attributes)

    channels = a["x"].shape[1]
    constants = {**a, "low": np.float32(0), "high": np.float32(6)}
    graph = onnx.helper.make_graph(
        [
            node("Conv", ["x", "w", "between"], "d", group=channels, pads=[1] * 4,
                 strides=[stride] * 2),
            node("Clip", ["d", "low", "high"], "r"),
            node("Conv", ["r", "mix", "bias"], "y"),
        ],
        "separable",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, a["x"].shape)],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items() if k != "x"],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    settings = library.SessionOptions()
    settings.intra_op_num_threads = threads
    providers = ["CPUExecutionProvider"]
    session = library.InferenceSession(model.SerializeToString(), settings, providers=providers)
    return lambda: session.run(None, {"x": a["x"]})


def openvino(a: dict[str, np.ndarray], stride: int, threads: int, _: str) -> Callable[[], Any]:
    import openvino as library
    from openvino import opset8

    channels = a["x"].shape[1]
    x = opset8.parameter(a["x"].shape, np.float32, name="x")
    w = opset8.constant(a["w"].reshape(channels, 1, 1, 3, 3))
    pads = [1, 1]
    y = opset8.group_convolution(x, w, [stride] * 2, pads, pads, [1, 1])
    y = opset8.clamp(opset8.add(y, a["between"].reshape(1, -1, 1, 1)), 0.0, 6.0)
    y = opset8.convolution(y, opset8.constant(a["mix"]), [1, 1], [0, 0], [0, 0], [1, 1])
    y = opset8.add(y, a["bias"].reshape(1, -1, 1, 1))
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = library.Core().compile_model(library.Model([y], [x]), "CPU", settings)
    request = compiled.create_infer_request()
    return lambda: request.infer([a["x"]], share_inputs=True, share_outputs=True)


RIVALS = {"torch": torch, "onnxruntime": onnxruntime, "openvino": openvino}


def main() -> None:
    rival = sys.argv[1]
    threads, n, c, size, stride, oc = map(int, sys.argv[2:8])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    call = RIVALS.get(rival, ours)(arrays_of(n, c, size, oc), stride, threads, rival)
    for _ in range(CALLS):
        call()
    # The first sample finds the caches full of another process's data.
    answer(lambda _: statistics.median(samples(call, SECONDS, CALLS - 1)))


if __name__ == "__main__":
    main()
