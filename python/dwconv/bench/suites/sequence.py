"""One dimension: signals of 1 to 2048 channels, kernels from 3 to 31 taps, and causal ones of 4."""

_CONTEXTS = """
n8c256i1000k3p1 n8c256i1000k5p2 n8c256i1000k7p3 n8c256i1000k15p7 n8c256i1000k31p15
n1c512i200k9p4 n1c512i250k31p15 n32c128i100k3p1
"""
_STRIDED_AND_DILATED = """
n8c256i1000k9s2p4 n1c512i3200k3d16p16 n8c128i1000k3d8p16:0
"""
_CAUSAL = """
n1c2048i4096k4p3:0 n1c1536i1024k4p3:0 n8c768i256k4p3:0
"""
_SIGNALS = """
n1c1i1000000k31p15 n16c2i16000k7p3 n1c12i5000k15p7
"""

PROBLEMS = tuple((_CONTEXTS + _STRIDED_AND_DILATED + _CAUSAL + _SIGNALS).split())
