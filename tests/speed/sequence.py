"""Times of 1-D depthwise convolution, NumPy in and out, beside those of other libraries.

    python tests/speed/sequence.py --peer torch=/path/to/python --peer onnxruntime=/path/to/python

A ratio is the time of the fastest peer over that of `dnnl_depthwise`. Peers have the layout NCW alone.
"""

from __future__ import annotations

from turns import Convolution, main


def _case(batch: int, channels: int, width: int, kernel: int, low: int, high: int) -> Convolution:
    return Convolution(batch, channels, (width,), (kernel,), ((low, high),))


CASES = [
    _case(8, 256, 1000, 31, 15, 15),
    _case(1, 2048, 4096, 4, 3, 0),
    _case(8, 256, 1000, 7, 3, 3),
    _case(8, 256, 1000, 3, 1, 1),
    _case(1, 512, 200, 9, 4, 4),
    _case(1, 1, 1_000_000, 63, 31, 31),
]


if __name__ == "__main__":
    main(__doc__ or "", CASES)
