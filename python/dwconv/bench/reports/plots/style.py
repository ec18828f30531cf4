"""How all pictures look: colours that the colour-blind can tell apart (Okabe and Ito), small texts."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

#: Of texts and axes.
INK, FAINT = "#24292e", "#d0d4d9"
BLUE, ORANGE, GREEN, VERMILION = "#0072b2", "#e69f00", "#009e73", "#d55e00"
#: One for each suite.
COLOURS = [BLUE, ORANGE, GREEN, VERMILION, "#cc79a7", "#56b4e9", "#f0e442", "#999999"]
#: What a page puts in the place of these, for it may have a dark background.
PAGE_COLOURS = {INK: "--ink", FAINT: "--line", BLUE: "--blue", VERMILION: "--red"}
MARKERS = ["o", "s", "^", "D", "v", "P"]

# Any, since only newer releases of matplotlib list the names.
SETTINGS: dict[Any, Any] = {
    "figure.dpi": 110,
    "savefig.facecolor": "white",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    # Texts stay texts: smaller files, and they can be searched.
    "svg.fonttype": "none",
    # The same report gives the same file.
    "svg.hashsalt": "dwconv",
}


def plain_ticks(axes: Axes, which: str, values: list[float]) -> None:
    """Numbers such as 0.5, 1, 20 in the place of powers of ten, at most five in the range seen."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(values))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def round_values(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers inside a range: the closest ones of which there are not too many."""
    exponents = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    for factors in (
        (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8),
        (1, 1.5, 2, 3, 5, 7),
        (1, 2, 5),
        (1, 3),
        (1,),
    ):
        values = [f * 10.0**e for e in exponents for f in factors if low <= f * 10.0**e <= high]
        if len(values) <= most:
            return values
    step = math.ceil(len(values) / most)
    # 1 is where the rival and dwconv are level: it keeps its tick.
    anchor = values.index(1.0) % step if 1.0 in values else 0
    return values[anchor::step]
