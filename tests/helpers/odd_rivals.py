"""Rivals that behave badly, or tell what they see, for the tests of the benchmark.

A file of rivals as ``python -m dwconv bench --rival`` takes it: loaded in workers too, by its path.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

import numpy as np

from dwconv.bench.data import Arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, Skip
from dwconv.bench.rivals.numpy_rivals import ShiftedAdds

#: A file that each call of a `Noted` adds the rival's name to.
LOG = "DWCONV_TEST_LOG"


class Odd(Rival):
    """Right, but for what a subclass makes of the result."""

    modules = ("numpy",)

    def __init__(self, name: str) -> None:
        self.name = name

    def versions(self) -> dict[str, str]:
        return {self.name: "1"}

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        right = ShiftedAdds()
        return Prepared(lambda: self.change(right.compute(geometry, arrays)), detail=self.detail)

    def change(self, y: Any) -> Any:
        return y

    def detail(self) -> str:
        return ""


class OneElementOff(Odd):
    def change(self, y: Any) -> Any:
        y[0, -1, -1, -1] += 0.01
        return y


class NotFinite(Odd):
    def change(self, y: Any) -> Any:
        y[0, 0, 0, 0] = np.nan
        return y


class OtherShape(Odd):
    def change(self, y: Any) -> Any:
        return y[..., :-1]


class Raises(Odd):
    def change(self, y: Any) -> Any:
        raise RuntimeError("no good")


class RaisesLater(Odd):
    """Fine when it is compared, not when it is timed."""

    calls = 0

    def change(self, y: Any) -> Any:
        self.calls += 1
        if self.calls > 2:
            raise RuntimeError("no good any more")
        return y


class Dies(Odd):
    def change(self, y: Any) -> Any:
        os.kill(os.getpid(), signal.SIGSEGV)
        return y


class Hangs(Odd):
    def change(self, y: Any) -> Any:
        time.sleep(1000)
        return y


class Slow(Odd):
    def change(self, y: Any) -> Any:
        time.sleep(0.3)
        return y


class Unable(Odd):
    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        raise Skip("cannot do it")


class Absent(Odd):
    modules = ("no_module_of_this_name",)


class DiesAtImport(Odd):
    def load(self, threads: int) -> None:
        print("libsomething.so: cannot be loaded", file=sys.stderr, flush=True)
        os._exit(3)


class Talkative(Odd):
    """Prints to standard output, where the worker's answers go."""

    def change(self, y: Any) -> Any:
        print("hello", flush=True)
        os.write(1, b"hello\n")
        return y


class Unforked(Odd):
    forks = False


class Witness(Odd):
    """Its detail tells where it runs."""

    def detail(self) -> str:
        return json.dumps(
            {
                "processors": sorted(os.sched_getaffinity(0)),
                "threads": os.environ["OMP_NUM_THREADS"],
                "whole": "dwconv._core" in sys.modules,
                "pid": os.getpid(),
            }
        )


class Noted(Odd):
    """Notes each call."""

    def change(self, y: Any) -> Any:
        with open(os.environ[LOG], "a") as log:
            log.write(self.name + "\n")
        return y


def rivals() -> list[Rival]:
    return [
        Odd("right"),
        OneElementOff("one element off"),
        NotFinite("not finite"),
        OtherShape("other shape"),
        Raises("raises"),
        RaisesLater("raises later"),
        Dies("dies"),
        Hangs("hangs"),
        Slow("slow"),
        Unable("unable"),
        Absent("absent"),
        DiesAtImport("dies at import"),
        Talkative("talkative"),
        Unforked("unforked"),
        Witness("witness"),
        Noted("noted a"),
        Noted("noted b"),
        Noted("noted c"),
    ]
