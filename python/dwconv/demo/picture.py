"""Puts the demo's results side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from dwconv._destinations import require_file
from dwconv.demo.filters import Filter

_COLUMNS = 3
_GAP = 12
_CAPTION = 34


def _pixels(values: NDArray[np.float32], signed: bool) -> Pillow.Image:
    """Values of 0 to 1, or signed ones around a middle grey, as an image of bytes."""
    shown = values / 4 + 0.5 if signed else values
    return Pillow.fromarray((np.clip(shown, 0, 1) * 255).round().astype(np.uint8))


def require_picture(option: str, path: Path) -> None:
    """Refuses a path that no picture can be written to, by the name of the option that gives it.

    Raises
    ------
    ValueError
    """
    require_file(option, path)
    if Pillow.registered_extensions().get(path.suffix.lower()) not in Pillow.SAVE:
        raise ValueError(f"{option}: expected the ending of a picture, such as .png; got {path}")


def write_picture(
    path: Path, original: NDArray[np.float32], results: Sequence[tuple[Filter, NDArray[np.float32]]]
) -> None:
    """Writes the original and the results, each under its caption, three to a row."""
    panels = [("original", _pixels(original, signed=False))]
    panels += [(each.name, _pixels(values, each.signed)) for each, values in results]
    height, width = original.shape[:2]
    rows = -(-len(panels) // _COLUMNS)
    size = (
        _COLUMNS * (width + _GAP) + _GAP,
        rows * (height + _CAPTION + _GAP) + _GAP,
    )
    sheet = Pillow.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(20)
    for index, (caption, panel) in enumerate(panels):
        row, column = divmod(index, _COLUMNS)
        left = _GAP + column * (width + _GAP)
        top = _GAP + row * (height + _CAPTION + _GAP)
        draw.text((left, top), caption, fill="black", font=font)
        sheet.paste(panel, (left, top + _CAPTION))
    sheet.save(path)
