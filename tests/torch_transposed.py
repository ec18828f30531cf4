"""What PyTorch's conv_transpose1d to 3d answer: ``python tests/torch_transposed.py CASES.json FOLDER``.

Needs PyTorch and NumPy alone. Each case is a dict; its arrays are in ``FOLDER/<number>.npz``, and the
answers go beside them, as ``<number>.npy``.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch


def main() -> None:
    cases, folder = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    for number, case in enumerate(cases):
        with np.load(folder / f"{number}.npz") as arrays:
            x, w, bias = (torch.from_numpy(arrays[name]) for name in ("x", "w", "bias"))
        convolve = getattr(torch.nn.functional, f"conv_transpose{x.ndim - 2}d")
        np.save(folder / f"{number}.npy", convolve(x, w, bias, groups=x.shape[1], **case).numpy())


if __name__ == "__main__":
    main()
