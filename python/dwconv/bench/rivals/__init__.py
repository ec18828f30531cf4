"""The rivals by family: a family lives in one file and, where it is a peer, in one environment."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from dwconv.bench.rivals.base import Rival

OURS = "dwconv"
#: Families of peers, in the order in which reports show them.
PEERS = ("numpy", "scipy", "torch", "onnxruntime", "openvino", "tensorflow", "litert", "jax")


def _module(family: str) -> ModuleType:
    """The module of a family: one of this folder, or the file that its name gives."""
    path = Path(family)
    if path.suffix != ".py":
        return import_module(f"dwconv.bench.rivals.{family}_rivals")
    name = f"dwconv_bench_rival_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ValueError(f"{family} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def rivals_of(family: str) -> list[Rival]:
    """The rivals of a family: what `rivals()` of its module returns.

    `family` is `OURS`, one of `PEERS`, or the path of a Python file that has a function `rivals()`.
    """
    found: Iterable[Rival] = _module(family).rivals()
    return list(found)
