"""Waits until a process and its children do nothing.

Thread pools go on spinning for a while after a call, some for a fifth of a second, and would take the
processors from the rival whose turn is next.
"""

from __future__ import annotations

import time
from pathlib import Path

#: Processes that have had less of the processors than this within a look are idle.
_IDLE_NANOSECONDS = 200_000
_LOOK_SECONDS = 0.004
_MOST_SECONDS = 0.5


def _processor_nanoseconds(pid: int) -> int | None:
    """What all threads of a process have had of the processors; None where the system does not tell."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
    except (OSError, ValueError, IndexError):
        return None


def _with_children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *map(int, children)]


def wait_until_idle(pid: int) -> None:
    """Returns when the process and its children are idle, after half a second at the latest."""
    pids = _with_children(pid)
    deadline = time.monotonic() + _MOST_SECONDS
    before = [_processor_nanoseconds(each) for each in pids]
    while time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
        after = [_processor_nanoseconds(each) for each in pids]
        pairs = zip(before, after, strict=True)
        had = sum(b - a for a, b in pairs if a is not None and b is not None)
        if had < _IDLE_NANOSECONDS:
            return
        before = after
