"""``python -m dwconv``: what is refused before work begins, and how."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dwconv.__main__ import main
from dwconv.bench import commands
from dwconv.demo import report as demo


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where work begins after all, the test fails at once."""

    def work(*arguments: object) -> None:
        pytest.fail("the work began")

    monkeypatch.setattr(commands, "measure", work)
    monkeypatch.setattr(demo, "photograph", work)


def refused(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(f"{text}\n")


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["foo"])
    assert "error: argument COMMAND: invalid choice: 'foo'" in capsys.readouterr().err


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("option", ["--json", "--csv", "--markdown", "--html"])
def test_files_of_a_report(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, path = ["bench", "tiny", option], tmp_path / "absent" / "report"
    refused([*words, str(path)], f"{option}: there is no folder {path.parent}", capsys)
    text = f"{option}: expected a file; {tmp_path} is a folder"
    refused([*words, str(tmp_path)], text, capsys)


@pytest.mark.usefixtures("idle")
def test_folder_of_plots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "file"
    path.touch()
    text = f"--plots: expected a folder; {path} is a file"
    refused(["bench", "tiny", "--plots", str(path / "plots")], text, capsys)


@pytest.mark.usefixtures("idle")
def test_what_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Root may write everywhere, and tests may be run by it.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    for option in ("--json", "--plots"):
        text = f"{option}: there is no right to write to {tmp_path}"
        refused(["bench", "tiny", option, str(tmp_path / "new")], text, capsys)


@pytest.mark.usefixtures("idle")
def test_picture_of_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        tmp_path: f"expected a file; {tmp_path} is a folder",
        tmp_path / "absent" / "a.png": f"there is no folder {tmp_path / 'absent'}",
        tmp_path / "a.xyz": f"expected the ending of a picture, such as .png; got {tmp_path}/a.xyz",
    }
    for path, text in texts.items():
        refused(["demo", "-o", str(path)], f"python -m dwconv demo: --output: {text}", capsys)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["tiny", "--seconds", "nan"], "seconds: expected a finite number of at least 0; got nan"),
        (["tiny", "--seconds", "-1"], "seconds: expected a finite number of at least 0; got -1.0"),
        (["tiny", "--seconds", "inf"], "seconds: expected a finite number of at least 0; got inf"),
        (
            ["tiny", "--most-seconds", "nan"],
            "most_seconds: expected a number greater than 0; got nan",
        ),
        (
            ["compare", "a.json", "b.json", "--threshold", "nan"],
            "threshold: expected at least 1; got nan",
        ),
    ],
)
def test_numbers(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused(["bench", *words], f"python -m dwconv bench: {text}", capsys)


@pytest.mark.parametrize(
    ("words", "missing", "extra"),
    [
        (["bench", "tiny"], "scipy", "bench"),
        (["demo"], "PIL", "demo"),
    ],
)
def test_packages_that_are_not_installed(
    words: list[str], missing: str, extra: str, tmp_path: Path
) -> None:
    hidden = tmp_path / f"{missing}.py"
    hidden.write_text(f"raise ModuleNotFoundError(name={missing!r})\n")
    command = [sys.executable, "-m", "dwconv", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    text = f"needs {missing}, which is not installed: pip install 'dwconv[{extra}]'"
    assert done.stderr == f"python -m dwconv {words[0]}: {text}\n"
    assert done.returncode == 2


@pytest.mark.usefixtures("idle")
def test_package_of_a_form_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "dwconv.bench.reports.html", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)  # as if it were not installed
    text = (
        "python -m dwconv bench: needs jinja2, which is not installed: pip install 'dwconv[bench]'"
    )
    refused(["bench", "tiny", "--html", str(tmp_path / "a.html")], text, capsys)
