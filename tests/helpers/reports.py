"""Reports with invented figures, as a run of the benchmark could have made them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from dwconv.bench.results import Case, CaseResult, Limit, Machine, Measurement, Report

COPY_RATE, FMA_PEAK = 40e9, 200e9
#: Time over that of dwconv, on the whole.
SPEEDS = {
    "dwconv": 1.0,
    "dwconv tiled": 1.02,
    "dwconv reordered": 3.1,
    "NumPy loops": 4000.0,
    "NumPy shifted adds": 35.0,
    "NumPy sliding windows": 60.0,
    "SciPy correlate": 48.0,
    "PyTorch": 7.5,
    "PyTorch channels_last": 1.25,
    "ONNX Runtime": 1.9,
    "OpenVINO": 4.2,
    "TensorFlow": 5.7,
    "LiteRT": 2.4,
    "LiteRT invoke alone": 0.6,
    "dwconv out=": 0.97,
    "PyTorch out=": 7.1,
}
LAYERS = [
    (32, 112, 3),
    (96, 112, 3),
    (144, 56, 3),
    (192, 28, 3),
    (384, 14, 3),
    (960, 7, 3),
    (240, 28, 5),
    (96, 56, 7),
]


def problems(count: int) -> list[tuple[str, int, int]]:
    """Texts of problems with their operations and bytes."""
    found = []
    for index in range(count):
        channels, size, kernel = LAYERS[index % len(LAYERS)]
        batch = 1 + index // len(LAYERS)
        text = f"n{batch}c{channels}i{size}x{size}k{kernel}x{kernel}p{kernel // 2}"
        outputs = batch * channels * size**2
        found.append((text, 2 * outputs * kernel**2, 4 * (2 * outputs + channels * kernel**2)))
    return found


def measurement(
    rival: str, seconds: float, random: np.random.Generator, turns: int, noise: float
) -> Measurement:
    """A rival that takes about so many seconds."""
    times = seconds * np.exp(random.normal(0, noise, turns))
    detail = "tiled [brdgmm_dw:avx2]" if rival == "dwconv" else ""
    return Measurement(
        rival,
        "timed",
        error=0.2,
        first_call=0.01 + 3 * seconds,
        rounds=[times.tolist()],
        detail=detail,
    )


def report(
    cases: int = 4,
    *,
    suites: tuple[str, ...] = ("mobilenet", "convnext"),
    layouts: tuple[str, ...] = ("NCHW", "NHWC"),
    speeds: Mapping[str, float] = SPEEDS,
    seed: int = 0,
    turns: int = 7,
    noise: float = 0.02,
    noise_of_run: float = 0.0,
    drift: float = 1.0,
) -> Report:
    """A report of so many cases for each suite and layout.

    `noise` differs from turn to turn, `noise_of_run` from one case and rival to the next but not
    between their turns, and `drift` is common to all.
    """
    random = np.random.default_rng(seed)
    # How good each rival is at each case belongs to the case, not to the run.
    character = np.random.default_rng(1)
    results = []
    for suite in suites:
        for layout in layouts:
            for problem, flops, nbytes in problems(cases):
                copy, fma = nbytes / COPY_RATE, flops / FMA_PEAK
                limit = Limit(copy=copy, fma=fma, call=1e-6)
                measurements = []
                for rival, speed in speeds.items():
                    own = 1.0 if rival == "dwconv" else math.exp(character.normal(0, 0.3))
                    run = math.exp(random.normal(0, noise_of_run))
                    seconds = 1.4 * limit.seconds * speed * own * run * drift
                    measurements.append(measurement(rival, seconds, random, turns, noise))
                case = Case(suite, problem, layout)
                results.append(CaseResult(case, flops, nbytes, limit, measurements))
    return Report(
        created="2025-01-31T12:34:56+01:00",
        command="python -m dwconv bench mobilenet --peers all",
        threads=2,
        machine=Machine(
            processor="Example 9000",
            processors=2,
            caches={"L1d": 32768, "L2": 524288, "L3": 33554432},
            memory=16 * 2**30,
            governor="performance",
            system="Linux 6.1",
            isa="AVX2",
            load_before=0.12,
            load_after=2.01,
        ),
        versions={"dwconv": "0.1.0", "oneDNN": "3.2.0", "NumPy": "2.4.6", "PyTorch": "2.9.0"},
        copy_bandwidth={65536: 4 * COPY_RATE, 1048576: 2 * COPY_RATE, 67108864: COPY_RATE},
        fma_peak=FMA_PEAK,
        results=results,
    )


def with_rival(base: Report, index: int, changed: Measurement) -> Report:
    """The report with another measurement in the place of that rival's, for one case or (-1) all."""
    results = []
    for position, result in enumerate(base.results):
        kept = [each for each in result.measurements if each.rival != changed.rival]
        chosen = index in (-1, position)
        results.append(replace(result, measurements=[*kept, changed]) if chosen else result)
    return replace(base, results=results)


#: Few enough to be drawn quickly.
FEW = [
    "dwconv",
    "dwconv tiled",
    "NumPy shifted adds",
    "PyTorch channels_last",
    "ONNX Runtime",
    "OpenVINO",
    "LiteRT invoke alone",
    "PyTorch out=",
]


def awkward() -> Report:
    """Two suites, one with a name that has to be escaped; a wrong rival, a missing one."""
    plain = report(3, suites=("mobilenet", "tiny <&>"), speeds={name: SPEEDS[name] for name in FEW})
    wrong = with_rival(plain, 2, Measurement("OpenVINO", "wrong", "error <b>9</b> | 1", error=9.0))
    return with_rival(wrong, -1, Measurement("JAX", "missing", "not installed"))
