"""One case explained: what it computes, what bounds it, what runs it and why."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from dwconv.bench.reports.figures import amount, digits, duration, operations, percent
from dwconv.bench.reports.tables import Cell, Section, Table
from dwconv.bench.reports.terminal import show_table
from dwconv.bench.reports.words import describe
from dwconv.bench.results import Case, Limit

#: The rules of cpp/src/strategy/select.cpp, by strategy and whether memory is channels-last.
_RULES = {
    (
        "direct",
        True,
    ): "Source and destination are channels-last, which oneDNN's kernels read and write as they lie: "
    "no copy is made.",
    (
        "tiled",
        False,
    ): "The memory is not channels-last, and oneDNN has no fast kernel for it. Tiles small enough for "
    "the cache are gathered into channels-last order, convolved there and scattered, so the slow memory is crossed "
    "once each way.",
    (
        "tiled",
        True,
    ): "The memory is channels-last, but oneDNN has no fast kernel for the whole of it (a depth "
    "multiplier, or deep padding). Tiles can be described so that it has one.",
    (
        "planar",
        False,
    ): "The memory is planes, for which oneDNN has no fast kernel. The project's own kernels run along the "
    "width, and read and write the planes as they lie.",
    (
        "planar",
        True,
    ): "The memory is channels-last, and the project's own kernels are faster on it than oneDNN's: there are "
    "few channels, or the processor has no AVX-512.",
    (
        "reordered",
        False,
    ): "oneDNN has no fast kernel for any tile of it. It chooses the layouts itself, and whole "
    "tensors are reordered around it.",
    (
        "reordered",
        True,
    ): "oneDNN has no fast kernel for any tile of it. It chooses the layouts itself, and whole "
    "tensors are reordered around it.",
}

#: What oneDNN calls its kernels, by how the name begins; the first that fits.
_KERNELS = {
    "brdgmm_dw": "depthwise as products with diagonal matrices, generated at run time",
    "jit_dw": "a depthwise kernel, generated at run time",
    "jit": "a kernel for grouped convolutions in general, generated at run time; slow where a group has one channel",
    "gemm": "a matrix product over a rearranged copy; slow where a group has one channel",
    "ref": "plain loops, the slowest of all",
    "planar": "the project's own, along the rows of dense memory",
    "constant": "no kernel: every element of the result lies in the padding",
}


def reason(strategy: str, layout: str) -> str:
    """Why a strategy runs memory of this layout."""
    return _RULES.get((strategy, layout.endswith("C")), "It was forced: no rule chooses it here.")


def kernel_words(implementation: str) -> list[str]:
    """A line for each kernel in `Plan.implementation`."""
    lines = []
    for name in implementation.split(", "):
        words = next((text for start, text in _KERNELS.items() if name.startswith(start)), None)
        lines.append(name if words is None else f"{name}: {words}")
    return lines


def bound_text(flops: int, nbytes: int, limit: Limit) -> str:
    """Which bound holds, and from which intensity on the other would."""
    balance = (flops / limit.fma) / (nbytes / limit.copy)
    side, bound = (
        ("below", "the memory") if limit.bound == "copy" else ("above", "the multiply-adds")
    )
    text = (
        f"{digits(flops / nbytes)} FLOP/byte, {side} the {digits(balance)} at which copy and multiply-adds take the "
        f"same time at this size: {bound} set the limit."
    ).replace("the memory set", "the memory sets")
    share = limit.call / limit.seconds
    if share >= 0.1:
        text += f" An empty call is {percent(share)} of it."
    return text


def bounds_table(flops: int, nbytes: int, limit: Limit, seconds: float) -> Table:
    """The measured time beside what bounds it."""

    def row(name: str, bound: float, *, ours: bool = False) -> list[Cell]:
        return [
            Cell(name, "ours" if ours else "plain"),
            Cell(duration(bound)),
            Cell(digits(seconds / bound)),
            Cell(digits(flops / bound / 1e9)),
            Cell(digits(nbytes / bound / 1e9)),
        ]

    rows = [
        row("copy of the same bytes", limit.copy),
        row("multiply-adds at peak", limit.fma),
        row("limit, with an empty call", limit.seconds),
        row("dwconv", seconds, ours=True),
    ]
    return Table(
        title="Time beside the bounds",
        head=["", "time", "dwconv / it", "GFLOP/s", "GB/s"],
        sections=[Section("", rows)],
    )


def explain(
    case: Case,
    flops: int,
    nbytes: int,
    limit: Limit,
    seconds: float,
    strategy: str,
    implementation: str,
    console: Console | None = None,
) -> None:
    """Prints a case in words, its limit, how dwconv runs it and how near it comes.

    Parameters
    ----------
    case : Case
    flops, nbytes : int
        Of the problem, as `Plan.flops` and `Plan.nbytes`.
    limit : Limit
        As measured on this machine for this case.
    seconds : float
        The time of a warm call.
    strategy, implementation : str
        Those of the plan.
    console : rich.console.Console, optional
        Standard output by default.
    """
    console = Console(highlight=False) if console is None else console
    kernels = "; ".join(kernel_words(implementation))
    for name, text in (
        (case.name, describe(case.problem)),
        (
            "Work",
            f"{operations(flops)} (a multiply-add counts as two), {amount(nbytes)} each moved once.",
        ),
        ("Bound", bound_text(flops, nbytes, limit)),
        ("Strategy", f"{strategy}. {reason(strategy, case.layout)}"),
        ("Kernel", kernels),
    ):
        console.print(Text.assemble((name, "bold"), "\n", text))
    console.print()
    show_table(bounds_table(flops, nbytes, limit, seconds), console)
