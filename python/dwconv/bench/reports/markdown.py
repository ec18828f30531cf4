"""The summary of a report as Markdown, fit for a README."""

from __future__ import annotations

from pathlib import Path

from dwconv.bench.reports.facts import absences, machine, verdicts, versions, warnings
from dwconv.bench.reports.figures import plural
from dwconv.bench.reports.summary_table import summary_tables
from dwconv.bench.reports.tables import Cell, Table
from dwconv.bench.results import Report


def escaped(text: str) -> str:
    """As a cell of a table, or a line."""
    special = "\\`*_|<>[]"
    return "".join(f"\\{each}" if each in special else each for each in text).replace("\n", " ")


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    return f"**{text}**" if cell.tone in ("lost", "bad") else text


def table_lines(table: Table) -> list[str]:
    """A table; the titles of its sections are rows of their own."""
    marks = ["---" if index < table.texts else "---:" for index in range(len(table.head))]
    lines = [
        f"| {' | '.join(map(escaped, table.head))} |",
        f"| {' | '.join(marks)} |",
    ]
    for section in table.sections:
        if section.title:
            lines.append(f"| *{escaped(section.title)}* |" + " |" * (len(table.head) - 1))
        lines += [f"| {' | '.join(map(_cell, row))} |" for row in section.rows]
    return lines


def text(report: Report) -> str:
    """The summary with the command that made it, the date, the machine and the versions."""
    facts = dict(machine(report))
    lines = [
        f"`{report.command}`, {report.created}, on {escaped(facts['processor'])} "
        f"({plural(report.machine.processors, 'processor')}, {plural(report.threads, 'thread')}, "
        f"{escaped(report.machine.isa)}, governor {escaped(report.machine.governor)}).",
        "",
        f"{escaped(versions(report))}.",
        "",
        "Time of each rival over that of dwconv, geometric means of the ratios turn by turn: above 1 dwconv is "
        "faster, **bold** below 1 a peer is.",
    ]
    lines += [part for each in warnings(report) for part in ("", f"**{escaped(each)}**")]
    for table in summary_tables(report):
        lines += ["", f"{escaped(table.title)}:", "", *table_lines(table)]
        lines += [part for note in table.notes for part in ("", escaped(note))]
    count, *lost = verdicts(report)
    lines += ["", count, *(["", *(f"- {escaped(each)}" for each in lost)] if lost else [])]
    absent = absences(report)
    if absent:
        lines += ["", "Without a time:", "", *(f"- {escaped(each)}" for each in absent)]
    return "\n".join(lines) + "\n"


def write_markdown(report: Report, path: Path) -> None:
    """Writes the summary."""
    path.write_text(text(report), encoding="utf-8")
