"""Whether a file can be written, to be asked before the work whose outcome it is to hold."""

from __future__ import annotations

import os
from pathlib import Path


def require_file(option: str, path: Path) -> None:
    """Refuses a path that no file can be written to, by the name of the option that gives it.

    Raises
    ------
    ValueError
    """
    if path.is_dir():
        raise ValueError(f"{option}: expected a file; {path} is a folder")
    if not path.parent.is_dir():
        raise ValueError(f"{option}: there is no folder {path.parent}")
    _require_access(option, path if path.exists() else path.parent)


def require_folder(option: str, path: Path) -> None:
    """Refuses a path that is no folder and where none can be made, with those above it.

    Raises
    ------
    ValueError
    """
    nearest = next(each for each in (path, *path.parents) if each.exists())
    if not nearest.is_dir():
        raise ValueError(f"{option}: expected a folder; {nearest} is a file")
    _require_access(option, nearest)


def _require_access(option: str, path: Path) -> None:
    if not os.access(path, os.W_OK):
        raise ValueError(f"{option}: there is no right to write to {path}")
