"""EfficientNet-Lite0 in PyTorch, batch norm not folded; needs PyTorch and NumPy alone.

    python tests/torch_efficientnet.py WEIGHTS PICTURES.npz LOGITS.npz

PICTURES has arrays (n, 224, 224, 3), and LOGITS gets one (n, 1000) of each name; PyTorch's version is
printed.
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu6

# Kernel, stride, expansion, channels, blocks: table 1 of Tan and Le 2019.
STAGES = [
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
]


class Same(nn.Conv2d):
    """A convolution that pads as TensorFlow's SAME does, for sizes that the stride divides."""

    def __init__(self, ic: int, oc: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(ic, oc, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        total = self.kernel_size[0] - self.stride[0]
        low, high = total // 2, total - total // 2
        return super().forward(pad(x, (low, high, low, high)))


def norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """Inverted residual; the names are those of the file of weights."""

    def __init__(self, ic: int, oc: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = ic * expansion
        self.expands, self.residual = expansion > 1, stride == 1 and ic == oc
        if self.expands:
            self._expand_conv, self._bn0 = Same(ic, wide, 1), norm(wide)
        self._depthwise_conv = Same(wide, wide, kernel, stride, groups=wide)
        self._bn1 = norm(wide)
        self._project_conv, self._bn2 = Same(wide, oc, 1), norm(oc)

    def forward(self, x: Tensor) -> Tensor:
        y = relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.residual else y


class Lite0(nn.Module):
    """Logits of (n, 3, 224, 224)."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = Same(3, 32, 3, 2), norm(32)
        blocks, channels = [], 32
        for kernel, stride, expansion, oc, repeats in STAGES:
            for index in range(repeats):
                blocks.append(Block(channels, oc, kernel, 1 if index else stride, expansion))
                channels = oc
        self._blocks = nn.Sequential(*blocks)
        self._conv_head, self._bn1 = Same(channels, 1280, 1), norm(1280)
        self._fc = nn.Linear(1280, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self._blocks(relu6(self._bn0(self._conv_stem(x))))
        return self._fc(relu6(self._bn1(self._conv_head(x))).mean((2, 3)))


def load(weights: str) -> Lite0:
    """The network with the weights of the file, all of them and no others, for inference."""
    model = Lite0()
    model.load_state_dict(torch.load(weights, weights_only=True))
    return model.eval()


def main(weights: str, pictures: str, logits: str) -> None:
    model = load(weights)
    with torch.inference_mode(), np.load(pictures) as arrays:
        answers = {
            name: model(torch.from_numpy(x).permute(0, 3, 1, 2)).numpy()
            for name, x in arrays.items()
        }
    np.savez(logits, **answers)
    print(torch.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
