"""Time against size."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dwconv.bench.reports.names import BASE, layouts, timed_rivals
from dwconv.bench.reports.plots.grid import panels, title
from dwconv.bench.reports.plots.style import (
    BLUE,
    INK,
    MARKERS,
    VERMILION,
    plain_ticks,
    round_values,
)
from dwconv.bench.results import CaseResult, Report


def _points(results: list[CaseResult], rival: str) -> tuple[list[float], list[float]]:
    """Megabytes and milliseconds."""
    found = [
        (result.nbytes / 1e6, each.time * 1e3)
        for result in results
        if (each := result.of(rival)) is not None and each.timed
    ]
    return [x for x, _ in found], [y for _, y in found]


def times_figure(report: Report) -> Figure | None:
    """A panel for each rival with its times, dwconv's and the limit; None where nothing was timed."""
    rivals = timed_rivals(report.results)
    if not rivals:
        return None
    shown = [rival for rival in rivals if rival != BASE] or [BASE]
    figure, axes = panels(len(shown), left=0.75, width=1.9, height=1.9)
    orders = layouts(report)
    by_layout = [[r for r in report.results if r.case.layout == layout] for layout in orders]
    limits = sorted((r.nbytes / 1e6, r.limit.seconds * 1e3) for r in report.results)
    for panel, rival in zip(axes, shown, strict=True):
        panel.scatter(
            [x for x, _ in limits], [y for _, y in limits], marker="_", s=14, lw=0.8, color=INK
        )
        for index, results in enumerate(by_layout):
            marker = MARKERS[index % len(MARKERS)]
            for each, colour in ((rival, VERMILION), (BASE, BLUE)):
                x, y = _points(results, each)
                panel.scatter(x, y, s=14, marker=marker, color=colour, alpha=0.7, linewidths=0)
        panel.set_title(rival, loc="left")
        panel.grid()
    every_x = [x for x, _ in limits]
    every_y = [y for _, y in limits]
    for rival in rivals:
        every_y += _points(report.results, rival)[1]
    axes[0].set_xscale("log")
    axes[0].set_yscale("log")
    x_range = (min(every_x) / 1.5, max(every_x) * 1.5)
    y_range = (min(every_y) / 1.5, max(every_y) * 1.5)
    axes[0].set_xlim(*x_range)
    axes[0].set_ylim(*y_range)
    for panel in axes:
        plain_ticks(panel, "x", round_values(*x_range))
        plain_ticks(panel, "y", round_values(*y_range, 7))
    figure.supxlabel(
        "bytes of source, weights and destination (MB, log scale)",
        fontsize=8,
        y=0.06 / figure.get_figheight(),
    )
    figure.supylabel("time of a warm call (ms, log scale)", fontsize=8, x=0.005)
    blank: dict[str, Any] = {"linestyle": "none", "markersize": 4}
    keys = [
        Line2D([], [], marker="o", color=BLUE, label=BASE, **blank),
        Line2D([], [], marker="o", color=VERMILION, label="the rival", **blank),
        Line2D([], [], marker="_", color=INK, label="limit of the machine", **blank),
        *(
            Line2D([], [], marker=MARKERS[i % len(MARKERS)], color=INK, label=name, **blank)
            for i, name in enumerate(orders)
        ),
    ]
    figure.legend(handles=keys, loc="upper right", ncols=len(keys), handletextpad=0.1)
    title(
        figure,
        "Time against size",
        f"A point is a case; each panel has one rival (red) beside {BASE} (blue) and the limit (dashes).",
    )
    return figure
