"""The tables of a report, apart from how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: lost: a peer is faster than dwconv. ours: dwconv itself. absent: there is no figure. bad: wrong or failed.
Tone = Literal["plain", "lost", "ours", "absent", "bad"]


@dataclass(frozen=True)
class Cell:
    """A text, and what it means."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Section:
    """Rows that belong together, under a title where there are others."""

    title: str
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Table:
    """The first columns are texts, the others figures."""

    title: str
    head: list[str]
    sections: list[Section]
    texts: int = 1
    """How many columns are texts."""
    notes: list[str] = field(default_factory=list)


def sections(*each: Section) -> list[Section]:
    """Those that have rows; a single one needs no title."""
    found = [section for section in each if section.rows]
    return [Section("", found[0].rows)] if len(found) == 1 else found


NOTHING = Cell("–", "absent")
