"""Nothing outside the arrays is read or written: guard pages at both ends of each of them.

A sanitizer does not see code that is compiled at run time; the processor does. The cases run in a
process of their own, which an access to a guard page would end.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dwconv
from case import Case
from cases import LAYOUTS
from gradient_case import BackwardDataCase, BackwardWeightsCase, TransposedCase
from grouped_case import GroupedCase
from helpers.guard_pages import guarded, guarded_out
from inverted_residual_case import InvertedResidualCase
from quantized_case import QuantizedCase
from separable_case import SeparableCase
from typed_case import BYTES, DTYPES, RESULTS, TypedCase, round_to

GEOMETRIES = [
    Case(size=(9, 7), padding=1),
    Case(size=(9, 7), kernel=(5, 4), stride=2),
    Case(size=(11, 13), kernel=(7, 7), padding=3),
    Case(size=(12, 12), dilation=2, padding=2),
    Case(size=(13, 9), kernel=(2, 3), stride=(1, 3), dilation=(3, 1), padding=((0, 2), (1, 0))),
    Case(size=(8, 33), kernel=(1, 1)),
    Case(batch=3, size=(4, 5), kernel=(3, 3), padding=((2, 1), (2, 2))),
    Case(batch=2, size=(3, 2), kernel=(2, 2)),
]
SEQUENCES = [
    Case(size=(150,), kernel=(31,), padding=15),
    Case(size=(9,), kernel=(4,), padding="causal"),
    Case(batch=2, size=(67,), kernel=(5,), stride=2, padding="same"),
    Case(size=(90,), kernel=(9,), dilation=3),
    Case(batch=3, size=(700,), kernel=(3,), padding=((2, 0),)),
]
VOLUMES = [
    Case(size=(4, 5, 7), kernel=(3, 3, 3), padding=1),
    Case(size=(5, 1, 2), kernel=(2, 1, 1), dilation=(2, 1, 1)),
    Case(batch=2, size=(3, 6, 9), kernel=(2, 3, 3), stride=2, padding=((2, 3), 1, 1)),
    Case(size=(2, 3, 3), kernel=(3, 5, 2), padding=((4, 3), 2, 1)),
]
DEEP = [Case(size=(6, 5), padding=((4, 7), (5, 4))), Case(size=(2, 2), dilation=3, padding=8)]
# Groups, channels and outputs of each.
GROUPED = ((1, 2, 3), (1, 16, 17), (1, 33, 8), (2, 5, 4), (8, 4, 4), (1, 3, 32))
CHANNELS = (1, 2, 3, 5, 8, 15, 16, 17, 31, 33, 50)
# Those with which something is added, too.
ADDING = (1, 3, 8, 17)


def cases_of(strategy: str) -> Iterator[Case]:
    """Geometries that the strategy serves, in all channel counts."""
    direct = strategy == "direct"
    geometries = SEQUENCES + (GEOMETRIES if direct else GEOMETRIES + DEEP)
    if strategy in ("planar", "tiled"):
        geometries = geometries + VOLUMES
    for geometry in geometries:
        first, last = LAYOUTS[len(geometry.size)][:2]
        for channels in CHANNELS:
            for layout in (last,) if direct else (first, last):
                case = replace(
                    geometry,
                    channels=channels,
                    layout=layout,
                    strategy=strategy,
                    bias=True,
                )
                yield case
                if not direct:
                    yield replace(case, multiplier=2, weights_rank=5)


def run(case: Case) -> None:
    """One case with all arrays at the ends, then at the starts, of their pages."""
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    for edge in ("end", "start"):
        source, *filters = (guarded(array, edge) for array in (x, w))
        filters.append(bias if bias is None else guarded(bias, edge))
        out = guarded_out(expected.shape, edge)
        case.run(source, *filters, out)
        np.testing.assert_array_equal(out, expected)
        out[...] = np.nan
        case.make_plan(source, *filters)(source, out=out)
        np.testing.assert_array_equal(out, expected)


def run_adding(case: Case) -> None:
    """As run(), with what is added at the edge too."""
    x, w, bias = case.arrays()
    expected = case.expected(x, w, bias)
    for edge in ("end", "start"):
        out = guarded_out(expected.shape, edge)
        add = guarded(case.epilogue()["add"], edge)
        dwconv.dnnl_depthwise(guarded(x, edge), w, bias, out=out, **{**case.keywords(), "add": add})
        np.testing.assert_array_equal(out, expected)


def run_weights_gradient(case: BackwardWeightsCase) -> None:
    """As run(), of the gradient by weights and bias."""
    x, dy, _ = case.arrays()
    expected = case.expected(x, dy, None)
    for edge in ("end", "start"):
        arrays = (guarded(x, edge), guarded(dy, edge))
        out = guarded_out(expected.shape, edge)
        result = case.weights_plan(arrays[0])(*arrays)
        np.testing.assert_array_equal(result, expected)
        replace(case, bias=False).weights_plan(arrays[0])(*arrays, out=out)
        np.testing.assert_array_equal(out, expected)


def weights_gradient_cases() -> Iterator[BackwardWeightsCase]:
    """Gradients by the weights of the same geometries, and of strides that planes are read with."""
    more = [
        replace(GEOMETRIES[0], stride=2),
        replace(GEOMETRIES[2], size=(12, 40), stride=2),
        Case(size=(15, 14), padding=1),
        Case(size=(26, 27), kernel=(5, 4), stride=2, padding=1),
    ]
    for geometry in GEOMETRIES + SEQUENCES + VOLUMES + more:
        first, last = LAYOUTS[len(geometry.size)][:2]
        for channels in CHANNELS:
            for layout in (first, last):
                case = replace(geometry, channels=channels, layout=layout, bias=True)
                for each in (case, replace(case, multiplier=2, weights_rank=5)):
                    yield BackwardWeightsCase(**vars(each))


def gradient_cases() -> Iterator[Case]:
    """Backward data and transposed convolution of the same geometries, enlarged to leave a result."""
    for geometry in GEOMETRIES + SEQUENCES + VOLUMES:
        first, last = LAYOUTS[len(geometry.size)][:2]
        size = tuple(each + 5 for each in geometry.size)
        for channels in CHANNELS:
            for layout in (first, last):
                case = replace(geometry, channels=channels, layout=layout, size=size)
                for each in (case, replace(case, multiplier=2, weights_rank=5)):
                    yield BackwardDataCase(**vars(each))
                    yield TransposedCase(**{**vars(each), "bias": True})


def grouped_cases() -> Iterator[GroupedCase]:
    """Few and many channels, groups, and the kernels that oneDNN has for each."""
    for geometry in GEOMETRIES + DEEP:
        for groups, members, multiplier in GROUPED:
            for layout in ("NCHW", "NHWC"):
                yield GroupedCase(
                    **{
                        **vars(geometry),
                        "channels": groups * members,
                        "multiplier": multiplier,
                        "layout": layout,
                        "bias": True,
                    },
                    groups=groups,
                )


def separable_cases(strategy: str) -> Iterator[SeparableCase]:
    """The same geometries, to several numbers of outputs."""
    for geometry in GEOMETRIES + DEEP:
        for channels, outputs in ((2, 3), (5, 16), (16, 17), (16, 24), (33, 8)):
            for layout in ("NCHW", "NHWC"):
                changes = {"channels": channels, "layout": layout, "strategy": strategy}
                yield SeparableCase(
                    **{**vars(geometry), **changes, "bias": True},
                    depthwise_bias=True,
                    outputs=outputs,
                )


def inverted_residual_cases(strategy: str) -> Iterator[InvertedResidualCase]:
    """The same geometries, from and to several numbers of channels; x is added where it can be."""
    for case in separable_cases(strategy):
        block = InvertedResidualCase(**vars(case), inputs=case.outputs, expand_bias=True)
        yield block
        if case.stride == 1:
            yield replace(block, padding="same", residual=True)


def typed_cases() -> Iterator[TypedCase]:
    """Dtypes of two bytes and of one, to each dtype of a result."""
    for index, geometry in enumerate(GEOMETRIES + SEQUENCES + DEEP + VOLUMES):
        for channels in (1, 3, 8, 17, 33):
            for dtype in DTYPES:
                results = RESULTS[dtype]
                of_bytes = dtype in ("int8", "uint8")
                yield TypedCase(
                    **{
                        **vars(geometry),
                        "channels": channels,
                        "layout": LAYOUTS[len(geometry.size)][(index + channels) % 2],
                        "bias": True,
                    },
                    x_dtype=dtype,
                    w_dtype="int8" if of_bytes else dtype,
                    bias_dtype="int32" if of_bytes else dtype,
                    out_dtype=results[channels % len(results)],
                )


def quantized_cases() -> Iterator[QuantizedCase]:
    """Those of integers, with scales and zero points."""
    for case in typed_cases():
        if case.of_bytes():
            out_dtype = case.out_dtype if case.out_dtype in BYTES else None
            yield QuantizedCase(**{**vars(case), "out_dtype": out_dtype}, per_channel=True)


def run_typed(case: TypedCase) -> None:
    """As run()."""
    x, w, bias = case.arrays()
    assert bias is not None
    expected = round_to(case.expected(x, w, bias), case.y_dtype)
    for edge in ("end", "start"):
        arrays = [guarded(array, edge) for array in (x, w, bias)]
        out = guarded_out(expected.shape, edge, case.y_dtype)
        case.run(*arrays, out)
        np.testing.assert_array_equal(out, expected)


def run_separable(case: SeparableCase) -> None:
    """As run()."""
    x, filters = case.arrays()[0], case.filters()
    expected, _ = case.results(x, filters)
    for edge in ("end", "start"):
        source = guarded(x, edge)
        weights = {name: guarded(array, edge) for name, array in filters.items()}
        out = guarded_out(expected.shape, edge)
        case.call(source, weights, out)
        np.testing.assert_array_equal(out, expected)
        out[...] = np.nan
        case.separable_plan(source, weights)(source, out=out)
        np.testing.assert_array_equal(out, expected)


def main(strategy: str) -> None:
    """Run all cases of a strategy, naming each before it is run."""
    for case in cases_of(strategy):
        print(case, flush=True)
        try:
            run(case)
        except dwconv.Unsupported:
            # One channel is no depthwise convolution to oneDNN, which then has no fast kernel; before
            # AVX2 it has none for sequences that are padded deeply either.
            assert strategy == "direct"
            assert case.channels == 1 or len(case.size) == 1
            continue
        if case.channels in ADDING:
            run_adding(replace(case, add_order="C", activation=("relu", None, None)))
    print("all done")


def main_of_others() -> None:
    """Run all cases of the other operations."""
    for case in (*grouped_cases(), *gradient_cases()):
        print(case, flush=True)
        run(case)
    for gradient in weights_gradient_cases():
        print(gradient, flush=True)
        run_weights_gradient(gradient)
    for strategy in ("fused", "unfused"):
        for separable in (*separable_cases(strategy), *inverted_residual_cases(strategy)):
            print(separable, flush=True)
            # Old processors lack kernels for some of them.
            with contextlib.suppress(dwconv.Unsupported):
                run_separable(separable)
    print("all done")


def main_of_dtypes() -> None:
    """Run all cases of other dtypes than float32, quantized ones too."""
    for case in (*typed_cases(), *quantized_cases()):
        print(case, flush=True)
        run_typed(case)
    print("all done")


@pytest.mark.parametrize("strategy", ["direct", "tiled", "planar", "reordered"])
def test_nothing_beyond_the_arrays_is_touched(strategy: str) -> None:
    assert_all_done(f"main({strategy!r})")


def test_nothing_beyond_the_arrays_is_touched_in_other_dtypes() -> None:
    assert_all_done("main_of_dtypes()")


def test_nothing_beyond_the_arrays_is_touched_by_other_convolutions() -> None:
    assert_all_done("main_of_others()")


def assert_all_done(call: str) -> None:
    """A process that makes the call lives to say so."""
    code = f"import test_guard_pages; test_guard_pages.{call}"
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    last = done.stdout.rstrip().rpartition("\n")[2]
    assert last == "all done", f"{last}\nended with {done.returncode}\n{done.stderr}"


@pytest.mark.parametrize("edge", ["end", "start"])
@pytest.mark.parametrize("offset", [-4, 4])
def test_guard_pages_work(edge: str, offset: int) -> None:
    """A read just outside the array ends the process on the guarded side."""
    code = (
        "import ctypes, numpy as np; from helpers.guard_pages import guarded;"
        f"a = guarded(np.ones(1024, np.float32), {edge!r});"
        f"address = a.ctypes.data + ({offset} if {offset} < 0 else a.nbytes);"
        "ctypes.string_at(address, 1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, timeout=60
    )
    assert done.returncode == -11  # a page holds 1024 floats: there are guards at both ends
