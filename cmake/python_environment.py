"""Answer CMake's questions about the Python environment that this interpreter belongs to.

Where pip put a file is asked of the package's own record and not guessed from `sys.prefix`: in an
isolated build the two differ.
"""

from __future__ import annotations

import importlib.metadata
import sys
import sysconfig
from pathlib import Path


def files(distribution: str) -> list[Path]:
    """Return the files of an installed distribution that are there, none if it is not installed."""
    try:
        listed = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    located = (Path(str(file.locate())).resolve() for file in listed)
    return [path for path in located if path.is_file()]


def directory_of(distribution: str, name: str) -> str:
    """Return the directory that holds a distribution's file of that name."""
    return next((str(path.parent) for path in files(distribution) if path.name == name), "")


def program(distribution: str) -> str:
    """Return the program that a distribution of the same name installs."""
    return next((str(path) for path in files(distribution) if path.name == distribution), "")


def pip_install(*requirements: str) -> str:
    """Return the line that installs these where this interpreter finds them."""
    managed = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists()
    if managed and sys.prefix == sys.base_prefix:
        names = " ".join(requirements)
        return (
            f"{sys.executable} -m venv .venv && . .venv/bin/activate && pip install {names}"
            " && cmake --fresh -S . -B build"
        )
    return " ".join((sys.executable, "-m pip install", *requirements))


if __name__ == "__main__":
    question = {f.__name__: f for f in (directory_of, program, pip_install)}[sys.argv[1]]
    print(question(*sys.argv[2:]))
