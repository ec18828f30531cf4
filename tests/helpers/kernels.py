"""Which kernels are fast for depthwise convolution."""

from __future__ import annotations

import dwconv

# Written for depthwise convolution, by oneDNN and, the last four, by this project. A bare `jit:...` pads
# each group to a full register, `gemm` makes a matrix of each channel, `ref` goes element by
# element: 5 to 100 times slower.
FAST = (
    "brdgmm_dw",
    "jit_dw",
    "jit_int8",
    "jit_uni_int8",
    "planar",
    "convert",
    "pairs",
    "quads",
    "add",
)
# No kernel at all: the result is made of padding, or empty.
NO_KERNEL = ("constant", "none")


def kernels_of(plan: dwconv.Plan) -> list[str]:
    """The names of the kernels that a plan runs, or a word for none."""
    return plan.implementation.split(", ")


def slow_kernels(plan: dwconv.Plan) -> list[str]:
    """Those of a plan's kernels that are not written for depthwise convolution."""
    return [
        name for name in kernels_of(plan) if not name.startswith(FAST) and name not in NO_KERNEL
    ]
