"""The pictures of a report as files, and as texts for a page."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from dwconv.bench.reports.names import suites
from dwconv.bench.reports.plots.ratios import ratios_figure
from dwconv.bench.reports.plots.roofline import roofline_figure
from dwconv.bench.reports.plots.style import PAGE_COLOURS, SETTINGS
from dwconv.bench.reports.plots.times import times_figure
from dwconv.bench.results import Report


def figures(report: Report) -> dict[str, Figure]:
    """By the names of their files; those for which nothing was timed are left out."""
    with matplotlib.rc_context(SETTINGS):
        found = {
            f"ratios-{suite}": ratios_figure(
                suite, [each for each in report.results if each.case.suite == suite]
            )
            for suite in suites(report)
        }
        found |= {"roofline": roofline_figure(report), "time": times_figure(report)}
    return {name: figure for name, figure in found.items() if figure is not None}


def write_plots(report: Report, folder: Path, kind: str) -> list[Path]:
    """Writes them as 'png' or 'svg' into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in figures(report).items():
        # A suite named after a problem text may hold what a file name should not.
        path = folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '_', name)}.{kind}"
        with matplotlib.rc_context(SETTINGS):
            metadata = {"Date": None} if kind == "svg" else None
            figure.savefig(path, dpi=150, metadata=metadata)
        written.append(path)
    return written


def svg_text(name: str, figure: Figure) -> str:
    """A picture to stand in a page: in the page's own colours, with ids that no other picture has."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with matplotlib.rc_context(SETTINGS):
        figure.savefig(buffer, format="svg", metadata=nothing, transparent=True)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # Names of XML dialects, which HTML knows by itself.
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    for colour, name in PAGE_COLOURS.items():
        text = text.replace(colour, f"var({name})")
    return text
