"""The forms in which a report is saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Forms:
    """Where a report goes; a form without a path is not made.

    Parameters
    ----------
    json : Path, optional
        All of it; `Report.read` reads it back.
    csv : Path, optional
        A row for each case and rival.
    markdown : Path, optional
        The summary, fit for a README.
    html : Path, optional
        One page with tables and plots that needs no other file and no network.
    plots : Path, optional
        A folder, made where there is none: 'ratios-SUITE', 'roofline', 'time' of the kind `picture`.
    picture : {'png', 'svg'}
    """

    json: Path | None = None
    csv: Path | None = None
    markdown: Path | None = None
    html: Path | None = None
    plots: Path | None = None
    picture: Literal["png", "svg"] = "png"
