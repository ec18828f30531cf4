"""The layers of the source tree, and what a file of one may include, import and name."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# Patterns of paths under the root, from the lowest layer up; a file belongs to the first that fits.
LAYERS: list[tuple[str, list[str]]] = [
    (
        "L0",
        [
            "cpp/include/dwconv/{errors,types,inline_vector,tensor_view,export,version,cache_info}.hpp",
            "cpp/src/{errors,types,tensor_view,ceil_div,range,dense_copy,dense_strides,finite,buffer_pool,parallel,fork}.*",
        ],
    ),
    (
        "L1",
        [
            "cpp/include/dwconv/{activation,problem,separable_problem,inverted_residual_problem,transposed_problem,quantized_problem,layout}.hpp",
            "cpp/src/{activation,problem,problem_validate,problem_text,separable_problem,inverted_residual_problem,transposed_problem,quantized_problem,layout}.cpp",
            "cpp/src/problem_{depthwise,size,types}.*",
        ],
    ),
    ("L2", ["cpp/src/onednn/*", "cpp/src/simd/*"]),
    ("L3", ["cpp/src/cache/*"]),
    ("L4", ["cpp/src/strategy/*"]),
    (
        "L5",
        [
            "cpp/src/plan/*",
            "cpp/include/dwconv/{plan,conv,separable,inverted_residual,backward_data,backward_weights,transposed,quantized,cache,runtime,measure,dwconv}.hpp",
        ],
    ),
    ("L6", ["cpp/bindings/*", "python/dwconv/_core.pyi"]),
    (
        "L8",
        [
            "python/dwconv/demo/*",
            "python/dwconv/bench/{*,*/*,*/*/*}",
            "python/dwconv/__main__.py",
        ],
    ),
    ("L7", ["python/dwconv/*"]),
]

ONEDNN_LAYERS = ("L2", "L4")
PYBIND11_LAYERS = ("L6",)
# What each layer of Python may import beside the standard library and the package itself.
PYTHON_NEEDS = {
    "L6": {"numpy"},
    "L7": {"numpy"},
    "L8": {"PIL", "jinja2", "markupsafe", "matplotlib", "numpy", "rich", "scipy", "skimage"},
}

_COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def _alternatives(pattern: str) -> list[str]:
    """``p{q,r}s`` as ``pqs`` and ``prs``."""
    match = re.search(r"\{([^}]*)\}", pattern)
    if match is None:
        return [pattern]
    before, after = pattern[: match.start()], pattern[match.end() :]
    return [before + middle + after for middle in match[1].split(",")]


def layer_of(path: PurePosixPath) -> str | None:
    """The layer of a file, given by its path under the root."""
    for layer, patterns in LAYERS:
        for pattern in patterns:
            if any(path.match(each) for each in _alternatives(pattern)):
                return layer
    return None


def source_files(root: Path) -> list[PurePosixPath]:
    """All files of the library and the package, by their paths under the root."""
    suffixes = {".hpp", ".cpp", ".h", ".in", ".py", ".pyi"}
    folders = ("cpp/include", "cpp/src", "cpp/bindings", "python")
    found = [path for folder in folders for path in (root / folder).rglob("*")]
    return [
        PurePosixPath(path.relative_to(root).as_posix().removesuffix(".in"))
        for path in sorted(found)
        if path.suffix in suffixes and path.is_file() and path.name != "CMakeLists.txt"
    ]


def _resolve_include(name: str, quoted: bool, path: PurePosixPath) -> list[PurePosixPath]:
    """Where an included file of the project can be."""
    folders = [
        PurePosixPath("cpp/include"),
        PurePosixPath("cpp/src"),
        PurePosixPath("cpp/bindings"),
    ]
    return [folder / name for folder in ([path.parent] if quoted else []) + folders]


def cpp_problems(path: PurePosixPath, text: str, files: set[PurePosixPath]) -> Iterator[str]:
    """What a C++ file includes or names that its layer may not."""
    layer = layer_of(path)
    for mark, name in _INCLUDE.findall(text):
        if re.search(r"\bdnnl|oneapi", name) and layer not in ONEDNN_LAYERS:
            yield f"{path} ({layer}) includes {name}"
        if "pybind11" in name and layer not in PYBIND11_LAYERS:
            yield f"{path} ({layer}) includes {name}"
        targets = [each for each in _resolve_include(name, mark == '"', path) if each in files]
        if mark == '"' and not targets and "dnnl" not in name:
            yield f"{path} includes {name}, which is no file of the project"
        for target in targets[:1]:
            upper = layer_of(target)
            if upper is not None and layer is not None and upper > layer:
                yield f"{path} ({layer}) includes {target} ({upper})"
    code = _COMMENT_OR_TEXT.sub(" ", text)
    if re.search(r"\bdnnl(::|_\w)", code) and layer not in ONEDNN_LAYERS:
        yield f"{path} ({layer}) names dnnl"
    if re.search(r"\b(py|pybind11)::", code) and layer not in PYBIND11_LAYERS:
        yield f"{path} ({layer}) names pybind11"


def _imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what is imported, names from a module included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names
            )


def _module_file(name: str, files: set[PurePosixPath]) -> PurePosixPath | None:
    """The file of ``dwconv.a.b`` or of the module that ``b`` comes from."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        base = PurePosixPath("python", *parts[:end])
        for candidate in (base.with_suffix(".py"), base.with_suffix(".pyi"), base / "__init__.py"):
            if candidate in files:
                return candidate
    return None


def python_problems(path: PurePosixPath, text: str, files: set[PurePosixPath]) -> Iterator[str]:
    """What a Python file imports that its layer may not."""
    layer = layer_of(path)
    for name in _imported(ast.parse(text)):
        top = name.partition(".")[0]
        if top == "dwconv":
            target = _module_file(name, files)
            upper = layer_of(target) if target else None
            if target is None or upper is None or (layer is not None and upper > layer):
                yield f"{path} ({layer}) imports {name} ({upper})"
        elif top not in sys.stdlib_module_names and top not in PYTHON_NEEDS.get(layer or "", ()):
            yield f"{path} ({layer}) imports {name}"


def problems(root: Path) -> list[str]:
    """Every violation of the layers in a source tree."""
    files = source_files(root)
    found = [f"{path} belongs to no layer" for path in files if layer_of(path) is None]
    for path in files:
        real = root / path
        text = (real if real.exists() else Path(f"{real}.in")).read_text(encoding="utf-8")
        check = python_problems if path.suffix in (".py", ".pyi") else cpp_problems
        found += check(path, text, set(files))
    return found
