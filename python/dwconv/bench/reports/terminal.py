"""A report in the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from dwconv.bench.reports.case_table import case_table
from dwconv.bench.reports.facts import METHOD, absences, machine, verdicts, warnings
from dwconv.bench.reports.summary_table import first_call_table, summary_tables
from dwconv.bench.reports.tables import Cell, Table, Tone
from dwconv.bench.results import Report

_STYLES: dict[Tone, str] = {
    "plain": "",
    "lost": "bold dark_orange",
    "ours": "bold",
    "absent": "dim",
    "bad": "bold red",
}


def _text(cell: Cell) -> Text:
    return Text(cell.text, style=_STYLES[cell.tone])


def drawn(table: Table) -> RichTable:
    """A table for rich."""
    rich_table = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
    rich_table.title_style = "bold"
    for index, name in enumerate(table.head):
        figure = index >= table.texts
        rich_table.add_column(
            Text(name), justify="right" if figure else "left", overflow="fold", no_wrap=figure
        )
    for section in table.sections:
        if section.title:
            rich_table.add_section()
            rich_table.add_row(Text(section.title, style="italic"))
        for row in section.rows:
            rich_table.add_row(*map(_text, row))
    return rich_table


def show_table(table: Table, console: Console) -> None:
    """Prints it with its notes."""
    console.print(drawn(table))
    for note in table.notes:
        console.print(Text(note, style="dim"))
    console.print()


def show(report: Report, console: Console | None = None) -> None:
    """Prints a report: every case, then what they come to, then the machine.

    Parameters
    ----------
    report : Report
    console : rich.console.Console, optional
        Standard output by default.
    """
    console = Console(highlight=False) if console is None else console
    for result in report.results:
        show_table(case_table(result, missing=False), console)
    show_table(first_call_table(report), console)
    for table in summary_tables(report):
        show_table(table, console)
    count, *lines = verdicts(report)
    console.print(Text(count, style=_STYLES["lost"] if lines else ""))
    for line in lines:
        console.print(Text(line))
    for line in absences(report):
        console.print(Text(line, style="dim"))
    console.print()
    facts = RichTable.grid(padding=(0, 2))
    for name, value in machine(report):
        facts.add_row(Text(name, style="dim"), Text(value))
    console.print(facts)
    console.print(Text(METHOD, style="dim"))
    for warning in warnings(report):
        console.print(Text(warning, style="bold red"))
