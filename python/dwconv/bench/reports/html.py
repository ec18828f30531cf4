"""A report as one page that needs no other file and no network."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from dwconv.bench.reports import facts
from dwconv.bench.reports.case_table import case_table, suite_table
from dwconv.bench.reports.names import BASE, layouts, suites, timed_rivals
from dwconv.bench.reports.plots import figures, svg_text
from dwconv.bench.reports.summary import select
from dwconv.bench.reports.summary_table import first_call_table, summary_tables
from dwconv.bench.reports.tables import Table
from dwconv.bench.results import Report

#: What a picture shows, for those who cannot see it, by how its name begins.
_PICTURES = {
    "ratios": "Bars of the time of each rival over that of dwconv, case by case; the figures are in the tables below.",
    "roofline": "Operations per second over operations per byte, below the roofs of the machine.",
    "time": "Time of a call over the bytes of a case, for each rival.",
}


def _suite_tables(report: Report) -> list[Table]:
    tables = []
    for suite in suites(report):
        for layout in layouts(report):
            results = select(report, suite, layout)
            if results:
                title = f"{suite} {layout}: {BASE}'s time, and that of each rival over it"
                tables.append(suite_table(results, title, timed_rivals(results)))
    return tables


def _pictures(report: Report) -> list[tuple[str, str, Markup]]:
    """Names, descriptions and SVG texts."""
    found = []
    for index, (name, figure) in enumerate(figures(report).items()):
        # The SVG is made here of texts that matplotlib has escaped.
        picture = Markup(svg_text(f"picture{index}", figure))
        found.append((name, _PICTURES[name.partition("-")[0]], picture))
    return found


def page(report: Report) -> str:
    """The text of the page."""
    folder = resources.files("dwconv.bench.reports") / "page"
    texts = {
        name: (folder / name).read_text(encoding="utf-8")
        for name in ("page.html", "table.html", "page.css")
    }
    environment = Environment(
        loader=DictLoader(texts),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        report=report,
        facts=facts.machine(report),
        warnings=facts.warnings(report),
        verdicts=facts.verdicts(report),
        absences=facts.absences(report),
        method=facts.METHOD,
        summaries=summary_tables(report),
        pictures=_pictures(report),
        suites=_suite_tables(report),
        first_calls=first_call_table(report),
        cases=[case_table(each) for each in report.results],
    )


def write_html(report: Report, path: Path) -> None:
    """Writes the page."""
    path.write_text(page(report), encoding="utf-8")
