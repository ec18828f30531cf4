"""Reports as files: each form is written and read back."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dwconv.bench.reports import Forms, save
from dwconv.bench.results import Measurement, Report
from helpers.reports import FEW, awkward, report, with_rival


@pytest.fixture(scope="module")
def example() -> Report:
    return awkward()


@pytest.fixture(scope="module")
def folder(example: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All forms."""
    path = tmp_path_factory.mktemp("reports")
    forms = {"json": "a.json", "csv": "a.csv", "markdown": "a.md", "plots": "png"}
    written = save(example, Forms(**{form: path / name for form, name in forms.items()}))
    written += save(example, Forms(plots=path / "svg", picture="svg"))
    assert sorted(written) == sorted(each for each in path.rglob("*") if each.is_file())
    return path


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def ratio(result: Any, rival: str) -> float:
    """The median of the ratios turn by turn, by NumPy."""
    turns = {each.rival: np.array(each.turns) for each in result.measurements}
    return float(np.median(turns[rival] / turns["dwconv"]))


def test_json_comes_back(example: Report, folder: Path) -> None:
    assert Report.read(folder / "a.json") == example


def test_csv_has_every_figure(example: Report, folder: Path) -> None:
    with (folder / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(example.results) * (len(FEW) + 1)
    by_key = {
        tuple(row[name] for name in ("suite", "problem", "layout", "rival")): row for row in rows
    }
    assert len(by_key) == len(rows)
    for result in example.results:
        case = result.case
        for each in result.measurements:
            row = by_key[case.suite, case.problem, case.layout, each.rival]
            assert (row["status"], row["reason"]) == (each.status, each.reason)
            if each.status == "timed":
                time = float(np.median(each.turns))
                # The same sums in another order: some units in the last place.
                assert float(row["time"]) == pytest.approx(time, rel=1e-12)
                assert float(row["median"]) == pytest.approx(np.median(each.rounds), rel=1e-12)
                assert float(row["ratio_to_dwconv"]) == pytest.approx(
                    ratio(result, each.rival), rel=1e-12
                )
                assert float(row["bytes_rate"]) == pytest.approx(result.nbytes / time, rel=1e-12)
                limit = max(result.limit.copy, result.limit.fma) + result.limit.call
                assert float(row["over_limit"]) == pytest.approx(time / limit, rel=1e-12)
            else:
                assert row["median"] == row["ratio_to_dwconv"] == row["over_limit"] == ""


def test_markdown_has_the_means(example: Report, folder: Path) -> None:
    text = (folder / "a.md").read_text(encoding="utf-8")
    assert f"`{example.command}`, {example.created}" in text
    assert "NumPy 2.4.6" in text
    for layout in ("NCHW", "NHWC"):
        table = text.partition(f"{layout}: time of each")[2].partition("(n):")[0]
        rows = [line.strip("|").split(" | ") for line in table.splitlines() if line.startswith("|")]
        cells = {row[0].strip(): [cell.strip(" |*") for cell in row[1:]] for row in rows}
        assert cells["/ dwconv"] == ["mobilenet (3)", r"tiny \<&\> (3)"]
        for column, suite in enumerate(("mobilenet", "tiny <&>")):
            chosen = [
                r for r in example.results if (r.case.suite, r.case.layout) == (suite, layout)
            ]
            for rival in FEW:
                if rival == "dwconv":
                    continue
                timed = [r for r in chosen if r.of(rival).status == "timed"]
                number, _, count = cells[rival.replace("_", r"\_")][column].partition(" ")
                # Three digits are shown.
                expected = geometric_mean([ratio(each, rival) for each in timed])
                assert float(number) == pytest.approx(expected, rel=5e-3)
                assert count == ("" if len(timed) == 3 else f"({len(timed)})")
            peers = [r for r in FEW if not re.search("dwconv|out=|invoke", r)]
            best = [
                min(
                    (each for each in result.measurements if each.rival in peers and each.timed),
                    key=lambda each: float(np.median(each.turns)),
                ).rival
                for result in chosen
            ]
            ratios = [ratio(result, rival) for result, rival in zip(chosen, best, strict=True)]
            shown = float(cells["fastest peer / dwconv"][column])
            assert shown == pytest.approx(geometric_mean(ratios), rel=5e-3)
            lost = sum(each < 1 for each in ratios)
            assert cells["cases lost"][column] == f"{lost} of 3"


NAMES = {"ratios-mobilenet", "ratios-tiny_", "roofline", "time"}


def test_png_is_not_blank(folder: Path) -> None:
    assert {path.stem for path in (folder / "png").iterdir()} == NAMES
    for path in (folder / "png").iterdir():
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 400
            pixels = np.asarray(picture.convert("RGB"), np.float64)
        assert pixels.std() > 5, path
        # The frame is white: nothing is cut off at the edge.
        frame = (pixels[:2], pixels[-2:], pixels[:, :2], pixels[:, -2:])
        assert all(np.all(edge == 255) for edge in frame), path


def test_svg_has_its_texts(example: Report, folder: Path) -> None:
    assert {path.stem for path in (folder / "svg").iterdir()} == NAMES
    ratios = (folder / "svg" / "ratios-mobilenet.svg").read_text(encoding="utf-8")
    for result in example.results:
        assert f">{result.case.name}<" in ratios
    for rival in FEW:
        assert (f">{rival}<" in ratios) == (rival != "dwconv")
    for result in example.results[:3]:
        shown = f"{ratio(result, 'ONNX Runtime'):.3g}"
        assert f">{shown:0<4}<" in ratios
    assert ">wrong<" in ratios
    roofline = (folder / "svg" / "roofline.svg").read_text(encoding="utf-8")
    assert "GFLOP/s" in roofline
    assert "FLOP/byte" in roofline
    for label in ("mobilenet", "tiny &lt;&amp;&gt;", "NCHW", "NHWC"):
        assert f">{label}<" in roofline


def test_report_without_times_has_forms_too(tmp_path: Path) -> None:
    example = report(1, speeds={})
    missing = with_rival(example, -1, Measurement("dwconv", "failed", "died"))
    forms = {"csv": "a.csv", "markdown": "a.md", "html": "a.html", "plots": "plots"}
    save(missing, Forms(**{form: tmp_path / name for form, name in forms.items()}))
    assert "died" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert list((tmp_path / "plots").iterdir()) == []
