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
    volume,
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
    "volume": volume.PROBLEMS,
}
LAYOUTS = ("NCHW", "NHWC")
#: Those of one dimension and of three, in the same order.
LINE_LAYOUTS = ("NCW", "NWC")
VOLUME_LAYOUTS = ("NCDHW", "NDHWC")
_BY_RANK = {1: LINE_LAYOUTS, 2: LAYOUTS, 3: VOLUME_LAYOUTS}
#: The suite of a problem that was given by its text.
SINGLE = "problem"


def cases_of(names: Iterable[str], layouts: Iterable[str] = LAYOUTS) -> list[Case]:
    """The cases of suites and of problems' texts, each in each layout.

    A layout stands for that of any other number of dimensions with the same place of the channels.

    Raises
    ------
    ValueError
        For a name that is neither a suite nor a problem.
    """
    found: dict[Case, None] = {}
    order = list(layouts)
    for name in names:
        suite = name if name in SUITES else SINGLE
        for problem in SUITES.get(name, (name,)):
            text, rank = _written_out(problem)
            for layout in order:
                found[Case(suite, text, _BY_RANK[rank][layout.endswith("C")])] = None
    return list(found)


def _written_out(problem: str) -> tuple[str, int]:
    """The text as plans write it, and the number of spatial dimensions."""
    from dwconv import _core

    try:
        numbers = _core.parse_problem(problem)
    except (ValueError, NotImplementedError) as error:
        known = ", ".join(SUITES)
        raise ValueError(
            f"'{problem}' is none of the suites {known}, and no problem: {error}"
        ) from error
    return str(numbers["text"]), len(numbers["spatial"])
