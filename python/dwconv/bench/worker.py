"""The process of one rival: answers JSON lines on standard input with JSON lines on standard output.

It imports the rival, and then forks for each case, so that each first call is that of a new process and
each case's memory is given back, while the import is paid once. Both read the same input, one at a time:
the parent waits for its child to end. A rival that cannot be forked serves one case and ends.

The processes have nothing to do but to wait for the next line while others are timed.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from dwconv.bench.data import make_arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.reference import Expected
from dwconv.bench.rivals import rivals_of
from dwconv.bench.rivals.base import Prepared, Rival, Skip
from dwconv.bench.timing import timed, turn

Message = dict[str, Any]

#: Times the most seconds of a warm call.
_HOPELESS = 4


class Channel:
    """Lines to and from whoever started the process; what rivals print goes to standard error."""

    def __init__(self) -> None:
        self._output = os.dup(1)
        os.dup2(2, 1)

    def read(self) -> Message | None:
        """The next message, or None at the end. Takes no more than its line from the input."""
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = os.read(0, 1)
            if not byte:
                return None
            line += byte
        message: Message = json.loads(line)
        return message

    def write(self, message: Message) -> None:
        os.write(self._output, json.dumps(message).encode() + b"\n")


def _failure(error: BaseException) -> str:
    return traceback.format_exception_only(error)[-1].strip()


class CaseWork:
    """One case of one rival."""

    def __init__(self, rival: Rival, threads: int, most_seconds: float) -> None:
        self._rival = rival
        self._threads = threads
        self._most_seconds = most_seconds
        self._prepared: Prepared | None = None

    def answer(self, message: Message) -> Message:
        try:
            if message["do"] == "prepare":
                return self._prepare(Geometry.of(message["geometry"]), message.get("expected"))
            assert self._prepared is not None
            return {"time": turn(self._prepared.call, message["seconds"])}
        except Skip as reason:
            return {"status": "skipped", "reason": str(reason)}
        except Exception as error:
            return {"status": "failed", "reason": _failure(error)}

    def _prepare(self, geometry: Geometry, expected: str | None) -> Message:
        """Where there is something expected, the result is compared with it."""
        arrays = make_arrays(geometry)
        before, prepared = timed(lambda: self._rival.prepare(geometry, arrays, self._threads))
        first, returned = timed(prepared.call)
        found: Message = {"first_call": before + first}
        if expected is not None:
            error = Expected.load(Path(expected)).error(prepared.result(returned), geometry)
            found["error"] = error if error < float("inf") else None
            if not error <= 1:
                off = "not finite, or not of the right shape and dtype"
                if error < float("inf"):
                    off = f"{error:.3g} times the error accepted"
                return {**found, "status": "wrong", "reason": f"its result is {off}"}
        del returned
        # A first call so long is not worth another one to see how much of it was making ready.
        hopeless = first > _HOPELESS * self._most_seconds
        warm = first if hopeless else timed(prepared.call)[0]
        if warm > self._most_seconds:
            return {
                **found,
                "status": "skipped",
                "reason": f"a call takes {warm:.1f} s, more than the {self._most_seconds:g} s waited for",
            }
        self._prepared = prepared
        return {**found, "status": "ready", "detail": prepared.detail()}


def _serve_case(work: CaseWork, first: Message, channel: Channel) -> None:
    message: Message | None = first
    while message is not None and message["do"] != "end":
        channel.write(work.answer(message))
        message = channel.read()


def _fork_for_case(work: CaseWork, first: Message, channel: Channel) -> None:
    child = os.fork()
    if child == 0:
        _serve_case(work, first, channel)
        sys.stderr.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    channel.write({"ended": True} if code == 0 else {"died": code})


def _load(family: str, name: str, threads: int) -> tuple[Rival | None, Message]:
    try:
        rival = next(each for each in rivals_of(family) if each.name == name)
        rival.load(threads)
        # What a framework brings is not looked through again at each turn.
        gc.collect()
        gc.freeze()
        return rival, {"loaded": rival.versions(), "forks": rival.forks}
    except ModuleNotFoundError as error:
        return None, {"missing": f"{error.name} is not installed"}
    except Exception as error:
        return None, {"broken": _failure(error)}


def main() -> None:
    """Serves until the input ends; the one argument is the rival as JSON."""
    settings: Message = json.loads(sys.argv[1])
    threads: int = settings["threads"]
    os.sched_setaffinity(0, settings["processors"])
    channel = Channel()
    rival, report = _load(settings["family"], settings["rival"], threads)
    channel.write(report)
    if rival is None:
        return
    while (message := channel.read()) is not None:
        work = CaseWork(rival, threads, settings["most_seconds"])
        if rival.forks:
            _fork_for_case(work, message, channel)
        else:
            _serve_case(work, message, channel)
            channel.write({"ended": True})
            return
