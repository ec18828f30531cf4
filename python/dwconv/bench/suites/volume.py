"""Three dimensions: video of 24 to 432 channels, kernels of 1 to 7 taps in each, and one scan of 1 channel."""

_VIDEO = """
n2c64i16x56x56k3x3x3p1 n1c54i16x56x56k3x3x3p1 n1c108i16x28x28k3x3x3p1 n1c216i16x14x14k3x3x3p1
n1c432i16x7x7k3x3x3p1 n1c24i16x112x112k5x1x1p2x0x0 n1c64i16x56x56k1x3x3p0x1x1
"""
_STRIDED_AND_DILATED = """
n1c54i16x112x112k3x3x3s1x2x2p1 n1c216i16x28x28k3x3x3s1x2x2p1 n2c64i16x28x28k3x3x3s2p1
n1c32i24x32x32k3x3x3d2p2
"""
_SCANS = """
n1c32i48x48x48k7x7x7p3 n1c32i64x64x64k3x3x3p1 n1c1i128x128x128k5x5x5p2
"""

PROBLEMS = tuple((_VIDEO + _STRIDED_AND_DILATED + _SCANS).split())
