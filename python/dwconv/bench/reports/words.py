"""A problem in words."""

from __future__ import annotations

from collections.abc import Sequence

from dwconv import _core
from dwconv.bench.reports.figures import plural


def times(sizes: Sequence[int]) -> str:
    """'112×112'."""
    return "×".join(map(str, sizes))


def _padding(pads: Sequence[Sequence[int]]) -> str:
    if not any(map(any, pads)):
        return "no padding"
    if len({*pads}) == 1 and pads[0][0] == pads[0][1]:
        return f"padding {pads[0][0]} on every side"
    return f"padding {', '.join(f'{low} before and {high} after' for low, high in pads)}"


def _step(name: str, values: Sequence[int]) -> str:
    return f"{name} {values[0] if len({*values}) == 1 else times(values)}"


def describe(problem: str) -> str:
    """'1 array of 32 channels and 112×112 elements each, …'.

    Raises
    ------
    dwconv.InvalidArgument
        Where it is not the text of a problem.
    """
    numbers = _core.parse_problem(problem)
    kernels = plural(numbers["multiplier"], "kernel")
    taps = times(numbers["kernel"]) + (" taps" if len(numbers["kernel"]) == 1 else "")
    text = (
        f"{plural(numbers['batch'], 'array')} of {plural(numbers['channels'], 'channel')} and "
        f"{times(numbers['spatial'])} elements each, convolved with {kernels} of {taps} for "
        f"each channel; {_step('stride', numbers['stride'])}, {_step('dilation', numbers['dilation'])}, "
        f"{_padding(numbers['padding'])}. The result has "
        f"{plural(numbers['channels'] * numbers['multiplier'], 'channel')} of {times(numbers['output'])}."
    )
    _, *epilogue = numbers["text"].split("+")
    if epilogue:
        text += f" Then, in the same pass: {', '.join(epilogue)}."
    return text
