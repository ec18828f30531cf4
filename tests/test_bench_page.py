"""The page: whole, and in need of no network."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from dwconv.bench.reports import Forms, save
from dwconv.bench.results import Report
from helpers.reports import FEW, awkward


@pytest.fixture(scope="module")
def example() -> Report:
    return awkward()


@pytest.fixture(scope="module")
def text(example: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "a.html"
    assert save(example, Forms(html=path)) == [path]
    return path.read_text(encoding="utf-8")


class Page(HTMLParser):
    """Elements, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.cells: list[str] = []
        self.titles: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.append(data)
        elif self.open and self.open[-1] == "summary":
            self.titles.append(data)


def test_page_needs_no_network(text: str) -> None:
    assert "http:" not in text
    assert "https:" not in text
    page = Page(text)
    assert not page.tags & {"script", "iframe", "img", "object", "embed"}
    for tag, name, value in page.attributes:
        if name in ("src", "href", "xlink:href", "srcset", "action"):
            assert value.startswith("#") or (tag, value) == ("link", "data:,")
    assert not re.search(r"@import|url\((?!#)", text)


def test_page_has_every_case_and_figure(example: Report, text: str) -> None:
    page = Page(text)
    assert page.titles == [f"{each.case.suite}: {each.case.name}" for each in example.results]
    assert "error <b>9</b> | 1" in page.cells
    for rival in (*FEW, "JAX"):
        # Once for each case, at least.
        assert page.cells.count(rival) >= len(example.results)


def test_ids_of_the_page_are_its_own_and_there(text: str) -> None:
    page = Page(text)
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = [
        value[1:] for _, name, value in page.attributes if name.endswith("href") and value[0] == "#"
    ]
    targets += [
        target
        for _, _, value in page.attributes
        for target in re.findall(r"url\(#([^)]*)\)", value)
    ]
    assert targets
    assert set(targets) <= set(ids)
