"""What a run shows while it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dwconv.bench.reports.case_table import suite_table
from dwconv.bench.reports.figures import digits, duration
from dwconv.bench.reports.names import BASE
from dwconv.bench.reports.summary import fastest_peer
from dwconv.bench.reports.tables import Cell, Section, Table, Tone
from dwconv.bench.reports.terminal import drawn
from dwconv.bench.results import Case, CaseResult


def _line(result: CaseResult) -> str:
    """'n1c32i112x112k3x3p1 NCHW: 41.2 µs, 1.31 of the limit; fastest peer ONNX Runtime, 1.90'."""
    base, peer = result.of(BASE), fastest_peer(result)
    if base is None or not base.timed:
        text = f"{BASE} {'not there' if base is None else base.status}"
    else:
        over = digits(base.time / result.limit.seconds)
        text = f"{duration(base.time)}, {over} of the limit"
    if peer is not None:
        lost = " (lost)" if peer[1] < 1 else ""
        text += f"; fastest peer {peer[0].rival}, {digits(peer[1])}{lost}"
    return f"{result.case.name}: {text}"


class View:
    """The state of a run; `live` makes one."""

    def __init__(self, total_steps: int, console: Console) -> None:
        self._console = console
        self._results: dict[Case, CaseResult] = {}
        self._steps = 0
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
        )
        self._progress = Progress(*columns, console=console)
        self._task = self._progress.add_task("", total=total_steps)
        # Drawn between two measurements alone: a thread that redraws would take time from the rivals.
        self._live = Live(self, console=console, auto_refresh=False, transient=True)

    def step(self, case: Case, rival: str, turn: int) -> None:
        """One rival is about to run on one case; the turns count from 0."""
        text = f"{case.name}, {rival}, turn {turn + 1}"
        self._progress.update(self._task, description=text, completed=self._steps)
        self._steps += 1
        self._draw()

    def result(self, result: CaseResult, last: bool = True) -> None:
        """A case has been visited, for the `last` time or not."""
        self._results.pop(result.case, None)
        self._results[result.case] = result
        self._draw()
        if last and not self._console.is_terminal:
            self._console.print(_line(result), highlight=False, markup=False, soft_wrap=True)

    def _draw(self) -> None:
        if self._console.is_terminal:
            self._live.refresh()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """On the terminal while the block runs."""
        if self._console.is_terminal:
            with self._live:
                yield
        else:
            yield

    def __rich__(self) -> Group:
        if not self._results:
            return Group(self._progress)
        return Group(drawn(self._table(), self._console), self._progress)

    def _table(self) -> Table:
        """The last results, as many as fit above the bar."""
        room = max(self._console.height - 8, 1)
        latest = list(self._results.values())[-room:]
        rows = []
        for result in latest:
            peer = fastest_peer(result)
            full = suite_table([result], "", [BASE]).sections[0].rows[0]
            name = Cell(result.case.name)
            if peer is None:
                rows.append([name, *full[1:3], Cell("–", "absent"), Cell("")])
            else:
                tone: Tone = "lost" if peer[1] < 1 else "plain"
                rows.append([name, *full[1:3], Cell(digits(peer[1]), tone), Cell(peer[0].rival)])
        head = ["case", BASE, "/ limit", f"fastest peer\n/ {BASE}", "which"]
        return Table("", head, [Section("", rows)], optional=("which",))


@contextmanager
def live(total_steps: int, console: Console | None = None) -> Iterator[View]:
    """A bar and a table of the results so far, while the run goes on; gone after it.

    Where the output is no terminal, a line for each case instead.

    Parameters
    ----------
    total_steps : int
        How often `View.step` will be called.
    console : rich.console.Console, optional
        Standard error by default.
    """
    console = Console(stderr=True) if console is None else console
    view = View(total_steps, console)
    with view.shown():
        yield view
