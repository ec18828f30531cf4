"""What sequence.py and volume.py share: a convolution of any dimensions, its rivals, and their turns.

Each rival has a process of its own, and they take turns; the lower quartile of all samples counts.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from timing import lower_quartiles, samples
from worker import Worker, add_peers, answer, chosen, peers_of

#: The name of a peer's call begins with it where its array is channels-last in memory.
CHANNELS_LAST = "channels-last"
#: Seconds of one case in one turn.
SECONDS = 0.3


class Convolution(NamedTuple):
    """What is computed: sizes, and elements of padding before the first one and behind the last."""

    batch: int
    channels: int
    size: tuple[int, ...]
    kernel: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]

    @property
    def rank(self) -> int:
        return len(self.size)

    def text(self) -> str:
        sizes, taps = ("×".join(map(str, each)) for each in (self.size, self.kernel))
        pads = self.padding[0] if len({*self.padding}) == 1 else self.padding
        return f"{self.batch}×{self.channels}×{sizes} k{taps} p{pads}"


Calls = dict[str, Callable[[], np.ndarray]]


def _dwconv(case: Convolution, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    import dwconv

    dwconv.set_num_threads(threads)
    calls: Calls = {}
    letters = "DHW"[-case.rank :]
    for layout in (f"NC{letters}", f"N{letters}C"):
        axis = layout.index("C")
        source = np.ascontiguousarray(np.moveaxis(x, 1, axis))
        keywords: dict[str, Any] = {"padding": case.padding, "layout": layout}
        plan = dwconv.Plan(source, w, **keywords)
        out = np.empty(plan.output_shape, np.float32)

        def call(source: Any = source, keywords: Any = keywords, axis: int = axis) -> np.ndarray:
            return np.moveaxis(dwconv.dnnl_depthwise(source, w, **keywords), axis, 1)

        def planned(
            source: Any = source, plan: Any = plan, out: Any = out, axis: int = axis
        ) -> np.ndarray:
            return np.moveaxis(plan(source, out=out), axis, 1)

        calls[f"dnnl_depthwise {layout}"] = call
        calls[f"plan {layout} ({plan.strategy})"] = planned
    return calls


def _torch(case: Convolution, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    torch: Any = import_module("torch")
    torch.set_num_threads(threads)
    torch.inference_mode().__enter__()
    weights, most = torch.from_numpy(w), [max(pair) for pair in case.padding]
    convolve = getattr(torch, f"conv{case.rank}d")
    # Symmetric padding alone: what is too much of it is cut off, at no cost.
    kept = tuple(
        slice(each - low, high - each or None)
        for each, (low, high) in zip(most, case.padding, strict=True)
    )

    def call(x: Any, weights: Any = weights) -> np.ndarray:
        y = convolve(x, weights, None, 1, most, 1, case.channels)
        return np.asarray(y[(..., *kept)].numpy())

    calls: Calls = {f"conv{case.rank}d": lambda: call(torch.from_numpy(x))}
    if case.rank == 3:
        # Memory as of NDHWC, made once: a tensor that a network has in this order already.
        order = {"memory_format": torch.channels_last_3d}
        last, w_last = torch.from_numpy(x).contiguous(**order), weights.contiguous(**order)
        calls[f"{CHANNELS_LAST} conv3d"] = lambda: call(last, w_last)
    return calls


def _onnxruntime(case: Convolution, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    onnx: Any = import_module("onnx")
    library: Any = import_module("onnxruntime")
    made = onnx.helper
    pads = [side for sides in zip(*case.padding, strict=True) for side in sides]
    node = made.make_node("Conv", ["x", "w"], ["y"], group=case.channels, pads=pads)
    infos = [
        made.make_tensor_value_info(n, onnx.TensorProto.FLOAT, s)
        for n, s in (("x", x.shape), ("y", None))
    ]
    weights = [onnx.numpy_helper.from_array(w, "w")]
    graph = made.make_graph([node], "convolution", infos[:1], infos[1:], weights)
    model = made.make_model(graph, opset_imports=[made.make_opsetid("", 17)])
    model.ir_version = 8
    settings = library.SessionOptions()
    settings.intra_op_num_threads = threads
    providers = ["CPUExecutionProvider"]
    session = library.InferenceSession(model.SerializeToString(), settings, providers=providers)
    return {"Conv": lambda: session.run(None, {"x": x})[0]}


def _copy(case: Convolution, x: np.ndarray, w: np.ndarray, threads: int) -> Calls:
    out = np.empty_like(x)

    def call() -> np.ndarray:
        np.copyto(out, x)
        return out

    return {"1 thread": call}


RIVALS = {"dwconv": _dwconv, "copy": _copy, "torch": _torch, "onnxruntime": _onnxruntime}


def _check(case: Convolution, x: np.ndarray, w: np.ndarray, y: np.ndarray) -> None:
    """Compares the last channel of the last batch with NumPy's own sum."""
    padded = np.pad(x[-1, -1].astype(np.float64), case.padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, case.kernel)
    taps = [*range(case.rank)]
    expected = np.tensordot(
        windows, w[-1, 0].astype(np.float64), ([each + case.rank for each in taps], taps)
    )
    # Products of numbers below 1: see tests/tolerance.py.
    np.testing.assert_allclose(y[-1, -1], expected, rtol=0, atol=1e-7 * w[-1].size ** 2)


