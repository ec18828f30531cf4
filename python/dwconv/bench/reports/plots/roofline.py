"""Every case below the roofs of this machine."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dwconv.bench.reports.figures import amount, digits
from dwconv.bench.reports.names import BASE, layouts, suites
from dwconv.bench.reports.plots.grid import title
from dwconv.bench.reports.plots.style import COLOURS, INK, MARKERS, plain_ticks, round_values
from dwconv.bench.results import Report


def _roofs(axes: Axes, report: Report, low: float, high: float) -> None:
    """The copy of the largest buffers, and the fastest copy of all, each up to the peak."""
    peak = report.fma_peak / 1e9
    if report.copy_bandwidth:
        largest = max(report.copy_bandwidth)
        fastest = max(report.copy_bandwidth, key=report.copy_bandwidth.__getitem__)
        for size, style in {largest: "-", fastest: "--"}.items():
            rate = report.copy_bandwidth[size] / 1e9
            x = np.geomspace(low, high, 200)
            axes.plot(
                x,
                np.minimum(rate * x, peak),
                color=INK,
                linestyle=style,
                linewidth=1.2,
                label=f"copy of {amount(size)}: {digits(rate)} GB/s",
            )
    axes.axhline(peak, color=INK, linewidth=1.2)
    axes.annotate(
        f"multiply-adds at peak: {digits(peak)} GFLOP/s",
        (high, peak),
        (-4, 4),
        textcoords="offset points",
        ha="right",
        fontsize=7,
    )


def roofline_figure(report: Report) -> Figure | None:
    """dwconv's rate on each case over the case's operations per byte; None where it has no time."""
    names, orders = suites(report), layouts(report)
    points = [
        (result, base.time)
        for result in report.results
        if (base := result.of(BASE)) is not None and base.timed
    ]
    if not points:
        return None
    figure = Figure(figsize=(9, 5.6))
    axes = figure.add_axes((0.08, 0.1, 0.66, 0.755))
    intensities = [result.flops / result.nbytes for result, _ in points]
    rates = [result.flops / seconds / 1e9 for result, seconds in points]
    # Where the slopes meet the peak belongs into the picture.
    ridges = [report.fma_peak / rate for rate in report.copy_bandwidth.values()]
    low, high = min(intensities + ridges) / 1.6, max(intensities + ridges) * 1.6
    _roofs(axes, report, low, high)
    for (result, _), x, y in zip(points, intensities, rates, strict=True):
        suite, order = names.index(result.case.suite), orders.index(result.case.layout)
        axes.plot(
            x,
            y,
            linestyle="none",
            marker=MARKERS[order % len(MARKERS)],
            markersize=6,
            markerfacecolor=COLOURS[suite % len(COLOURS)],
            markeredgecolor=INK,
            markeredgewidth=0.4,
            alpha=0.85,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    bottom, top = min(rates) / 1.6, max(*rates, report.fma_peak / 1e9) * 1.8
    axes.set_ylim(bottom, top)
    plain_ticks(axes, "x", round_values(low, high, 8))
    plain_ticks(axes, "y", round_values(bottom, top, 8))
    axes.grid()
    axes.set_xlabel("operations per byte of source, weights and destination (FLOP/byte, log scale)")
    axes.set_ylabel("operations per second (GFLOP/s, log scale)")
    blank: dict[str, Any] = {"linestyle": "none", "markeredgecolor": INK, "markeredgewidth": 0.4}
    keys = [
        Line2D([], [], marker="o", markerfacecolor=COLOURS[i % len(COLOURS)], label=name, **blank)
        for i, name in enumerate(names)
    ]
    keys += [
        Line2D(
            [], [], marker=MARKERS[i % len(MARKERS)], markerfacecolor="none", label=name, **blank
        )
        for i, name in enumerate(orders)
    ]
    handles = [*axes.get_legend_handles_labels()[0], *keys]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    title(
        figure,
        f"{BASE} below the roofs of this machine, {report.threads} threads",
        "A point is a case. The solid roof is a copy between the largest buffers, out of memory; what fits in a "
        "cache may rise to the dashed one.",
    )
    return figure
