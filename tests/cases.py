"""Random cases: one recipe, drawn from by Hypothesis or by a seeded generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt, prod
from typing import Any

from hypothesis import strategies as st

from case import Case
from helpers.choices import Choices, HypothesisChoices, RandomChoices, per_dimension
from helpers.memory import ORDERS, OUT_ORDERS

# Elements of source and destination together, and multiply-adds: a case takes a few milliseconds.
MOST_ELEMENTS = 30_000
MOST_PRODUCTS = 400_000

RANKS = (2, 2, 1, 3)
CHANNELS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 31, 32, 33, 40)
KERNELS = (1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7, 7, 8, 9, 31)
# In three dimensions: taps multiply.
DEEP_KERNELS = (1, 2, 3, 3, 3, 3, 4, 5, 7)
LAYOUTS = {
    1: ("NCW", "NWC", "CW", "WC"),
    2: ("NCHW", "NHWC", "CHW", "HWC"),
    3: ("NCDHW", "NDHWC", "CDHW", "DHWC"),
}
ACTIVATIONS = (
    ("relu", None, None),
    ("relu6", None, None),
    ("clip", -3.0, 20.0),
    ("leaky_relu", None, None),
    ("leaky_relu", 0.25, None),
    ("sigmoid", None, None),
    ("tanh", None, None),
    ("swish", None, None),
    ("silu", 1.5, None),
    ("hardswish", None, None),
    ("hardswish", 0.25, 0.375),
    ("gelu", None, None),
    ("gelu_erf", None, None),
    ("gelu_tanh", None, None),
    ("elu", None, None),
    ("elu", 0.5, None),
)
# Of `make_any_case`, to be left out.
NO_EPILOGUE: dict[str, Any] = {"scale": False, "shift": False, "add_order": None}
# The order of channels-first arrays that is channels-last in memory.
CHANNELS_LAST = {1: "swapped", 2: "transposed", 3: "transposed-volume"}
BIAS_ORDERS = ("C", "strided", "reversed", "unaligned", "read-only", "byte-swapped", "broadcast")


def make_padding(choose: Choices, most: int = 11, rank: int = 2) -> Any:
    """Padding in every accepted form, symmetric or not, and also larger than the kernel."""

    def amount() -> int:
        return choose.integer(0, choose.one_of((3, most)))

    def entry() -> Any:
        return amount() if choose.one_of((True, False)) else (amount(), amount())

    rules = ("valid", "same", "same_lower") + (("causal", "causal") if rank == 1 else ())
    form = choose.one_of(("int", "int", "entries", "pairs", "list", *rules))
    if form == "int":
        return amount()
    if form == "entries":
        return tuple(entry() for _ in range(rank))
    if form == "pairs":
        return tuple((amount(), amount()) for _ in range(rank))
    return [*(entry() for _ in range(rank - 1)), [amount(), amount()]] if form == "list" else form


def _least_size(padding: Any, axis: int, extent: int) -> int:
    """Smallest input along an axis over which the kernel fits at least once."""
    if padding in ("same", "same_lower", "causal"):
        return 1
    if padding == "valid":
        return extent
    entry = padding[axis] if isinstance(padding, Sequence) else padding
    return max(1, extent - (sum(entry) if isinstance(entry, Sequence) else 2 * entry))


def make_size(choose: Choices, geometry: dict[str, Any], planes: int) -> tuple[int, ...]:
    """Spatial sizes from the least that the kernel allows to what keeps the case quick."""
    sizes = []
    rank = len(geometry["kernel"])
    elements = min(MOST_ELEMENTS, MOST_PRODUCTS // prod(geometry["kernel"])) // max(planes, 1)
    # A short sequence, or a long one, which may be cut into pieces.
    most = {
        1: min(elements, choose.one_of((30, 300, 3000))),
        2: min(isqrt(elements), 30),
        3: min(round(elements ** (1 / 3)), 20),
    }[rank]
    for axis, kernel in enumerate(geometry["kernel"]):
        dilation = geometry["dilation"]
        extent = (kernel - 1) * (dilation if isinstance(dilation, int) else dilation[axis]) + 1
        least = _least_size(geometry["padding"], axis, extent)
        sizes.append(choose.integer(least, max(least, most)))
    return tuple(sizes)


def make_geometry(choose: Choices, rank: int = 2) -> dict[str, Any]:
    """Kernel, stride, dilation and padding."""
    dense = choose.one_of((True, True, False))
    return {
        "kernel": tuple(choose.one_of(DEEP_KERNELS if rank == 3 else KERNELS) for _ in range(rank)),
        "stride": per_dimension(choose, (1, 1, 2, 3), rank),
        "dilation": 1 if dense else per_dimension(choose, (1, 2, 3, 4), rank),
        "padding": make_padding(choose, rank=rank),
    }


def make_case(choose: Choices, ranks: Sequence[int] = RANKS) -> Case:
    """Any problem, in any memory, asked for in any way that can be served."""
    rank = choose.one_of(ranks)
    geometry = make_geometry(choose, rank)
    layout = choose.one_of(LAYOUTS[rank])
    channels = choose.one_of(CHANNELS)
    batch = choose.one_of((1, 2, 3, 0)) if "N" in layout else 1
    multiplier = choose.one_of((1, 1, 1, 1, 2, 3, 4, 7, 20))
    weights_ranks = (3, 4, 5) if multiplier == 1 else (4, 5)
    integers = choose.one_of((True, False))
    return Case(
        batch=batch,
        channels=channels,
        multiplier=multiplier,
        size=make_size(choose, geometry, batch * channels * multiplier),
        layout=layout,
        weights_rank=choose.one_of(weights_ranks),
        bias=choose.one_of((False, True)),
        activation=choose.one_of((None, None, *ACTIVATIONS)),
        x_order=choose.one_of(("C", "transposed", *ORDERS)),
        w_order=choose.one_of(("C", *ORDERS)),
        bias_order=choose.one_of(BIAS_ORDERS),
        out_order=choose.one_of((None, None, *OUT_ORDERS)),
        # In three dimensions, `reordered` is refused.
        strategy=choose.one_of((None, None, "tiled", "tiled" if rank == 3 else "reordered")),
        threads=choose.one_of((None, 1, 2)),
        integers=integers,
        seed=choose.integer(0, 2**32 - 1),
        **geometry,
    )


def make_direct_case(choose: Choices, ranks: Sequence[int] = RANKS) -> Case:
    """A case for `direct`: channels-last memory, M = 1. Old CPUs may lack a fast kernel for it."""
    rank = choose.one_of([rank for rank in ranks if rank != 3] or (2,))
    geometry = {**make_geometry(choose, rank), "padding": "valid"}
    layout = choose.one_of(LAYOUTS[rank])
    order = "C" if layout.endswith("C") else CHANNELS_LAST[rank]
    batch = choose.integer(1, 3) if "N" in layout else 1
    channels = choose.one_of([count for count in CHANNELS if count > 1])
    # Few enough zeros for most kernels, and fewer than the kernel is wide.
    most = [min(2, kernel - 1) for kernel in geometry["kernel"]]
    pads = tuple((choose.integer(0, limit), choose.integer(0, limit)) for limit in most)
    size = make_size(choose, geometry, batch * channels)
    return Case(
        batch=batch,
        channels=channels,
        size=tuple(max(each, 2) for each in size),
        layout=layout,
        weights_rank=choose.one_of((3, 4, 5)),
        bias=choose.one_of((False, True)),
        activation=choose.one_of((None, None, *ACTIVATIONS)),
        x_order=order,
        w_order=choose.one_of(("C", *ORDERS)),
        bias_order=choose.one_of(BIAS_ORDERS),
        out_order=choose.one_of((None, order)),
        strategy="direct",
        threads=choose.one_of((None, 1, 2)),
        integers=choose.one_of((True, False)),
        seed=choose.integer(0, 2**32 - 1),
        **{**geometry, "padding": pads},
    )


def make_planar_case(choose: Choices, ranks: Sequence[int] = RANKS) -> Case:
    """A case for `planar`: any problem in dense memory."""
    case = make_case(choose, ranks)
    orders = ("C",) if case.layout.endswith("C") else ("C", CHANNELS_LAST[len(case.size)])
    order = choose.one_of(orders)
    # A single channel has both orders, and y then the first of them.
    out_orders = (None, order) if case.channels > 1 else (None,)
    return replace(case, x_order=order, out_order=choose.one_of(out_orders), strategy="planar")


RECIPES = (make_case,) * 6 + (make_direct_case, make_planar_case)


def make_plain_case(choose: Choices, ranks: Sequence[int] = RANKS) -> Case:
    """A case of any of the recipes."""
    return choose.one_of(RECIPES)(choose, ranks)


def make_any_case(choose: Choices, ranks: Sequence[int] = RANKS) -> Case:
    """The same, and every other one with a scale, a shift, or an array that is added, in any memory."""
    case = make_plain_case(choose, ranks)
    if choose.one_of((True, False)):
        return case
    # In the memory order of the result, which is the fastest, and in others.
    orders = (None, "C", case.x_order, case.out_order or case.x_order, *ORDERS)
    return replace(
        case,
        scale=choose.one_of((False, True)),
        shift=choose.one_of((False, True)),
        add_order=choose.one_of(orders),
    )


@st.composite
def cases(draw: Any) -> Case:
    """Hypothesis strategy of `make_case`, with every fourth or so a case for one strategy."""
    return make_any_case(HypothesisChoices(draw))


def random_case(seed: int, index: int, ranks: Sequence[int] = RANKS) -> Case:
    """Case ``index`` of the endless list that ``seed`` and ``ranks`` name."""
    return make_any_case(RandomChoices(seed, index), ranks)
