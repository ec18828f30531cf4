"""Whether a report can be saved, to be asked before it is measured."""

from __future__ import annotations

from importlib import import_module

from dwconv._destinations import require_file, require_folder
from dwconv.bench.reports.forms import Forms


def check(forms: Forms) -> None:
    """Refuses forms that `save` could not make.

    Raises
    ------
    ValueError
        Where a path cannot be written, by the name of its option.
    ModuleNotFoundError
        Where a package that a form needs is not installed.
    """
    for name in ("json", "csv", "markdown", "html"):
        path = getattr(forms, name)
        if path is not None:
            require_file(f"--{name}", path)
    if forms.html is not None:
        import_module("dwconv.bench.reports.html")
    if forms.plots is not None:
        require_folder("--plots", forms.plots)
        import_module("dwconv.bench.reports.plots")
