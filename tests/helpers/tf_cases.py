"""Calls of TensorFlow's functions, to be answered by TensorFlow and by dwconv. Needs NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

PADDINGS = ("SAME", "VALID", ((0, 0), (1, 2), (3, 0), (0, 0)), ((0, 0), (4, 3), (3, 5), (0, 0)))


@dataclass(frozen=True)
class Call:
    """Shapes of the arrays, channels last, and the other arguments."""

    input: tuple[int, ...] = (1, 7, 6, 2)
    filter: tuple[int, ...] = (3, 3, 2, 1)
    strides: Any = (1, 1, 1, 1)
    padding: Any = "SAME"
    keywords: dict[str, Any] = field(default_factory=dict)
    pointwise: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        others = [f"{name}={value}" for name, value in self.keywords.items()]
        others += [] if self.pointwise is None else [f"pointwise={self.pointwise}"]
        return " ".join(
            map(str, (self.input, self.filter, self.strides, self.padding, *others))
        ).replace(", ", ",")

    def arrays(self, integers: bool = True) -> list[np.ndarray]:
        """The same for whoever asks; sums of products of these integers are exact in float32."""
        shapes = [self.input, self.filter]
        shapes += [] if self.pointwise is None else [self.pointwise]
        random = np.random.default_rng([size for shape in shapes for size in shape])
        if integers:
            return [random.integers(-4, 5, shape).astype(np.float32) for shape in shapes]
        return [random.standard_normal(shape, dtype=np.float32) for shape in shapes]

    def answer(self, function: Callable[..., Any], integers: bool = True) -> Any:
        return function(*self.arrays(integers), self.strides, self.padding, **self.keywords)


#: All is said that need not be.
PLAIN = Call(keywords={"data_format": "NHWC", "name": "depthwise"})
LISTS = Call(strides=[1, 2, 2, 1], padding=[[0, 0], [1, 1], [1, 1], [0, 0]])


def _valid() -> list[Call]:
    """Calls that TensorFlow computes."""
    calls = []
    for padding, kernel, stride, multiplier in product(
        PADDINGS, ((3, 3), (2, 5), (1, 1)), (1, 2, 3), (1, 2)
    ):
        shape = (*kernel, 2, multiplier)
        calls.append(Call((1, 6, 5, 2), shape, (1, stride, stride, 1), padding))
    for padding, kernel, dilations in product(
        PADDINGS, ((3, 3), (2, 3)), ((2, 2), (1, 3), (3, 1), (1, 1))
    ):
        keywords = {"dilations": dilations}
        calls.append(Call((1, 8, 7, 2), (*kernel, 2, 2), (1, 1, 1, 1), padding, keywords))
    calls += [PLAIN, LISTS]
    calls.append(Call((3, 5, 5, 2), (3, 3, 2, 2)))
    calls.append(Call((0, 5, 5, 2)))
    calls.append(Call((1, 5, 5, 16), (3, 3, 16, 1)))
    return calls


VALID = _valid()

#: With pointwise filters, for ``separable_conv2d``.
SEPARABLE = [
    Call((1, 6, 5, 2), (*kernel, 2, multiplier), (1, stride, stride, 1), padding, {}, pointwise)
    for padding, kernel, stride, (multiplier, pointwise) in product(
        PADDINGS,
        ((3, 3), (2, 5)),
        (1, 2),
        ((1, (1, 1, 2, 3)), (3, (1, 1, 6, 1))),
    )
] + [
    Call((2, 8, 7, 2), (3, 2, 2, 2), (1, 1, 1, 1), padding, {"dilations": (2, 3)}, (1, 1, 4, 3))
    for padding in PADDINGS
]

#: Calls that TensorFlow refuses, by what is wrong with them; and the argument that is to blame.
REFUSED: dict[str, tuple[str, Call]] = {
    "padding in small letters": ("padding", Call(padding="same")),
    "padding EXPLICIT": ("padding", Call(padding="EXPLICIT")),
    "padding of 3 entries": ("padding", Call(padding=[[0, 0], [1, 1], [1, 1]])),
    "padding of 3 sides": ("padding", Call(padding=[[0, 0], [1, 1, 1], [1, 1], [0, 0]])),
    "padding of ints": ("padding", Call(padding=[0, 1, 1, 0])),
    "padding below 0": ("padding", Call(padding=[[0, 0], [-1, 1], [1, 1], [0, 0]])),
    "padding of the batch": ("padding", Call(padding=[[1, 0], [1, 1], [1, 1], [0, 0]])),
    "padding of the channels": ("padding", Call(padding=[[0, 0], [1, 1], [1, 1], [0, 1]])),
    "2 strides": ("strides", Call(strides=[1, 1])),
    "5 strides": ("strides", Call(strides=[1, 1, 1, 1, 1])),
    "strides that differ": ("strides", Call(strides=[1, 2, 1, 1])),
    "stride of the batch": ("strides", Call(strides=[2, 1, 1, 1])),
    "stride of the channels": ("strides", Call(strides=[1, 1, 1, 2])),
    "stride 0": ("strides", Call(strides=[1, 0, 0, 1])),
    "stride below 0": ("strides", Call(strides=[1, -1, -1, 1])),
    "data_format unknown": ("data_format", Call(keywords={"data_format": "NHCW"})),
    "data_format in small letters": ("data_format", Call(keywords={"data_format": "nhwc"})),
    "dilation 0": ("dilations", Call(keywords={"dilations": [0, 1]})),
    "dilation below 0": ("dilations", Call(keywords={"dilations": [-1, 1]})),
    "4 dilations": ("dilations", Call(keywords={"dilations": [1, 2, 2, 1]})),
    "input of 3 dimensions": ("input", Call((7, 6, 2))),
    "input of 5 dimensions": ("input", Call((1, 1, 7, 6, 2))),
    "filter of 3 dimensions": ("filter", Call(filter=(3, 3, 2))),
    "channels that differ": ("filter", Call(filter=(3, 3, 3, 1))),
}

REFUSED_SEPARABLE: dict[str, tuple[str, Call]] = {
    "pointwise of 2 dimensions": ("pointwise_filter", Call(pointwise=(2, 3))),
    "pointwise of 2 by 1": ("pointwise_filter", Call(pointwise=(2, 1, 2, 3))),
    "pointwise channels": ("pointwise_filter", Call(pointwise=(1, 1, 5, 3))),
    "strides that differ": ("strides", Call(strides=[1, 2, 1, 1], pointwise=(1, 1, 2, 3))),
    "padding in small letters": ("padding", Call(padding="same", pointwise=(1, 1, 2, 3))),
}
