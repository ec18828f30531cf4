"""Runs cases: each rival in a process of its own, one at a time, in turns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from dwconv import _core
from dwconv.bench.data import make_arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.limits import Limits
from dwconv.bench.machine import available_memory
from dwconv.bench.options import Options
from dwconv.bench.reference import expect
from dwconv.bench.results import Case, CaseResult
from dwconv.bench.rivals import OURS, rivals_of
from dwconv.bench.session import Session, WorkerSettings
from dwconv.bench.steady import Steadiness
from dwconv.bench.turns import Entry, Step, Turns


def geometry_of(case: Case) -> Geometry:
    """A case in numbers.

    Raises
    ------
    InvalidArgument
        Where the problem's text is none, or does not describe a convolution.
    """
    return Geometry.of({"layout": case.layout, **_core.parse_problem(case.problem)})


class Runner:
    """The workers of a run. To be used in a `with` block, which ends them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        #: Of dwconv, oneDNN and all rivals that have been loaded so far.
        self.versions: dict[str, str] = {}
        self._limits = Limits(options.threads)
        self._steadiness = Steadiness(options.threads)
        self._sessions: dict[str, Session] = {}
        self._turns: dict[Case, Turns] = {}
        for family in (OURS, *options.peers, *options.files):
            for rival in rivals_of(family):
                if not options.rivals or rival.name in options.rivals:
                    self._sessions[rival.name] = Session(self._settings(family, rival.name))
        unknown = [name for name in options.rivals if name not in self._sessions]
        if unknown:
            raise ValueError(f"no rival {', '.join(unknown)} among those that take part")

    def _settings(self, family: str, rival: str) -> WorkerSettings:
        options = self.options
        return WorkerSettings(
            family,
            rival,
            options.threads,
            options.processors,
            # All others are compared with it.
            options.patience if rival == OURS else options.most_seconds,
            **({"python": options.pythons[family]} if family in options.pythons else {}),
        )

    def __enter__(self) -> Runner:
        self._affinity = os.sched_getaffinity(0)
        self._threads = _core.get_num_threads()
        os.sched_setaffinity(0, self.options.processors)
        _core.set_num_threads(self.options.threads)
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
        _core.set_num_threads(self._threads)

    @property
    def rivals(self) -> list[str]:
        """The names of those who take part, present or not."""
        return list(self._sessions)

    @property
    def limits(self) -> Limits:
        """What this machine can do."""
        return self._limits

    def run(self, cases: Sequence[Case], step: Step | None = None) -> Iterator[CaseResult]:
        """Measures the cases, one after another, in rounds: each case comes as often as there are rounds,
        with all that it has had so far.

        `step` is called as often as there are rounds, cases, rivals and turns, for rivals that do not run too.
        """
        for _ in range(self.options.rounds):
            for case in cases:
                yield self._visit(case, step or (lambda case, rival, turn: None))

    def warnings(self) -> list[str]:
        """What a reader of the times must know."""
        return self._steadiness.warnings()

    def with_final_limits(self, result: CaseResult) -> CaseResult:
        """A result beside the best that this machine has shown in the whole run."""
        fma = result.flops / self._limits.fma_peak
        return replace(result, limit=replace(result.limit, fma=fma))

    def _turns_on(self, case: Case, step: Step) -> Turns:
        if case not in self._turns:
            entries = [Entry(name, session) for name, session in self._sessions.items()]
            self._turns[case] = Turns(case, entries, self.options, self._steadiness, step)
        return self._turns[case]

    def _visit(self, case: Case, step: Step) -> CaseResult:
        """Measures all rivals on one case, for a round."""
        geometry = geometry_of(case)
        turns = self._turns_on(case, step)
        prepare = {"do": "prepare", "geometry": geometry.to_dict()}
        with tempfile.TemporaryDirectory(prefix="dwconv-bench-") as folder:
            if not turns.begun:
                # Results are compared in the first round; the same code runs in all.
                expected = Path(folder) / "expected.npz"
                expect(geometry, make_arrays(geometry)).save(expected)
                prepare["expected"] = str(expected)
            turns.take_round(prepare, self._all_fit(geometry))
        for session in self._sessions.values():
            self.versions.update(session.loaded.get("loaded", {}))
        limit = self._limits.of(geometry)
        return CaseResult(
            case,
            geometry.flops,
            geometry.nbytes,
            limit,
            turns.measurements(),
        )

    def _all_fit(self, geometry: Geometry) -> bool:
        """Whether all rivals can keep their arrays at once, each twice what the case itself has."""
        return 2 * geometry.nbytes * len(self._sessions) < available_memory() / 3
