"""A file includes, imports and names only what its own layer or a lower one holds."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from helpers.layers import LAYERS, layer_of, problems, source_files

ROOT = Path(__file__).resolve().parent.parent


def test_nothing_points_upward() -> None:
    assert problems(ROOT) == []


def test_every_layer_has_files() -> None:
    layers = {layer_of(path) for path in source_files(ROOT)}
    assert layers == {name for name, _ in LAYERS}


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        ("cpp/include/dwconv/types.hpp", "L0"),
        ("cpp/src/parallel.cpp", "L0"),
        ("cpp/src/problem_text.cpp", "L1"),
        ("cpp/src/onednn/engine.hpp", "L2"),
        ("cpp/src/simd/level.hpp", "L2"),
        ("cpp/src/cache/lru_cache.hpp", "L3"),
        ("cpp/src/strategy/tiled.cpp", "L4"),
        ("cpp/src/plan/plan_cache.hpp", "L5"),
        ("cpp/include/dwconv/cache.hpp", "L5"),
        ("cpp/bindings/module.cpp", "L6"),
        ("python/dwconv/__init__.py", "L7"),
        ("python/dwconv/__main__.py", "L8"),
        ("python/dwconv/demo/__init__.py", "L8"),
        ("python/dwconv/bench/results.py", "L8"),
        ("python/dwconv/bench/reports/save.py", "L8"),
        ("python/dwconv/bench/reports/plots/files.py", "L8"),
        ("cpp/src/stray.cpp", None),
    ],
)
def test_layer_of(path: str, layer: str | None) -> None:
    assert layer_of(PurePosixPath(path)) == layer


VIOLATIONS = {
    "include upward": (
        "cpp/src/cache/a.hpp",
        '#include "plan/plan.hpp"\n',
        "includes cpp/src/plan/plan.hpp",
    ),
    "include upward from a public header": (
        "cpp/include/dwconv/types.hpp",
        '#include "dwconv/plan.hpp"\n',
        "includes cpp/include/dwconv/plan.hpp",
    ),
    "include upward in angles": (
        "cpp/src/types.cpp",
        "#  include <dwconv/plan.hpp>\n",
        "includes cpp/include/dwconv/plan.hpp",
    ),
    "include by neighbourhood": (
        "cpp/src/fork.cpp",
        '#include "stray.cpp"\n',
        "belongs to no layer",
    ),
    "include of nothing": (
        "cpp/src/fork.cpp",
        '#include "no/such.hpp"\n',
        "is no file of the project",
    ),
    "dnnl header": (
        "cpp/include/dwconv/plan.hpp",
        "#include <oneapi/dnnl/dnnl.hpp>\n",
        "includes oneapi",
    ),
    "dnnl name": ("cpp/src/plan/plan.hpp", "inline dnnl::engine e;\n", "names dnnl"),
    "pybind11 header": ("cpp/src/types.cpp", "#include <pybind11/numpy.h>\n", "includes pybind11"),
    "pybind11 name": ("cpp/src/strategy/a.cpp", "void f(py::array);\n", "names pybind11"),
    "import upward": (
        "python/dwconv/_a.py",
        "from dwconv.demo import show\n",
        "imports dwconv.demo.show",
    ),
    "import upward in a function": (
        "python/dwconv/_a.py",
        "def f():\n    import dwconv.__main__\n",
        "imports dwconv.__main__",
    ),
    "import of another package": (
        "python/dwconv/_a.py",
        "import scipy.signal\n",
        "imports scipy.signal",
    ),
    "import of nothing": ("python/dwconv/_a.py", "from .. import a\n", "imports"),
    "file of no layer": ("cpp/src/other.cpp", "", "belongs to no layer"),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_violation_is_found(name: str, tmp_path: Path) -> None:
    tree = {
        "cpp/src/plan/plan.hpp": "",
        "cpp/include/dwconv/plan.hpp": "",
        "python/dwconv/__init__.py": "import numpy\n",
        "python/dwconv/__main__.py": "import dwconv\n",
        "python/dwconv/demo/__init__.py": "from PIL import Image\n",
    }
    if name == "include by neighbourhood":
        tree["cpp/src/stray.cpp"] = ""
    path, text, expected = VIOLATIONS[name]
    for file, content in {**tree, path: text}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content)
    found = problems(tmp_path)
    assert len(found) == 1
    assert expected in found[0]


def test_comments_and_texts_may_name_anything(tmp_path: Path) -> None:
    source = tmp_path / "cpp/src/types.cpp"
    source.parent.mkdir(parents=True)
    source.write_text('// dnnl::engine\n/* py::array\n   dnnl::x */ auto text = "dnnl::memory";\n')
    assert problems(tmp_path) == []
