"""Quantized convolutions that ONNX Runtime has been asked for; needs NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class QLinearConv:
    """A depthwise QLinearConv on channels-first arrays, in ONNX's words."""

    name: str
    x_dtype: str
    w_dtype: str
    channels: int = 5
    multiplier: int = 1
    size: tuple[int, ...] = (7, 9)
    kernel: tuple[int, ...] = (3, 3)
    strides: tuple[int, ...] = (1, 1)
    dilations: tuple[int, ...] = (1, 1)
    pads: tuple[tuple[int, int], ...] = ((0, 0), (0, 0))
    per_channel: bool = False
    bias: bool = False
    ties: bool = False

    def arrays(self, seed: int = 0) -> dict[str, Any]:
        """x, w, bias, scales and zero points, by the names of `dnnl_depthwise_quantized`."""
        rng = np.random.default_rng([seed, *self.name.encode()])
        outputs = self.channels * self.multiplier

        def integers(shape: tuple[int, ...], dtype: str) -> np.ndarray:
            info = np.iinfo(dtype)
            return rng.integers(info.min, info.max + 1, shape).astype(dtype)

        # Those pass through ONNX Runtime's matrix product, which on AVX2 without VNNI adds two products
        # of uint8 and int8 in int16, and saturates there: so small that they fit.
        divisor = 2 if self.multiplier > 1 and self.w_dtype == "int8" else 1

        # Powers of two make ties, other scales leave them to chance.
        y_scale = 32.0 if self.ties else 37.3
        w_scale = 2.0 ** -rng.integers(1, 4, outputs) * (1.0 if self.ties else 0.773)
        # Of int8, ONNX Runtime takes symmetric weights alone in places.
        w_zero_point = int(rng.integers(90, 160)) if self.w_dtype == "uint8" else 0
        return {
            "x": integers((2, self.channels, *self.size), self.x_dtype),
            "w": integers((outputs, 1, *self.kernel), self.w_dtype) // divisor,
            "bias": rng.integers(-3000, 3000, outputs).astype(np.int32) if self.bias else None,
            "x_scale": 0.5,
            "x_zero_point": int(integers((), self.x_dtype)),
            "w_scale": w_scale.astype(np.float32) if self.per_channel else float(w_scale[0]),
            "w_zero_point": w_zero_point,
            "y_scale": y_scale,
            "y_zero_point": int(integers((), self.x_dtype)),
        }


PAIRS = (("uint8", "uint8"), ("uint8", "int8"), ("int8", "int8"))
FORMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ties": {"ties": True, "bias": True},
    "per channel": {"per_channel": True, "bias": True, "pads": ((1, 1), (1, 1))},
    "stride": {"strides": (2, 2), "pads": ((0, 1), (1, 0)), "channels": 17, "per_channel": True},
    "dilation": {"dilations": (2, 1), "pads": ((3, 2), (1, 1)), "bias": True},
    "multiplier": {"multiplier": 3, "per_channel": True, "pads": ((1, 1), (1, 1))},
    "wide": {"kernel": (5, 7), "pads": ((2, 2), (3, 3)), "channels": 3},
    "line": {
        "size": (40,),
        "kernel": (4,),
        "strides": (1,),
        "dilations": (1,),
        "pads": ((3, 0),),
        "ties": True,
    },
}
CALLS = [
    QLinearConv(f"{x_dtype} * {w_dtype}, {form}", x_dtype, w_dtype, **changes)
    for x_dtype, w_dtype in PAIRS
    for form, changes in FORMS.items()
]
