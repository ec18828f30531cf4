"""Reports in the terminal: what is shown of timed, lost, wrong and missing rivals, and while it runs."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from dwconv.bench.reports import live, show
from dwconv.bench.reports.figures import amount, binary, digits, duration
from dwconv.bench.reports.summary import losses, mean_ratio, untimed
from dwconv.bench.results import Measurement, Report
from helpers.reports import SPEEDS, report, with_rival


def shown(example: Report) -> str:
    console = Console(file=io.StringIO(), width=180)
    show(example, console)
    return console.file.getvalue()


def line_of(text: str, *parts: str) -> str:
    """The only line that has all the parts."""
    found = [line for line in text.splitlines() if all(part in line for part in parts)]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (duration(41.23e-6), "41.2 µs"),
        (duration(0.9996e-3), "1.00 ms"),
        (duration(2.5), "2.50 s"),
        (duration(3e-9), "3.00 ns"),
        (amount(3.2112e6), "3.21 MB"),
        (binary(512 * 1024), "512 KiB"),
        (digits(1234.5), "1230"),
        (digits(0.04123), "0.0412"),
        (digits(9.996), "10.0"),
    ],
)
def test_figures_have_three_digits(text: str, expected: str) -> None:
    assert text == expected


def test_every_case_has_all_its_rivals() -> None:
    example = report(2, suites=("convnext",))
    text = shown(example)
    for result in example.results:
        assert f"convnext: {result.case.name}" in text
    for rival in SPEEDS:
        lines = [line for line in text.splitlines() if line.strip().startswith(f"{rival}  ")]
        # One for each case, one in the summary of each layout (dwconv has none), one of first calls.
        assert len(lines) == 4 + 2 * (rival != "dwconv") + 1, rival


def test_row_of_a_case_has_its_figures() -> None:
    example = report(
        1, suites=("convnext",), layouts=("NCHW",), speeds={"dwconv": 1.0, "PyTorch": 2.0}
    )
    (result,) = example.results
    turns = {each.rival: each.turns for each in result.measurements}
    ratio = sorted(a / b for a, b in zip(turns["PyTorch"], turns["dwconv"], strict=True))[3]
    time = sorted(turns["PyTorch"])[3]
    # The row of the case is the one with a rate; the others are those of the summary.
    row = next(
        cells
        for line in shown(example).splitlines()
        if len(cells := line.split()) > 9 and cells[0] == "PyTorch"
    )
    numbers = [cell for cell in row if cell[0].isdigit()]
    assert numbers[0] == duration(time).split()[0]
    # Time, median, low quartile and spread come first.
    assert numbers[4:8] == [
        digits(ratio),
        digits(time / result.limit.seconds),
        digits(result.flops / time / 1e9),
        digits(result.nbytes / time / 1e9),
    ]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_figures_are_whole_in_narrow_terminals(width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    example = report(1, suites=("convnext",), layouts=("NCHW",))
    show(example, console)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for each in example.results[0].measurements:
        line = next(line for line in text.splitlines() if line.startswith(f" {each.rival}  "))
        assert f" {duration(each.median)} " in line


def test_lost_cases_are_said_to_be_lost() -> None:
    won = report(2, suites=("convnext",), speeds={"dwconv": 1.0, "PyTorch": 9.0})
    assert "0 cases lost of 4." in shown(won)
    fast = replace(
        won.results[1].of("PyTorch"), rounds=[[t / 2 for t in won.results[1].of("dwconv").turns]]
    )
    lost = with_rival(won, 1, fast)
    assert "1 case lost of 4:" in shown(lost)
    name = lost.results[1].case.name
    assert line_of(shown(lost), name, "lost").endswith("lost to PyTorch, 0.500 of dwconv's time")
    assert [loss.result.case.name for loss in losses(lost.results)] == [name]


@pytest.mark.parametrize("rival", ["LiteRT invoke alone", "PyTorch out=", "dwconv tiled"])
def test_no_case_is_lost_to_what_does_less_or_is_ours(rival: str) -> None:
    example = report(2, speeds={"dwconv": 1.0, "PyTorch": 9.0, rival: 0.1})
    assert losses(example.results) == []
    assert mean_ratio(example.results, rival).ratio < 0.2


def test_wrong_rival_is_shown_without_a_time() -> None:
    wrong = Measurement("PyTorch", "wrong", "largest error 12 times the accepted one", error=12.0)
    example = report(
        1, suites=("convnext",), layouts=("NCHW",), speeds={"dwconv": 1.0, "PyTorch": 2.0}
    )
    text = shown(with_rival(example, 0, wrong))
    row = line_of(text, "largest error 12", " wrong ", "–")
    assert not re.search(r"\d (s|ms|µs)\b", row)
    # Nor has it a mean or a first call.
    assert not any(line.split()[:1] == ["PyTorch"] for line in text.splitlines() if line != row)
    line_of(text, "PyTorch: wrong: largest error 12 times the accepted one")


def test_missing_and_skipped_have_their_reasons() -> None:
    example = with_rival(report(2), -1, Measurement("JAX", "missing", "No module named 'jax'"))
    example = with_rival(example, 3, Measurement("NumPy loops", "skipped", "a call takes 4 s"))
    text = shown(example)
    # Once for all cases.
    line_of(text, "JAX: missing: No module named 'jax'")
    case = example.results[3].case.name
    line_of(text, f"NumPy loops: skipped on 1 case ({case}): a call takes 4 s")
    assert {each.rival: len(each.cases) for each in untimed(example.results)} == {
        "JAX": 8,
        "NumPy loops": 1,
    }


def test_failure_of_dwconv_itself_is_no_win() -> None:
    broken = with_rival(report(2), 0, Measurement("dwconv", "wrong", "error 7"))
    assert "1 not timed" in shown(broken)
    line_of(shown(broken), broken.results[0].case.name, "dwconv wrong: error 7")


def test_busy_machine_is_a_warning() -> None:
    example = report(1)
    assert "busy" not in shown(example)
    busy = replace(example, machine=replace(example.machine, busy=["load 3.1 before the run"]))
    assert "The machine was busy: load 3.1 before the run" in shown(busy)


@pytest.mark.parametrize("terminal", [True, False])
def test_live_view_shows_what_is_done(terminal: bool) -> None:
    example = report(2, suites=("convnext",), layouts=("NCHW",))
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, height=30)
    with live(4, console) as view:
        for result in example.results:
            for turn in range(2):
                view.step(result.case, "dwconv", turn)
            view.result(replace(result, measurements=[]), last=False)
            view.result(result)
    text = console.file.getvalue()
    for result in example.results:
        assert result.case.name in text
    assert ("3/4" in text and "turn 2" in text) == terminal
    assert ("fastest peer PyTorch channels_last, " in text) != terminal
