"""The turns of all rivals on one case: A B C, A B C, …; all of them in each round."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from dwconv.bench.options import Options
from dwconv.bench.results import Case, Measurement, Status
from dwconv.bench.session import Message, Session, WorkerDied
from dwconv.bench.steady import Steadiness

#: Called when a rival is about to run on a case, with the turn from 0 on.
Step = Callable[[Case, str, int], None]


@dataclass
class Entry:
    """A rival on a case, while it goes on."""

    name: str
    session: Session
    status: Status = "timed"
    reason: str = ""
    error: float | None = None
    first_call: float | None = None
    detail: str = ""
    rounds: list[list[float]] = field(default_factory=list)

    def fail(self, reason: object) -> None:
        self.status, self.reason = "failed", str(reason)

    def measurement(self) -> Measurement:
        return Measurement(
            self.name,
            self.status,
            self.reason,
            self.error,
            self.first_call,
            [list(turns) for turns in self.rounds] if self.status == "timed" else [],
            self.detail,
        )


class Turns:
    """The turns of all rivals on one case, round by round."""

    def __init__(
        self,
        case: Case,
        entries: list[Entry],
        options: Options,
        steadiness: Steadiness,
        step: Step,
    ) -> None:
        self._options = options
        self._steadiness = steadiness
        self._case = case
        self._entries = entries
        self._step = step

    def take_round(self, prepare: Message, all_fit: bool) -> None:
        """`all_fit`: rivals stay ready between their turns; else each is made ready for each turn."""
        with ExitStack() as ending:
            for entry in self._entries:
                entry.rounds.append([])
                if entry.status == "timed" and self._load(entry) and all_fit:
                    ending.callback(entry.session.end_case)
                    self._prepare(entry, prepare)
            for turn in range(self._options.turns):
                self._steadiness.look()
                for entry in self._entries:
                    self._step(self._case, entry.name, turn)
                    if entry.status != "timed":
                        continue
                    if all_fit or self._prepare(entry, prepare):
                        self._time(entry)
                    if not all_fit:
                        entry.session.end_case()

    @property
    def begun(self) -> bool:
        """Whether there was a round."""
        return any(entry.rounds for entry in self._entries)

    def measurements(self) -> list[Measurement]:
        """Of all rivals, as far as they have come."""
        return [entry.measurement() for entry in self._entries]

    def _load(self, entry: Entry) -> bool:
        said = entry.session.start()
        if "loaded" in said:
            return True
        if "missing" in said:
            entry.status, entry.reason = "missing", said["missing"]
        else:
            entry.fail(said["broken"])
        return False

    def _prepare(self, entry: Entry, prepare: Message) -> bool:
        """Makes a rival ready, and has its result compared; whether it may be timed."""
        try:
            answer = entry.session.ask(prepare, self._options.patience)
        except WorkerDied as error:
            entry.fail(error)
            return False
        finally:
            entry.session.settle()
        if "error" in answer:
            entry.error = answer["error"]
        if entry.first_call is None:
            entry.first_call = answer.get("first_call")
        entry.detail = answer.get("detail", "")
        if answer["status"] != "ready":
            entry.status, entry.reason = answer["status"], answer["reason"]
        return entry.status == "timed"

    def _time(self, entry: Entry) -> None:
        message = {"do": "turn", "seconds": self._options.seconds}
        try:
            answer = entry.session.ask(message, self._options.patience)
        except WorkerDied as error:
            entry.fail(error)
            return
        finally:
            entry.session.settle()
        if "time" not in answer:
            entry.fail(answer["reason"])
            return
        entry.rounds[-1].append(answer["time"])
