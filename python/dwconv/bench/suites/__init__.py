"""Named sets of problems. What a name stands for does not change, so that runs can be compared."""

from __future__ import annotations

from collections.abc import Iterable

from dwconv.bench.results import Case
from dwconv.bench.suites import (
    batch,
    convnext,
    efficientnet,
    huge,
    image,
    mobilenet,
    sequence,
    tiny,
)

SUITES: dict[str, tuple[str, ...]] = {
    "mobilenet": mobilenet.PROBLEMS,
    "efficientnet": efficientnet.PROBLEMS,
    "convnext": convnext.PROBLEMS,
    "image": image.PROBLEMS,
    "batch": batch.PROBLEMS,
    "tiny": tiny.PROBLEMS,
    "huge": huge.PROBLEMS,
    "sequence": sequence.PROBLEMS,
}
#: Suites whose problems this version cannot compute, and why.
NOT_YET = {
    "volume": "3-D convolution is not supported yet",
}
LAYOUTS = ("NCHW", "NHWC")
#: Those of one dimension, in the same order.
LINE_LAYOUTS = ("NCW", "NWC")
#: The suite of a problem that was given by its text.
SINGLE = "problem"


def cases_of(names: Iterable[str], layouts: Iterable[str] = LAYOUTS) -> list[Case]:
    """The cases of suites and of problems' texts, each in each layout.

    A layout of two dimensions stands for that of one dimension with the same place of the channels, and the
    other way round.

    Raises
    ------
    ValueError
        For a suite that is not possible yet, or a name that is neither a suite nor a problem.
    """
    found: dict[Case, None] = {}
    order = list(layouts)
    for name in names:
        if name in NOT_YET:
            raise ValueError(f"the suite {name} is not there yet: {NOT_YET[name]}")
        suite = name if name in SUITES else SINGLE
        for problem in SUITES.get(name, (name,)):
            text, rank = _written_out(problem)
            for layout in order:
                layouts_of_rank = LINE_LAYOUTS if rank == 1 else LAYOUTS
                found[Case(suite, text, layouts_of_rank[layout.endswith("C")])] = None
    return list(found)


def _written_out(problem: str) -> tuple[str, int]:
    """The text as plans write it, and the number of spatial dimensions."""
    from dwconv import _core

    try:
        numbers = _core.parse_problem(problem)
    except (ValueError, NotImplementedError) as error:
        known = ", ".join((*SUITES, *NOT_YET))
        raise ValueError(
            f"'{problem}' is none of the suites {known}, and no problem: {error}"
        ) from error
    return str(numbers["text"]), len(numbers["spatial"])
