"""Times of 3-D depthwise convolution, NumPy in and out, beside those of other libraries.

    python tests/speed/volume.py --peer torch=/path/to/python --peer onnxruntime=/path/to/python

A ratio is the time of the fastest peer over that of `dnnl_depthwise`. PyTorch's tensors in the order
channels_last_3d compare with NDHWC alone; there the ratio is given without and with them.
"""

from __future__ import annotations

from turns import Convolution, main


def _case(batch: int, channels: int, size: tuple[int, ...], taps: int) -> Convolution:
    return Convolution(batch, channels, size, (taps,) * 3, ((taps // 2,) * 2,) * 3)


CASES = [
    _case(2, 64, (16, 56, 56), 3),
    _case(1, 216, (16, 14, 14), 3),
    _case(1, 32, (48, 48, 48), 5),
]


if __name__ == "__main__":
    main(__doc__ or "", CASES)
