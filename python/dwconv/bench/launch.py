"""Starts a worker by the path of this file, in any environment that has NumPy.

``python launch.py bare {…}`` does not need dwconv: it takes the modules of the benchmark alone, under
their own names but without the package's ``__init__``, which would load the library. That also keeps
dwconv's libraries out of its rivals' processes. ``python launch.py whole {…}`` imports dwconv as usual.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


def _start() -> None:
    # The folder of this file is no place to import from.
    del sys.path[0]
    if sys.argv.pop(1) == "bare":
        package = ModuleType("dwconv")
        package.__path__ = [str(Path(__file__).resolve().parents[1])]
        sys.modules["dwconv"] = package
    import_module("dwconv.bench.worker").main()


if __name__ == "__main__":
    _start()
