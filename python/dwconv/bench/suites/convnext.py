"""The 7×7 layers of ConvNeXt-T and -S (the same) and -B at 224². Liu et al. 2022."""

_TINY_AND_SMALL = "n1c96i56x56k7p3 n1c192i28x28k7p3 n1c384i14x14k7p3 n1c768i7x7k7p3 "
_BASE = "n1c128i56x56k7p3 n1c256i28x28k7p3 n1c512i14x14k7p3 n1c1024i7x7k7p3"

PROBLEMS = tuple((_TINY_AND_SMALL + _BASE).split())
