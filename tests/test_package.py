"""What is installed: one private oneDNN, a quick import, a C++ package, and clear words when broken."""

from __future__ import annotations

import doctest
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dwconv

PACKAGE = Path(dwconv.__file__).parent

COMPUTE = """
import numpy as np, dwconv
y = dwconv.dnnl_depthwise(np.ones((1, 3, 4, 4), np.float32), np.ones((3, 3, 3), np.float32))
assert y.shape == (1, 3, 2, 2) and (y == 9).all()
"""


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def answer(code: str, cwd: Path) -> str:
    done = python("-c", code, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_is_quick(tmp_path: Path) -> None:
    # The processor's time and not the wall's, so that a busy machine makes no difference.
    code = "import time; t = time.process_time(); import dwconv; print(time.process_time() - t)"
    assert min(float(answer(code, tmp_path)) for _ in range(5)) < 0.3


def test_import_needs_numpy_alone(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import dwconv;"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    names = set(answer(code, tmp_path).split()) - set(sys.stdlib_module_names)
    assert {name for name in names if not name.startswith("_")} == {"dwconv", "numpy"}


def test_onednn_is_carried_once() -> None:
    carried = [path for path in PACKAGE.rglob("*") if "dnnl" in path.name and path.is_file()]
    assert [path.name for path in carried] == ["libdnnl-dwconv.so.3"]
    assert Path(str(dwconv.show_config("dict")["libdnnl"])).resolve() == carried[0].resolve()


def test_a_foreign_libdnnl_does_not_disturb(tmp_path: Path) -> None:
    source = tmp_path / "foreign.c"
    source.write_text(
        "int dnnl_engine_create(void) { return 1; }\nint foreign(void) { return 7; }\n"
    )
    foreign = tmp_path / "libdnnl.so.3"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wl,-soname,libdnnl.so.3", str(source), "-o", str(foreign)],
        check=True,
    )
    load = f"import ctypes; assert ctypes.CDLL({str(foreign)!r}).foreign() == 7\n"
    where = "print(dwconv.show_config('dict')['libdnnl'])"
    assert answer(load + COMPUTE + where, tmp_path).endswith("libdnnl-dwconv.so.3")


def test_config_tells_what_runs(capsys: pytest.CaptureFixture[str]) -> None:
    config = dwconv.show_config("dict")
    assert config["dwconv"] == dwconv.__version__
    assert str(config["onednn"]).startswith("3.")
    assert config["threads"] == dwconv.get_num_threads()
    dwconv.show_config()
    printed = capsys.readouterr().out
    assert all(f"{name} " in printed for name in config)


def test_command_line(tmp_path: Path) -> None:
    def say(option: str) -> str:
        done = python("-m", "dwconv", option, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert say("--version") == dwconv.__version__
    assert (Path(say("--cmakedir")) / "dwconvConfig.cmake").is_file()
    assert (Path(say("--includedir")) / "dwconv" / "dwconv.hpp").is_file()
    assert (PACKAGE / "py.typed").is_file()


def test_a_broken_installation_says_so(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "dwconv")
    (tmp_path / "dwconv" / "lib" / "libdnnl-dwconv.so.3").write_bytes(b"")
    done = python("-c", "import dwconv", cwd=tmp_path)
    assert done.returncode == 1
    assert "ImportError: dwconv's library could not be loaded" in done.stderr
    assert "libdnnl-dwconv.so.3" in done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "",
        "._arguments",
        "._conv",
        "._cost",
        "._extras",
        "._load",
        "._plan",
        "._runtime",
        ".flops",
        ".reference",
    ],
)
def test_docstring_examples(name: str) -> None:
    results = doctest.testmod(importlib.import_module(f"dwconv{name}"))
    assert results.failed == 0
    assert results.attempted > 0 or name == "._arguments"


def test_docstring_examples_of_the_core() -> None:
    finder = doctest.DocTestFinder()
    tests = finder.find(dwconv.Activation, "Activation", globs={})
    runner = doctest.DocTestRunner()
    attempted = sum(runner.run(test).attempted for test in tests)
    assert attempted > 0
    assert runner.failures == 0
