"""Runs cases: each rival in a process of its own, one at a time, in turns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from dwconv import _core
from dwconv.bench.data import make_arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.limits import Limits
from dwconv.bench.machine import available_memory
from dwconv.bench.options import Options
from dwconv.bench.reference import expect
from dwconv.bench.results import Case, CaseResult, Measurement, Status
from dwconv.bench.rivals import OURS, rivals_of
from dwconv.bench.session import Message, Session, WorkerDied, WorkerSettings

#: Called when a rival is about to run on a case, with the turn from 0 on.
Step = Callable[[Case, str, int], None]


def geometry_of(case: Case) -> Geometry:
    """A case in numbers.

    Raises
    ------
    InvalidArgument
        Where the problem's text is none, or does not describe a convolution.
    """
    return Geometry.of({"layout": case.layout, **_core.parse_problem(case.problem)})


@dataclass
class _Entry:
    """A rival on a case, while it goes on."""

    name: str
    session: Session
    status: Status = "timed"
    reason: str = ""
    error: float | None = None
    first_call: float | None = None
    detail: str = ""
    turns: list[float] = field(default_factory=list)

    def fail(self, reason: object) -> None:
        self.status, self.reason, self.turns = "failed", str(reason), []

    def measurement(self) -> Measurement:
        return Measurement(
            self.name,
            self.status,
            self.reason,
            self.error,
            self.first_call,
            self.turns if self.status == "timed" else [],
            self.detail,
        )


class Runner:
    """The workers of a run. To be used in a `with` block, which ends them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        #: Of dwconv, oneDNN and all rivals that have been loaded so far.
        self.versions: dict[str, str] = {}
        self._limits = Limits(options.threads)
        self._sessions: dict[str, Session] = {}
        for family in (OURS, *options.peers, *options.files):
            for rival in rivals_of(family):
                if not options.rivals or rival.name in options.rivals:
                    self._sessions[rival.name] = Session(self._settings(family, rival.name))

    def _settings(self, family: str, rival: str) -> WorkerSettings:
        options = self.options
        return WorkerSettings(
            family,
            rival,
            options.threads,
            options.processors,
            options.most_seconds,
            **({"python": options.pythons[family]} if family in options.pythons else {}),
        )

    def __enter__(self) -> Runner:
        self._affinity = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.options.processors)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            session.close()
        os.sched_setaffinity(0, self._affinity)

    @property
    def rivals(self) -> list[str]:
        """The names of those who take part, present or not."""
        return list(self._sessions)

    @property
    def limits(self) -> Limits:
        """What this machine can do."""
        return self._limits

    def run(self, cases: Sequence[Case], step: Step | None = None) -> Iterator[CaseResult]:
        """Measures the cases, one after another.

        `step` is called as often as there are cases, rivals and turns, for rivals that do not run too.
        """
        for case in cases:
            yield self.measure(case, step or (lambda case, rival, turn: None))

    def measure(self, case: Case, step: Step) -> CaseResult:
        """Measures all rivals on one case."""
        geometry = geometry_of(case)
        entries = [_Entry(name, session) for name, session in self._sessions.items()]
        with tempfile.TemporaryDirectory(prefix="dwconv-bench-") as folder:
            expected = Path(folder) / "expected.npz"
            expect(geometry, make_arrays(geometry)).save(expected)
            prepare = {
                "do": "prepare",
                "geometry": geometry.to_dict(),
                "expected": str(expected),
            }
            _Turns(self, case, entries, prepare, step).take(self._all_fit(geometry))
        limit = self._limits.of(geometry)
        return CaseResult(
            case,
            geometry.flops,
            geometry.nbytes,
            limit,
            [entry.measurement() for entry in entries],
        )

    def _all_fit(self, geometry: Geometry) -> bool:
        """Whether all rivals can keep their arrays at once, each twice what the case itself has."""
        return 2 * geometry.nbytes * len(self._sessions) < available_memory() / 3


class _Turns:
    """The turns of all rivals on one case."""

    def __init__(
        self, runner: Runner, case: Case, entries: list[_Entry], prepare: Message, step: Step
    ) -> None:
        self._runner = runner
        self._options = runner.options
        self._case = case
        self._entries = entries
        self._prepare_message = prepare
        self._step = step

    def take(self, all_fit: bool) -> None:
        """`all_fit`: rivals stay ready between their turns; else each is made ready for each turn."""
        with ExitStack() as ending:
            for entry in self._entries:
                if self._load(entry) and all_fit:
                    ending.callback(entry.session.end_case)
                    self._prepare(entry)
            for turn in range(self._options.turns):
                for entry in self._entries:
                    self._step(self._case, entry.name, turn)
                    if entry.status != "timed":
                        continue
                    if all_fit or self._prepare(entry):
                        self._time(entry)
                    if not all_fit:
                        entry.session.end_case()

    def _load(self, entry: _Entry) -> bool:
        said = entry.session.start()
        if "loaded" in said:
            self._runner.versions.update(said["loaded"])
            return True
        if "missing" in said:
            entry.status, entry.reason = "missing", said["missing"]
        else:
            entry.fail(said["broken"])
        return False

    def _prepare(self, entry: _Entry) -> bool:
        """Makes a rival ready, and has its result compared; whether it may be timed."""
        try:
            answer = entry.session.ask(self._prepare_message, self._options.patience)
        except WorkerDied as error:
            entry.fail(error)
            return False
        finally:
            entry.session.settle()
        entry.error = answer.get("error")
        if entry.first_call is None:
            entry.first_call = answer.get("first_call")
        entry.detail = answer.get("detail", "")
        if answer["status"] != "ready":
            entry.status, entry.reason = answer["status"], answer["reason"]
        return entry.status == "timed"

    def _time(self, entry: _Entry) -> None:
        message = {"do": "turn", "seconds": self._options.seconds}
        try:
            answer = entry.session.ask(message, self._options.patience)
        except WorkerDied as error:
            entry.fail(error)
            return
        finally:
            entry.session.settle()
        if "median" in answer:
            entry.turns.append(answer["median"])
        else:
            entry.fail(answer.get("reason", "it gave no time"))
