"""The text of a problem, 'n1c32i112x112k3x3s2p1+relu', in words."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """What a text says, a number for each spatial dimension."""

    batch: int
    channels: int
    multiplier: int
    input: list[int]
    kernel: list[int]
    stride: list[int]
    dilation: list[int]
    padding: list[tuple[int, int]]
    epilogue: list[str]

    @classmethod
    def of(cls, problem: str) -> Sizes:
        """Reads what `Plan.problem` writes.

        Raises
        ------
        ValueError
            For another text.
        """
        geometry, *epilogue = problem.split("+")
        found = dict(re.findall(r"([ncmiksdp])(\d[\dx:]*)", geometry))
        if (
            "".join(letter + sizes for letter, sizes in found.items()) != geometry
            or "i" not in found
        ):
            raise ValueError(f"expected a problem such as n1c32i112x112k3x3p1, got {problem!r}")
        sizes = [int(each) for each in found["i"].split("x")]
        rank = len(sizes)

        def numbers(letter: str) -> list[int]:
            values = [int(each) for each in found.get(letter, "1").split("x")]
            return values * rank if len(values) == 1 else values

        pads = [each.split(":") for each in found.get("p", "0").split("x")]
        padding = [(int(pad[0]), int(pad[-1])) for pad in pads]
        return cls(
            batch=int(found.get("n", 1)),
            channels=int(found.get("c", 1)),
            multiplier=int(found.get("m", 1)),
            input=sizes,
            kernel=numbers("k"),
            stride=numbers("s"),
            dilation=numbers("d"),
            padding=padding * rank if len(padding) == 1 else padding,
            epilogue=epilogue,
        )

    @property
    def output(self) -> list[int]:
        """The size of the result in each spatial dimension."""
        spatial = zip(
            self.input, self.kernel, self.stride, self.dilation, self.padding, strict=True
        )
        return [(i + sum(p) - (k - 1) * d - 1) // s + 1 for i, k, s, d, p in spatial]


def times(sizes: list[int]) -> str:
    """'112×112'."""
    return "×".join(map(str, sizes))


def _padding(pads: list[tuple[int, int]]) -> str:
    if not any(map(any, pads)):
        return "no padding"
    if len(set(pads)) == 1 and pads[0][0] == pads[0][1]:
        return f"padding {pads[0][0]} on every side"
    return f"padding {', '.join(f'{low} before and {high} after' for low, high in pads)}"


def _step(name: str, values: list[int]) -> str:
    return f"{name} {values[0] if len(set(values)) == 1 else times(values)}"


def describe(problem: str) -> str:
    """'1 image of 32 channels, 112×112, …'."""
    sizes = Sizes.of(problem)
    images = "1 array" if sizes.batch == 1 else f"{sizes.batch} arrays"
    channels = "1 channel" if sizes.channels == 1 else f"{sizes.channels} channels"
    kernels = "one kernel" if sizes.multiplier == 1 else f"{sizes.multiplier} kernels"
    text = (
        f"{images} of {channels} and {times(sizes.input)} elements each, convolved with {kernels} of "
        f"{times(sizes.kernel)} for each channel; {_step('stride', sizes.stride)}, "
        f"{_step('dilation', sizes.dilation)}, {_padding(sizes.padding)}. The result has "
        f"{sizes.channels * sizes.multiplier} channels of {times(sizes.output)}."
    )
    if sizes.epilogue:
        text += f" Then, in the same pass: {', '.join(sizes.epilogue)}."
    return text
