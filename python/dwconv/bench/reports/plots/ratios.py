"""Bars of each rival's time over dwconv's, case by case."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dwconv.bench.reports.figures import digits
from dwconv.bench.reports.names import BASE, timed_rivals
from dwconv.bench.reports.plots.grid import panels, title
from dwconv.bench.reports.plots.style import BLUE, INK, VERMILION, plain_ticks, round_values
from dwconv.bench.results import CaseResult

#: Bars beyond it are cut off: NumPy's, hundreds of times longer, would leave the others no room.
WIDEST = 20.0


def _why(result: CaseResult, rival: str) -> str:
    """Why a rival has no bar."""
    each = result.of(rival)
    if each is None:
        return "not there"
    return f"no {BASE}" if each.timed else each.status


def _label(axes: Axes, position: int, ratio: float | None, why: str) -> None:
    """The ratio at the end of its bar; in the bar where that leaves the picture."""
    low, high = axes.get_xlim()
    if ratio is None:
        x, text, left = low, why, True
    elif ratio > high / 2:
        x, text, left = min(ratio, high), digits(ratio) + (" →" if ratio > high else ""), False
    else:
        x, text, left = max(ratio, low), digits(ratio), ratio >= 1
    axes.annotate(
        text,
        (x, position),
        (2 if left else -2, 0),
        textcoords="offset points",
        ha="left" if left else "right",
        va="center_baseline",
        fontsize=5.5,
        style="italic" if ratio is None else "normal",
        color="white" if ratio is not None and ratio > high / 2 else INK,
    )


def _bars(axes: Axes, results: list[CaseResult], rival: str) -> None:
    ratios = [result.ratio(rival, BASE) for result in results]
    known = [(position, ratio) for position, ratio in enumerate(ratios) if ratio is not None]
    # Not by the colour alone.
    looks: dict[bool, dict[str, Any]] = {
        True: {"color": BLUE},
        False: {"facecolor": VERMILION, "edgecolor": "white", "hatch": "////"},
    }
    for slower, look in looks.items():
        chosen = [(position, ratio - 1) for position, ratio in known if (ratio >= 1) == slower]
        positions, lengths = [each for each, _ in chosen], [length for _, length in chosen]
        axes.barh(positions, lengths, left=1, height=0.72, linewidth=0, **look)
    for position, (result, ratio) in enumerate(zip(results, ratios, strict=True)):
        _label(axes, position, ratio, "" if ratio is not None else _why(result, rival))
    axes.axvline(1, color=INK, linewidth=0.8)
    axes.grid(axis="x")


def ratios_figure(suite: str, results: list[CaseResult]) -> Figure | None:
    """A panel for each rival, a bar for each case; None where no rival was timed beside dwconv."""
    known = [
        (rival, [r for each in results if (r := each.ratio(rival, BASE)) is not None])
        for rival in timed_rivals(results)
        if rival != BASE
    ]
    known = [(rival, ratios) for rival, ratios in known if ratios]
    if not known:
        return None
    # Names of one layout stand together.
    order = list(dict.fromkeys(each.case.layout for each in results))
    results = sorted(results, key=lambda each: order.index(each.case.layout))
    names = [each.case.name for each in results]
    figure, axes = panels(
        len(known),
        left=0.35 + 0.058 * max(map(len, names)),
        width=1.5,
        height=max(0.16 * len(names), 0.6),
    )
    every = [ratio for _, ratios in known for ratio in ratios]
    # Room for the figures at the left of the bars.
    low, high = min(*every, 0.7) * 0.5, min(max(*every, 1.5) * 1.15, WIDEST)
    axes[0].set_xscale("log")
    axes[0].set_xlim(low, high)
    axes[0].set_ylim(len(names) - 0.4, -0.6)
    # The panels share it.
    axes[0].set_yticks(range(len(names)), names)
    for each, (rival, _) in zip(axes, known, strict=True):
        _bars(each, results, rival)
        each.set_title(rival, loc="left")
        each.tick_params(axis="y", labelsize=6)
        plain_ticks(each, "x", round_values(low, high))
        for edge in range(1, len(names)):
            if results[edge].case.layout != results[edge - 1].case.layout:
                each.axhline(edge - 0.5, color=INK, linewidth=0.4, linestyle=":")
    figure.supxlabel(
        f"time of the rival / time of {BASE} (no unit, log scale)",
        fontsize=8,
        y=0.06 / figure.get_figheight(),
    )
    title(
        figure,
        f"{suite}: time of each rival over that of {BASE}",
        f"Blue, to the right of 1: {BASE} is faster. Hatched red, to the left of 1: the rival is faster.",
    )
    return figure
