"""Something to look at: a photograph, filtered channel by channel."""

from __future__ import annotations

from pathlib import Path


def run(output: Path) -> None:
    """Filters a photograph, writes the results as one picture and prints how long they took.

    Parameters
    ----------
    output : Path
        The picture to write, of a form that Pillow knows by the name's ending.

    Raises
    ------
    SystemExit
        Where the packages of the extra ``demo`` are not installed.
    """
    try:
        from dwconv.demo.report import show
    except ModuleNotFoundError as error:
        raise SystemExit(
            f"The demo needs {error.name}, which is not installed: pip install 'dwconv[demo]'"
        ) from error
    show(output)
