"""Whether a report can be saved, to be asked before it is measured."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Literal

from dwconv._destinations import require_file, require_folder


def check(
    json: Path | None = None,
    csv: Path | None = None,
    markdown: Path | None = None,
    html: Path | None = None,
    plots: Path | None = None,
    picture: Literal["png", "svg"] = "png",
) -> None:
    """Refuses what `save` could not do with the same arguments.

    Raises
    ------
    ValueError
        Where a path cannot be written, by the name of its option.
    ModuleNotFoundError
        Where a package that a form needs is not installed.
    """
    files = {"--json": json, "--csv": csv, "--markdown": markdown, "--html": html}
    for option, path in files.items():
        if path is not None:
            require_file(option, path)
    if html is not None:
        import_module("dwconv.bench.reports.html")
    if plots is not None:
        require_folder("--plots", plots)
        import_module("dwconv.bench.reports.plots")
