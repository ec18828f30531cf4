"""One layer of MobileNetV2 and one of ConvNeXt-T in batches of 1 to 64."""

_SIZES = (1, 2, 4, 8, 16, 32, 64)

PROBLEMS = (
    *(f"n{size}c144i56x56k3p1" for size in _SIZES),
    *(f"n{size}c384i14x14k7p3" for size in _SIZES),
)
