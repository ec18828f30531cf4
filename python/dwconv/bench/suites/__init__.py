"""Named sets of problems. What a name stands for does not change, so that runs can be compared."""

from __future__ import annotations

from collections.abc import Iterable

from dwconv.bench.results import Case
from dwconv.bench.suites import batch, convnext, efficientnet, huge, image, mobilenet, tiny

SUITES: dict[str, tuple[str, ...]] = {
    "mobilenet": mobilenet.PROBLEMS,
    "efficientnet": efficientnet.PROBLEMS,
    "convnext": convnext.PROBLEMS,
    "image": image.PROBLEMS,
    "batch": batch.PROBLEMS,
    "tiny": tiny.PROBLEMS,
    "huge": huge.PROBLEMS,
}
#: Suites whose problems this version cannot compute, and why.
NOT_YET = {
    "sequence": "1-D convolution in benchmarks is not supported yet",
    "volume": "3-D convolution is not supported yet",
}
LAYOUTS = ("NCHW", "NHWC")
#: The suite of a problem that was given by its text.
SINGLE = "problem"


def cases_of(names: Iterable[str], layouts: Iterable[str] = LAYOUTS) -> list[Case]:
    """The cases of suites and of problems' texts, each in each layout.

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
            for layout in order:
                found[Case(suite, _written_out(problem), layout)] = None
    return list(found)


def _written_out(problem: str) -> str:
    from dwconv import _core

    try:
        numbers = _core.parse_problem(problem)
    except ValueError as error:
        known = ", ".join((*SUITES, *NOT_YET))
        raise ValueError(
            f"'{problem}' is none of the suites {known}, and no problem: {error}"
        ) from error
    if len(numbers["spatial"]) != 2:
        raise ValueError(f"'{problem}' is no problem of two dimensions, as benchmarks have them")
    return str(numbers["text"])
