"""EfficientNet-Lite0 with its real weights on real photographs: the logits are PyTorch's, the cat is a cat."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from helpers.efficientnet import EXAMPLE, Array, ask_pytorch, needs_weights, weights_path
from lite0 import Network, layers
from torch_file import read

PYTHON = os.environ.get("DWCONV_TORCH")
RECORDED = json.loads((Path(__file__).parent / "data" / "efficientnet.json").read_text("utf-8"))
CATS = range(281, 286)  # tabby, tiger cat, Persian, Siamese, Egyptian

# Of logits up to about 10, which 51 layers in float32 have rounded, batch norm folded and not.
LARGEST_ERROR = 1e-3

pytestmark = needs_weights


@pytest.fixture(scope="module")
def pictures() -> dict[str, Array]:
    from photographs import photographs

    return dict(photographs())


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(layers(read(weights_path())))


def test_every_tensor_of_the_file_is_used() -> None:
    """Each layer has all that it takes from the file: weights, and four vectors or one."""
    weights = read(weights_path())
    kinds = [layer.kind for layer in layers(weights)]
    assert [kinds.count(kind) for kind in ("standard", "depthwise", "pointwise")] == [1, 16, 32]
    tensors = [name for name in weights if not name.endswith("num_batches_tracked")]
    assert len(tensors) == 5 * (len(kinds) - 1) + 2


@pytest.mark.parametrize("name", RECORDED)
def test_logits_that_pytorch_computed(
    name: str, network: Network, pictures: dict[str, Array]
) -> None:
    x, recorded = pictures[name], RECORDED[name]
    assert zlib.crc32(x.tobytes()) == recorded["crc32"], "prepared otherwise: record again"
    error = np.abs(network(x)[0] - recorded["logits"]).max()
    assert error <= LARGEST_ERROR


@pytest.mark.skipif(PYTHON is None, reason="DWCONV_TORCH names no interpreter that has PyTorch")
def test_logits_that_pytorch_computes(
    network: Network, pictures: dict[str, Array], tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (3, 224, 224, 3)).astype(np.float32)
    answers = ask_pytorch(str(PYTHON), {**pictures, "noise": noise}, tmp_path)
    errors = {name: np.abs(network(x) - answers[name]).max() for name, x in pictures.items()}
    errors["noise"] = np.abs(
        Network(layers(read(weights_path())), 3)(noise) - answers["noise"]
    ).max()
    print(", ".join(f"{name} {error:.2g}" for name, error in errors.items()))
    assert max(errors.values()) <= LARGEST_ERROR
    for name, recorded in RECORDED.items():
        assert np.abs(answers[name][0] - recorded["logits"]).max() <= LARGEST_ERROR


def test_blocks_are_their_layers(network: Network, pictures: dict[str, Array]) -> None:
    single = Network(layers(read(weights_path())), whole_blocks=False)
    kinds = [step.kind for step in network.steps]
    assert [kinds.count(kind) for kind in ("separable", "inverted residual")] == [1, 15]
    assert len(kinds) == len(single.steps) - 15 * 2 - 1
    assert network.flops == single.flops
    for x in pictures.values():
        assert np.abs(network(x) - single(x)).max() <= LARGEST_ERROR


def test_the_cat_is_a_cat(network: Network, pictures: dict[str, Array]) -> None:
    odds = np.exp(network(pictures["chelsea"])[0].astype(np.float64))
    odds /= odds.sum()
    assert odds.argmax() in CATS
    assert odds[CATS].sum() > 0.9
    coffee = np.exp(network(pictures["coffee"])[0].astype(np.float64))
    assert coffee[CATS].sum() / coffee.sum() < 0.01


def test_a_batch(network: Network, pictures: dict[str, Array]) -> None:
    x = np.concatenate([pictures["chelsea"], pictures["coffee"]])
    y = Network(layers(read(weights_path())), batch=2, threads=1)(x)
    for index, name in enumerate(("chelsea", "coffee")):
        # Sums of other tiles may be of another order.
        assert np.abs(y[index] - network(pictures[name])[0]).max() <= LARGEST_ERROR


def test_what_the_example_prints(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "chelsea"
    assert "cat" in lines[1]
    start = next(index for index, line in enumerate(lines) if line.startswith("a photograph: "))
    assert start == 6 * (1 + 5)
    assert re.match(r"a photograph: \d+\.\d\d ms .*, \d+ MFLOP, ", lines[start])
    assert re.match(r"layer by layer: \d+\.\d\d ms", lines[start + 1])
    shares = {line.split()[1]: float(line.split("%")[0]) for line in lines[start + 2 :]}
    assert {"depthwise", "pointwise", "standard", "classifier"} < set(shares)
    assert sum(shares.values()) == pytest.approx(100, abs=0.05 * len(shares))