def _work(cases: list[Convolution], rival: str, threads: int) -> None:
    """A worker: for each number of a case read, a line with the milliseconds of each of its calls."""

    def respond(index: int) -> dict[str, list[float]]:
        case = cases[index]
        random = np.random.default_rng(0)
        x = random.random((case.batch, case.channels, *case.size), dtype=np.float32)
        w = random.random((case.channels, 1, *case.kernel), dtype=np.float32)
        found = {}
        for name, call in RIVALS[rival](case, x, w, threads).items():
            if rival != "copy":
                _check(case, x, w, call())
            found[name] = samples(call, SECONDS, before=2)
        return found

    answer(respond)


def _report(case: Convolution, found: dict[tuple[str, str], list[float]]) -> None:
    print(case.text())
    times: dict[tuple[str, str], float] = lower_quartiles(found)
    for (rival, call), milliseconds in times.items():
        print(f"  {rival:12} {call:24} {milliseconds:9.3f} ms")
    peers = {key: t for key, t in times.items() if key[0] not in ("dwconv", "copy")}
    if not peers:
        return
    usual = {key: t for key, t in peers.items() if not key[1].startswith(CHANNELS_LAST)}
    for (rival, call), milliseconds in times.items():
        if rival == "dwconv" and call.startswith("dnnl_depthwise"):
            for among in (usual, peers) if call.endswith("C") and usual != peers else (usual,):
                fastest = min(among, key=among.__getitem__)
                ratio = among[fastest] / milliseconds
                print(f"  {call}: {ratio:.1f} times as fast as {' '.join(fastest)}")


def main(description: str, cases: list[Convolution]) -> None:
    """The command line of a script with these cases."""
    parser = argparse.ArgumentParser(description=description.split("\n", 1)[0])
    add_peers(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", help="numbers of cases, as 0,1")
    parser.add_argument("--work", choices=RIVALS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _work(cases, options.work, options.threads)
        return
    pythons = {"dwconv": sys.executable, "copy": sys.executable, **peers_of(options)}
    with ExitStack() as ending:
        workers = {
            rival: ending.enter_context(
                Worker([python, sys.argv[0], "--work", rival, "--threads", options.threads])
            )
            for rival, python in pythons.items()
        }
        for index in chosen(options.only, len(cases)):
            found: dict[tuple[str, str], list[float]] = defaultdict(list)
            for _ in range(options.turns):
                for rival, worker in workers.items():
                    for call, times in worker.ask(index).items():
                        found[rival, call] += times
            _report(cases[index], found)
