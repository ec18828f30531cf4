"""A report as files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from dwconv.bench.reports.csv_file import write_csv
from dwconv.bench.reports.markdown import write_markdown
from dwconv.bench.results import Report


def save(
    report: Report,
    json: Path | None = None,
    csv: Path | None = None,
    markdown: Path | None = None,
    html: Path | None = None,
    plots: Path | None = None,
    picture: Literal["png", "svg"] = "png",
) -> list[Path]:
    """Writes a report in the forms whose path is given.

    Parameters
    ----------
    report : Report
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

    Returns
    -------
    list of Path
        The files written.
    """
    written: list[Path] = []
    for path, write in ((json, Report.write), (csv, write_csv), (markdown, write_markdown)):
        if path is not None:
            write(report, path)
            written.append(path)
    if html is not None:
        from dwconv.bench.reports.html import write_html

        write_html(report, html)
        written.append(html)
    if plots is not None:
        from dwconv.bench.reports.plots import write_plots

        written += write_plots(report, plots, picture)
    return written
