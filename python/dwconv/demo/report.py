"""Runs the demo's filters and shows what came of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from skimage import data

import dwconv
from dwconv.demo.baseline import exact, shifted_adds
from dwconv.demo.filters import Filter, filters
from dwconv.demo.picture import require_picture, write_picture

Image = NDArray[np.float32]


def photograph() -> Image:
    """(512, 512, 3), values from 0 to 1."""
    return np.asarray(data.astronaut(), np.float32) / np.float32(255)


def padded(image: Image, each: Filter) -> Image:
    """The image with its edges mirrored, so that results have its size and no dark frame."""
    border = each.kernels.shape[-1] // 2
    return np.pad(image, ((border, border), (border, border), (0, 0)), mode="reflect")


def median_time(call: Callable[[], Any], seconds: float = 0.3) -> float:
    """The median time of a call in seconds, over at least 5 calls and about `seconds` of them."""
    call()
    times: list[float] = []
    while len(times) < 5 or sum(times) < seconds:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def show(output: Path) -> None:
    """Filters, times, compares; prints a table and writes the picture."""
    require_picture("--output", output)
    image = photograph()
    table = Table(
        title=f"{image.shape[0]}×{image.shape[1]} photograph, 3 channels, float32, "
        f"{dwconv.get_num_threads()} threads, median times",
        title_justify="left",
    )
    for name in ("filter", "dwconv", "NumPy, shifted adds", "ratio", "largest error of dwconv"):
        table.add_column(name, justify="left" if name == "filter" else "right")
    results: list[tuple[Filter, Image]] = []
    for each in filters():
        source = padded(image, each)
        result = dwconv.dnnl_depthwise(source, each.kernels, layout="HWC")
        error = np.abs(result - exact(source, each.kernels)).max()
        ours = median_time(partial(dwconv.dnnl_depthwise, source, each.kernels, layout="HWC"))
        numpys = median_time(partial(shifted_adds, source, each.kernels))
        table.add_row(
            each.name,
            f"{ours * 1e3:.3f} ms",
            f"{numpys * 1e3:.2f} ms",
            f"{numpys / ours:.1f}",
            f"{error:.1e}",
        )
        results.append((each, result))
    console = Console()
    console.print(table)
    console.print(
        "Errors are the largest absolute difference from a float64 reference; the photograph's values lie in 0 to 1."
    )
    write_picture(output, image, results)
    console.print(f"Wrote {output}")
