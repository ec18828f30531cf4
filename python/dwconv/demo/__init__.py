"""Something to look at: a photograph, filtered channel by channel."""

from __future__ import annotations

from pathlib import Path

from dwconv._extras import needing


def run(output: Path) -> None:
    """Filters a photograph, writes the results as one picture and prints how long they took.

    Parameters
    ----------
    output : Path
        The picture to write, of a form that Pillow knows by the name's ending.

    Raises
    ------
    ValueError
        Where no picture can be written to `output`.
    MissingExtra
        Where the packages of the extra ``demo`` are not installed.
    """
    with needing("demo"):
        from dwconv.demo.report import show
    show(output)
