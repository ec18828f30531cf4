"""A worker as the run sees it: started, asked, waited for until it is idle, and ended."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dwconv.bench.rivals import OURS

Message = dict[str, Any]

#: The variables by which libraries take their number of threads.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)
#: An import of a large framework from a cold disk takes half a minute.
_LOADING_SECONDS = 180.0
#: To give back the memory of a case takes less.
_ENDING_SECONDS = 20.0
#: A process that has had less of a processor than this within a look is idle.
_IDLE_NANOSECONDS = 200_000
_LOOK_SECONDS = 0.004
_SETTLE_SECONDS = 0.5


class WorkerDied(Exception):
    """The worker ended, or did not answer in time; the text says which."""


@dataclass(frozen=True)
class WorkerSettings:
    """How a worker is started."""

    family: str
    rival: str
    threads: int
    processors: tuple[int, ...]
    most_seconds: float
    """A rival with slower calls is skipped."""
    python: str = sys.executable


def _processor_nanoseconds(pid: int) -> int | None:
    """What all threads of a process have had of the processors; None where the system does not tell."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
    except (OSError, ValueError, IndexError):
        return None


class Session:
    """The process of one rival, started when it is first needed, and again after it died."""

    def __init__(self, settings: WorkerSettings) -> None:
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        # What it prints; the file has no name and goes with the session.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._pending = b""
        #: What the worker said when it had loaded its rival.
        self.loaded: Message = {}

    def start(self) -> Message:
        """Starts the process where none is running; what it says of itself.

        {'loaded': versions}, {'missing': why} or {'broken': why}
        """
        if self._process is None:
            self._process = self._start()
            try:
                self.loaded = self._read(_LOADING_SECONDS)
            except WorkerDied as error:
                self.loaded = {"broken": str(error)}
        return self.loaded

    def _start(self) -> subprocess.Popen[bytes]:
        settings = self.settings
        ours = settings.family == OURS
        worker = {
            "family": settings.family,
            "rival": settings.rival,
            "threads": settings.threads,
            "processors": settings.processors,
            "most_seconds": settings.most_seconds,
        }
        threads = dict.fromkeys(_THREAD_VARIABLES, str(settings.threads))
        launcher = str(Path(__file__).with_name("launch.py"))
        self._pending = b""
        return subprocess.Popen(
            [settings.python, launcher, "whole" if ours else "bare", json.dumps(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **threads, "PYTHONUNBUFFERED": "1"},
            bufsize=0,
            # A group of its own, so that a hanging child ends with its parent.
            start_new_session=True,
        )

    def ask(self, message: Message, seconds: float) -> Message:
        """Sends a message and waits so long for the answer.

        Raises
        ------
        WorkerDied
            Where none came; the process is gone then.
        """
        self.start()
        process = self._process
        if process is None or process.stdin is None:
            raise WorkerDied("its process could not be started")
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise self._dead(f"its process is gone: {error}") from error
        answer = self._read(seconds)
        if "died" in answer:
            code = int(answer["died"])
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
            raise WorkerDied(f"its process died: {how}")
        return answer

    def end_case(self) -> None:
        """Has the worker forget the case."""
        if self._process is None:
            return
        try:
            self.ask({"do": "end"}, _ENDING_SECONDS)
        except WorkerDied:
            self.kill()
        if not self.loaded.get("forks", False):
            self.close()

    def _read(self, seconds: float) -> Message:
        process = self._process
        if process is None or process.stdout is None:
            raise WorkerDied("its process could not be started")
        deadline = time.monotonic() + seconds
        while b"\n" not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise self._dead(f"it gave no answer within {seconds:g} s")
            read = os.read(process.stdout.fileno(), 65536)
            if not read:
                raise self._dead(f"its process died{self._last_words()}")
            self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        answer: Message = json.loads(line)
        return answer

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def _dead(self, text: str) -> WorkerDied:
        self.kill()
        return WorkerDied(text)

    def settle(self) -> None:
        """Waits until the threads of the worker have stopped spinning, half a second at most."""
        if self._process is None:
            return
        pids = [self._process.pid, *self._children(self._process.pid)]
        deadline = time.monotonic() + _SETTLE_SECONDS
        before = [_processor_nanoseconds(pid) for pid in pids]
        while time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            after = [_processor_nanoseconds(pid) for pid in pids]
            pairs = zip(before, after, strict=True)
            had = sum(b - a for a, b in pairs if a is not None and b is not None)
            if had < _IDLE_NANOSECONDS:
                return
            before = after

    @staticmethod
    def _children(pid: int) -> list[int]:
        try:
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            return []
        return [int(child) for child in text.split()]

    def kill(self) -> None:
        """Ends the process and its children at once."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def close(self) -> None:
        """Lets the process end, if there is one."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING_SECONDS)
        self.kill()
