"""Small pictures side by side, one for each rival: fifteen rivals in one would hide each other."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Pictures in a row.
ACROSS = 5


def panels(count: int, *, left: float, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels that share both axes.

    `left` is room for the labels of the first column, `width` and `height` are those of a panel, all
    in inches.
    """
    across = min(count, ACROSS)
    down = math.ceil(count / across)
    gap_x, gap_y, bottom, top = 0.14, 0.52, 0.5, 0.75
    # A single narrow panel still leaves room for the title.
    total_width = max(left + across * width + (across - 1) * gap_x + 0.25, 6.5)
    total_height = top + down * height + (down - 1) * gap_y + bottom
    figure = Figure(figsize=(total_width, total_height))
    axes: list[Axes] = []
    for index in range(count):
        row, column = divmod(index, across)
        x = left + column * (width + gap_x)
        y = total_height - top - (row + 1) * height - row * gap_y
        box = (x / total_width, y / total_height, width / total_width, height / total_height)
        first = axes[0] if axes else None
        each = figure.add_axes(box, sharex=first, sharey=first)
        each.tick_params(labelleft=column == 0)
        axes.append(each)
    return figure, axes


def title(figure: Figure, text: str, below: str) -> None:
    """At the top left, with a line that says how to read it."""
    height = figure.get_figheight()
    figure.text(0.01, 1 - 0.1 / height, text, va="top", fontsize=10, fontweight="bold")
    figure.text(0.01, 1 - 0.31 / height, below, va="top", fontsize=7.5)
