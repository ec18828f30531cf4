"""`python -m dwconv demo`: exit status, picture, table and errors, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

FILTERS = ("blur 9x9", "sharpen 3x3", "Sobel x 3x3", "Sobel y 3x3", "red along x, green kept")
# Three panels of 512×512 to a row, 12 pixels apart; 34 for a caption over each of two rows.
SIZE = (3 * (512 + 12) + 12, 2 * (512 + 34 + 12) + 12)
LARGEST_ERROR = 1e-5


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demo printed, and its picture."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "tmp.png"
    done = subprocess.run(
        [sys.executable, "-m", "dwconv", "demo", "-o", str(path)],
        cwd=folder,
        # Wide enough for each row of the table to be one line; UTF-8 in every locale.
        env={**os.environ, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, path


def rows(output: str) -> list[list[str]]:
    """The cells of the table's rows, without the head (whose bars are the heavy ones)."""
    lines = [line for line in output.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_table_has_a_row_for_each_filter(demo: tuple[str, Path]) -> None:
    table = rows(demo[0])
    assert len(table) == 5
    for (name, ours, numpys, ratio, _), expected in zip(table, FILTERS, strict=True):
        assert name.startswith(expected)
        assert re.fullmatch(r"\d+\.\d{3} ms", ours)
        assert re.fullmatch(r"\d+\.\d{2} ms", numpys)
        assert float(ratio) > 0


def test_errors_are_small(demo: tuple[str, Path]) -> None:
    errors = [float(row[-1]) for row in rows(demo[0])]
    assert len(errors) == 5
    assert all(0 <= error < LARGEST_ERROR for error in errors), errors


def test_picture_has_its_size_and_no_blank_panel(demo: tuple[str, Path]) -> None:
    with Image.open(demo[1]) as picture:
        assert picture.format == "PNG"
        assert picture.size == SIZE
        pixels = np.asarray(picture.convert("RGB"), np.float64)
    for index in range(6):
        row, column = divmod(index, 3)
        top, left = 12 + row * 558 + 34, 12 + column * 524
        panel = pixels[top : top + 512, left : left + 512]
        assert panel.std() > 5, f"panel {index} is blank"


def test_nothing_else_is_written(demo: tuple[str, Path]) -> None:
    assert [path.name for path in demo[1].parent.iterdir()] == ["tmp.png"]
