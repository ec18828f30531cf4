"""``python -m dwconv bench`` from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dwconv.__main__ import main
from dwconv.bench.results import Report
from dwconv.bench.suites import SUITES
from helpers import odd_rivals

QUICK = ["--rounds", "2", "--turns", "3", "--seconds", "0.002", "--threads", "1"]


def test_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    words = ["bench", "n1c3i9x8k3p1", "n1c3i8x8k3s2p1", *QUICK, "--layout", "NCHW"]
    words += ["--peers", "numpy", "--rival", odd_rivals.__file__, "--json", str(file)]
    words += ["--rivals", "dwconv,NumPy loops,one element off,absent"]
    assert main(words) == 0
    report = Report.read(file)
    assert [result.case.problem for result in report.results] == [
        "n1c3i9x8k3x3p1",
        "n1c3i8x8k3x3s2p1",
    ]
    for result in report.results:
        statuses = {each.rival: each.status for each in result.measurements}
        assert statuses == {
            "dwconv": "timed",
            "NumPy loops": "timed",
            "one element off": "wrong",
            "absent": "missing",
        }
    assert report.threads == 1
    assert report.command.endswith(f"--json {file} --rivals '{words[-1]}'")
    assert {"dwconv", "oneDNN", "NumPy"} <= set(report.versions)
    assert report.fma_peak > 0
    assert len(report.copy_bandwidth) == 2
    printed = capsys.readouterr().out
    assert "one element off" in printed

    again = tmp_path / "again.json"
    report.write(again)
    assert json.loads(again.read_text()) == json.loads(file.read_text())
    assert main(["bench", "compare", str(file), str(again)]) == 0


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bench", "--explain", "n1c8i9x9k3p1", "--layout", "NHWC", *QUICK]
    assert main(words) == 0
    assert "n1c8i9x9k3x3p1 NHWC" in capsys.readouterr().out


def test_explain_one_dimension(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bench", "--explain", "n1c8i90k4p3:0", "--layout", "NWC", *QUICK]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "n1c8i90k4p3:0 NWC" in printed
    assert "8 channels and 90 elements" in printed
    assert "1 kernel of 4 taps" in printed


def test_one_dimension(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    words = ["bench", "n2c3i90k4p3:0", *QUICK, "--peers", "numpy,scipy", "--json", str(file)]
    assert main(words) == 0
    report = Report.read(file)
    assert [result.case.layout for result in report.results] == ["NCW", "NWC"]
    for result in report.results:
        timed = {each.rival for each in result.measurements if each.timed}
        assert {"dwconv", "dwconv out=", "NumPy shifted adds", "SciPy correlate"} <= timed


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--list"]) == 0
    printed = capsys.readouterr().out
    assert all(problem in printed for problems in SUITES.values() for problem in problems)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "name a suite"),
        (["nosuch"], "'nosuch' is none of the suites"),
        (["tiny", "--peers", "numpie"], "no peer numpie"),
        (["tiny", "--peer", "torch"], "expected NAME=PYTHON"),
        (["tiny", "--peer", "torch=/no/such/python"], "there is no /no/such/python"),
        (["tiny", "--threads", "0"], "threads"),
        (["tiny", "--turns", "0"], "turns"),
        (["tiny", "--rivals", "dwconf"], "no rival dwconf"),
        (["compare", "a.json"], "compare takes two reports"),
        (["compare", "a.json", "b.json"], "a.json"),
    ],
)
def test_what_makes_no_sense(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["bench", *words])
    assert stopped.value.code == 2
    assert text in capsys.readouterr().err


def test_a_peer_in_another_environment(tmp_path: Path) -> None:
    """Its Python needs NumPy and no dwconv: here one that cannot import dwconv even if it tries."""
    from dwconv.bench.options import Options
    from dwconv.bench.results import Case
    from dwconv.bench.runner import Runner

    python = tmp_path / "python"
    hidden = tmp_path / "sitecustomize.py"
    hidden.write_text("import sys\nsys.modules['dwconv._core'] = None\n")
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    probe = [str(python), "-c", "import dwconv"]
    assert subprocess.run(probe, capture_output=True).returncode != 0
    options = Options(
        peers=("numpy",),
        pythons={"numpy": str(python)},
        rivals=("NumPy shifted adds",),
        turns=1,
        rounds=1,
        seconds=0.001,
        threads=1,
    )
    with Runner(options) as runner:
        (result,) = runner.run([Case("test", "n1c2i8x8k3x3p1", "NCHW")])
    shifted = result.of("NumPy shifted adds")
    assert shifted is not None
    assert shifted.timed, shifted.reason
