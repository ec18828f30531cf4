"""Random problems against the float64 reference, as many as asked for.

    python tests/campaign.py --cases 100000 [--operation NAME | --dtype NAME] [--rank 1|2|3] [--seed N] [--workers N]

Prints which of oneDNN's kernels ran, how often, and why any of them is a slow one. Stops at the
first wrong case, prints the line that makes it again, and exits with 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import dwconv
from case import Case
from cases import RANKS, make_any_case
from gradient_case import (
    make_backward_data_case,
    make_backward_weights_case,
    make_transposed_case,
)
from helpers.choices import RandomChoices
from helpers.kernels import kernels_of, slow_kernels
from quantized_case import make_quantized_case
from typed_case import DTYPES, typed

CHUNK = 100
OPERATIONS = {
    "depthwise": make_any_case,
    "backward_data": make_backward_data_case,
    "backward_weights": make_backward_weights_case,
    "quantized": make_quantized_case,
    "transposed": make_transposed_case,
}


@dataclass(frozen=True)
class Recipe:
    """An endless list of cases."""

    operation: str
    ranks: Sequence[int]
    seed: int
    dtype: str | None

    def case(self, index: int) -> Case:
        case = OPERATIONS[self.operation](RandomChoices(self.seed, index), self.ranks)
        return typed(case, RandomChoices(self.seed, index, 1), self.dtype) if self.dtype else case


@dataclass
class Tally:
    """What a number of cases came to."""

    cases: int = 0
    kernels: Counter[tuple[str, str]] = field(default_factory=Counter)  # (strategy, kernel)
    slow: Counter[tuple[str, str]] = field(default_factory=Counter)  # (why, kernel)
    failure: str | None = None

    def add(self, other: Tally) -> None:
        self.cases += other.cases
        self.kernels += other.kernels
        self.slow += other.slow
        self.failure = self.failure or other.failure


def run_case(case: Case, tally: Tally) -> None:
    """Check one case, and count what ran it."""
    case = case.check()
    plan = case.plan()
    tally.cases += 1
    for kernel in kernels_of(plan):
        tally.kernels[plan.strategy, kernel] += 1
    for kernel in slow_kernels(plan):
        why = (
            f"strategy={case.strategy!r} was forced"
            if case.strategy
            else "the library's own choice"
        )
        tally.slow[why, kernel] += 1


def run_chunk(job: tuple[Recipe, int, int]) -> Tally:
    """Run the cases ``first`` to ``last`` of a list."""
    recipe, first, last = job
    tally = Tally()
    for index in range(first, last):
        case = recipe.case(index)
        try:
            run_case(case, tally)
        except Exception:
            tally.failure = (
                f"seed {recipe.seed}, case {index}; from tests/: python -c "
                f'"from {type(case).__module__} import *; {case!r}.check()"\n'
                f"{traceback.format_exc()}"
            )
            break
    return tally


def report(total: Tally) -> None:
    """Print the table of kernels and the reasons for slow ones."""
    print("\nkernels by strategy (cases in which each ran)")
    for (strategy, kernel), count in sorted(total.kernels.items()):
        print(f"  {strategy:10} {kernel:32} {count:8}")
    print(f"cases on a slow (gemm, ref or grouped) kernel: {sum(total.slow.values())}")
    for (why, kernel), count in sorted(total.slow.items()):
        print(f"  {kernel:32} {count:8}  {why}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--operation", choices=OPERATIONS, default="depthwise")
    parser.add_argument(
        "--rank", type=int, choices=sorted({*RANKS}), help="spatial dimensions (default: any)"
    )
    parser.add_argument("--dtype", choices=DTYPES, help="of x (default: float32 throughout)")
    parser.add_argument("--seed", type=int, default=0, help="names the list of cases")
    parser.add_argument("--workers", type=int, default=1, help="processes to run them in")
    arguments = parser.parse_args()
    if arguments.dtype and arguments.operation != "depthwise":
        parser.error("--dtype: of the operation depthwise alone")
    return arguments


def main() -> int:
    arguments = parse_arguments()
    dwconv.show_config()
    ranks = RANKS if arguments.rank is None else (arguments.rank,)
    recipe = Recipe(arguments.operation, ranks, arguments.seed, arguments.dtype)
    jobs = [
        (recipe, first, min(first + CHUNK, arguments.cases))
        for first in range(0, arguments.cases, CHUNK)
    ]
    total = Tally()
    begin = time.perf_counter()
    # Spawned, so that each process has threads and a cache of its own.
    with multiprocessing.get_context("spawn").Pool(arguments.workers) as pool:
        for tally in pool.imap_unordered(run_chunk, jobs):
            total.add(tally)
            rate = total.cases / (time.perf_counter() - begin)
            print(
                f"\r{total.cases} of {arguments.cases} cases, {rate:.0f} a second",
                end="",
                flush=True,
            )
            if total.failure:
                break
    report(total)
    if total.failure:
        print(f"\nFAILED: {total.failure}")
        return 1
    print(f"{total.cases} cases passed in {time.perf_counter() - begin:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
