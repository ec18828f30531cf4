"""Times of quantized depthwise convolution beside ONNX Runtime's QLinearConv and float32: on the suite `mobilenet`,
and on sources of more than 64 MB in float32.

    python tests/speed/quantized.py --onnxruntime PYTHON [--threads 2] [--turns 3]

PYTHON has ONNX Runtime and ONNX, and is a process of its own; both take turns, and of all samples the lower
quartile counts. x is uint8, w int8 with a scale for each channel; dwconv's are a `Plan` into a given array.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from timing import geometric_mean, lower_quartiles, samples
from worker import Worker, answer

#: Sources of more than 64 MB in float32.
LARGE = (
    "n1c64i512x512k3p1",
    "n8c144i128x128k3p1",
    "n32c384i40x40k3p1",
    "n8c64i256x256k3s2p1",
)

#: Seconds of one call in one turn, and the least number of samples.
SECONDS, LEAST = 0.15, 3


def arrays(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x in NCHW, w, bias and the scales of w."""
    rng = np.random.default_rng(0)
    channels = case["channels"]
    x = rng.integers(0, 256, (case["batch"], channels, *case["spatial"])).astype(np.uint8)
    w = rng.integers(-64, 64, (channels, 1, *case["kernel"])).astype(np.int8)
    bias = rng.integers(-3000, 3000, channels).astype(np.int32)
    return x, w, bias, rng.uniform(0.01, 0.02, channels).astype(np.float32)


def session(case: dict[str, Any], threads: int) -> Callable[[], Any]:
    """A call of ONNX Runtime's."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    x, w, bias, w_scale = arrays(case)
    constants = {
        "x_scale": np.float32(0.02),
        "x_zero_point": np.uint8(128),
        "w": w,
        "w_scale": w_scale,
        "w_zero_point": np.zeros(len(w), np.int8),
        "y_scale": np.float32(0.05),
        "y_zero_point": np.uint8(120),
        "bias": bias,
    }
    pads = case["padding"]
    node = helper.make_node(
        "QLinearConv",
        ["x", *constants],
        ["y"],
        group=len(w),
        strides=case["stride"],
        pads=[low for low, _ in pads] + [high for _, high in pads],
    )
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.UINT8, None)],
        [numpy_helper.from_array(np.asarray(each), name) for name, each in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    made = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda: made.run(["y"], {"x": x})


def plans(case: dict[str, Any], threads: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """dwconv's calls by their names."""
    import dwconv

    x, w, bias, w_scale = arrays(case)
    scales = {"x_scale": 0.02, "x_zero_point": 128, "y_scale": 0.05, "y_zero_point": 120}
    for layout in ("NCHW", "NHWC"):
        keywords: dict[str, Any] = {
            "stride": tuple(case["stride"]),
            "padding": tuple(map(tuple, case["padding"])),
            "layout": layout,
            "threads": threads,
        }
        source = x if layout == "NCHW" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))
        plan = dwconv.Plan.quantized(source, w, bias, w_scale=w_scale, **scales, **keywords)
        floats = source.astype(np.float32)
        plain = dwconv.Plan(floats, w.astype(np.float32), bias.astype(np.float32), **keywords)
        for name, each, array in ((layout, plan, source), (f"{layout} f32", plain, floats)):
            out = np.empty(each.output_shape, array.dtype)
            yield name, lambda each=each, array=array, out=out: each(array, out=out)


def measured(case: dict[str, Any], peer: Worker, options: argparse.Namespace) -> dict[str, float]:
    """Milliseconds of each."""
    found: dict[str, list[float]] = {}
    calls = dict(plans(case, options.threads))
    for _ in range(options.turns):
        found.setdefault("ONNX Runtime", []).extend(peer.ask(case))
        for name, call in calls.items():
            found.setdefault(name, []).extend(samples(call, SECONDS, LEAST))
    return lower_quartiles(found)


def print_means(suite: str, ratios: dict[str, list[float]]) -> None:
    for name, each in ratios.items():
        mean = geometric_mean(each)
        slower = sum(ratio < 1 for ratio in each)
        print(
            f"{suite}: {name:35} geometric mean {mean:.2f}, least {min(each):.2f}, below 1: {slower}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--onnxruntime", type=Path, help="an interpreter that has it")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        answer(lambda case: samples(session(case, options.threads), SECONDS, LEAST))
        return
    if options.onnxruntime is None:
        parser.error("--onnxruntime: which interpreter?")
    from dwconv import _core
    from dwconv.bench.suites import SUITES

    command = [options.onnxruntime, __file__, "--worker", "--threads", options.threads]
    with Worker(command) as peer:
        for name, problems in (("mobilenet", SUITES["mobilenet"]), ("large", LARGE)):
            ratios: dict[str, list[float]] = {}
            for text in problems:
                case = _core.parse_problem(text)
                times = measured(case, peer, options)
                line = "".join(f"  {each} {time:.3f}" for each, time in times.items())
                print(f"{text:28}{line}", flush=True)
                for layout in ("NCHW", "NHWC"):
                    for rival in ("ONNX Runtime", f"{layout} f32"):
                        ratio = times[rival] / times[layout]
                        ratios.setdefault(f"{rival} / quantized {layout}", []).append(ratio)
            print_means(name, ratios)


if __name__ == "__main__":
    main()
