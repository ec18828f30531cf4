"""A report as files."""

from __future__ import annotations

from pathlib import Path

from dwconv.bench.reports.csv_file import write_csv
from dwconv.bench.reports.forms import Forms
from dwconv.bench.reports.markdown import write_markdown
from dwconv.bench.results import Report


def save(report: Report, forms: Forms) -> list[Path]:
    """Writes a report in the forms whose path is given.

    Returns
    -------
    list of Path
        The files written.
    """
    written: list[Path] = []
    files = (
        (forms.json, Report.write),
        (forms.csv, write_csv),
        (forms.markdown, write_markdown),
    )
    for path, write in files:
        if path is not None:
            write(report, path)
            written.append(path)
    if forms.html is not None:
        from dwconv.bench.reports.html import write_html

        write_html(report, forms.html)
        written.append(forms.html)
    if forms.plots is not None:
        from dwconv.bench.reports.plots import write_plots

        written += write_plots(report, forms.plots, forms.picture)
    return written
