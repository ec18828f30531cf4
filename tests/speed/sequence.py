"""Times of 1-D depthwise convolution, NumPy in and out, beside those of other libraries.

    python tests/speed/sequence.py --peer torch=/path/to/python --peer onnxruntime=/path/to/python

Each rival has a process of its own, and they take turns; the lower quartile of all samples counts. A ratio is
the time of the fastest peer over that of `dnnl_depthwise`. Peers have the layout NCW alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

#: Seconds of one case in one turn.
SECONDS = 0.3


class Sequence(NamedTuple):
    """What is computed: sizes, and elements of padding before the first one and behind the last."""

    batch: int
    channels: int
    width: int
    kernel: int
    padding: tuple[int, int]

    def text(self) -> str:
        return f"{self.batch}×{self.channels}×{self.width} k{self.kernel} p{self.padding}"


CASES = [
    Sequence(8, 256, 1000, 31, (15, 15)),
    Sequence(1, 2048, 4096, 4, (3, 0)),
    Sequence(8, 256, 1000, 7, (3, 3)),
    Sequence(8, 256, 1000, 3, (1, 1)),
    Sequence(1, 512, 200, 9, (4, 4)),
    Sequence(1, 1, 1_000_000, 63, (31, 31)),
]

Calls = dict[str, Callable[[], np.ndarray]]


def _dwconv(case: Sequence, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    import dwconv

    dwconv.set_num_threads(threads)
    calls: Calls = {}
    for layout, axes in (("NCW", (0, 1, 2)), ("NWC", (0, 2, 1))):
        source = np.ascontiguousarray(x.transpose(axes))
        keywords: dict[str, Any] = {"padding": (case.padding,), "layout": layout}
        plan = dwconv.Plan(source, w, **keywords)
        out = np.empty(plan.output_shape, np.float32)

        def call(source: Any = source, keywords: Any = keywords, axes: Any = axes) -> np.ndarray:
            return dwconv.dnnl_depthwise(source, w, **keywords).transpose(axes)

        def planned(
            source: Any = source, plan: Any = plan, out: Any = out, axes: Any = axes
        ) -> np.ndarray:
            return plan(source, out=out).transpose(axes)

        calls[f"dnnl_depthwise {layout}"] = call
        calls[f"plan {layout} ({plan.strategy})"] = planned
    return calls


def _torch(case: Sequence, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    torch: Any = import_module("torch")
    torch.set_num_threads(threads)
    torch.inference_mode().__enter__()
    weights, most = torch.from_numpy(w), max(case.padding)

    def call() -> np.ndarray:
        y = torch.conv1d(torch.from_numpy(x), weights, None, 1, most, 1, case.channels)
        # Symmetric padding alone: what is too much of it is cut off, at no cost.
        first = most - case.padding[0]
        return np.asarray(y[:, :, first : y.shape[2] - most + case.padding[1]].numpy())

    return {"conv1d": call}


def _onnxruntime(case: Sequence, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    onnx: Any = import_module("onnx")
    library: Any = import_module("onnxruntime")
    made = onnx.helper
    node = made.make_node("Conv", ["x", "w"], ["y"], group=case.channels, pads=list(case.padding))
    infos = [
        made.make_tensor_value_info(n, onnx.TensorProto.FLOAT, s)
        for n, s in (("x", x.shape), ("y", None))
    ]
    weights = [onnx.numpy_helper.from_array(w, "w")]
    graph = made.make_graph([node], "sequence", infos[:1], infos[1:], weights)
    model = made.make_model(graph, opset_imports=[made.make_opsetid("", 17)])
    model.ir_version = 8
    settings = library.SessionOptions()
    settings.intra_op_num_threads = threads
    providers = ["CPUExecutionProvider"]
    session = library.InferenceSession(model.SerializeToString(), settings, providers=providers)
    return {"Conv": lambda: session.run(None, {"x": x})[0]}


def _copy(case: Sequence, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    out = np.empty_like(x)

    def call() -> np.ndarray:
        np.copyto(out, x)
        return out

    return {"1 thread": call}


RIVALS = {"dwconv": _dwconv, "copy": _copy, "torch": _torch, "onnxruntime": _onnxruntime}


def _check(case: Sequence, x: np.ndarray, w: np.ndarray, y: np.ndarray) -> None:
    """Compares the last channel of the last batch with NumPy's own sum."""
    padded = np.pad(x[-1, -1].astype(np.float64), case.padding)
    expected = np.correlate(padded, w[-1, 0].astype(np.float64), mode="valid")
    # Products of numbers below 1: see tests/tolerance.py.
    np.testing.assert_allclose(y[-1, -1], expected, rtol=0, atol=1e-7 * case.kernel**2)


def _samples(call: Callable[[], np.ndarray]) -> Iterator[float]:
    for _ in range(2):
        call()
    end = time.perf_counter() + SECONDS
    while (start := time.perf_counter()) < end:
        call()
        yield (time.perf_counter() - start) * 1e3


def _work(rival: str, threads: int) -> None:
    """A worker: for each number of a case read, a line with the milliseconds of each of its calls."""
    for line in sys.stdin:
        case = CASES[int(line)]
        random = np.random.default_rng(0)
        x = random.random((case.batch, case.channels, case.width), dtype=np.float32)
        w = random.random((case.channels, 1, case.kernel), dtype=np.float32)
        found = {}
        for name, call in RIVALS[rival](case, x, w, threads).items():
            if rival != "copy":
                _check(case, x, w, call())
            found[name] = list(_samples(call))
        print(json.dumps(found), flush=True)


def _start(rival: str, python: str, threads: int) -> subprocess.Popen[str]:
    command = [python, __file__, "--work", rival, "--threads", str(threads)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _report(case: Sequence, found: dict[tuple[str, str], list[float]]) -> None:
    print(case.text())
    times = {key: float(np.quantile(samples, 0.25)) for key, samples in found.items()}
    for (rival, call), milliseconds in times.items():
        print(f"  {rival:12} {call:24} {milliseconds:9.3f} ms")
    peers = {rival: t for (rival, _), t in times.items() if rival not in ("dwconv", "copy")}
    if peers:
        fastest = min(peers, key=peers.__getitem__)
        ratio = peers[fastest] / times["dwconv", "dnnl_depthwise NCW"]
        print(f"  {ratio:.1f} times as fast as {fastest}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", help="numbers of cases, as 0,1")
    parser.add_argument("--work", choices=RIVALS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _work(options.work, options.threads)
        return
    pythons = {"dwconv": sys.executable, "copy": sys.executable}
    pythons.update((name, python) for name, _, python in (p.partition("=") for p in options.peer))
    chosen = map(int, options.only.split(",")) if options.only else range(len(CASES))
    with ExitStack() as ending:
        workers = {
            rival: ending.enter_context(_start(rival, python, options.threads))
            for rival, python in pythons.items()
        }
        for index in chosen:
            found: dict[tuple[str, str], list[float]] = defaultdict(list)
            for _ in range(options.turns):
                for rival, worker in workers.items():
                    assert worker.stdin is not None
                    assert worker.stdout is not None
                    print(index, file=worker.stdin, flush=True)
                    for call, samples in json.loads(worker.stdout.readline()).items():
                        found[rival, call] += samples
            _report(CASES[index], found)


if __name__ == "__main__":
    main()
