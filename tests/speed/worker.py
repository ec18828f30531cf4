"""Rivals in processes of their own, which answer lines of JSON: both ends of such a line.

Needs Python alone, as the rivals' end runs in any environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any


class Worker:
    """A process that runs `command`, for as long as the context lasts."""

    def __init__(self, command: Iterable[object], rest: float = 0.0) -> None:
        """`rest`: seconds before each question, for the threads of another process to come to rest."""
        self._rest = rest
        self._process = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: Any = None) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        time.sleep(self._rest)
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit(f"failed: {self._process.args!r}")
        return json.loads(answer)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def answer(respond: Callable[[Any], Any]) -> None:
    """The other end: answers all questions, and returns behind the last one."""
    for line in sys.stdin:
        print(json.dumps(respond(json.loads(line))), flush=True)


def add_peers(parser: ArgumentParser) -> None:
    """The option ``--peer``, for rivals and the interpreters that have them."""
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")


def peers_of(options: Any) -> dict[str, str]:
    """Interpreters by the names of the rivals."""
    return {name: python for name, _, python in (peer.partition("=") for peer in options.peer)}


def chosen(only: str | None, count: int) -> list[int]:
    """The numbers in the text of an option ``--only``, as 0,1; without it all of them."""
    return [*map(int, only.split(","))] if only else [*range(count)]
