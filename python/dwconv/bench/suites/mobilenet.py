"""The depthwise layers of MobileNetV1, V2, V3-Large and V3-Small at 224², each shape once.

Howard et al. 2017 (table 1), Sandler et al. 2018 (table 2), Howard et al. 2019 (tables 1 and 2). Padding
is half the kernel on each side, as in PyTorch's models. A shape is under the first network that has it.
"""

_V1 = """
n1c32i112x112k3p1 n1c64i112x112k3s2p1 n1c128i56x56k3p1 n1c128i56x56k3s2p1 n1c256i28x28k3p1
n1c256i28x28k3s2p1 n1c512i14x14k3p1 n1c512i14x14k3s2p1 n1c1024i7x7k3p1
"""
_V2 = """
n1c96i112x112k3s2p1 n1c144i56x56k3p1 n1c144i56x56k3s2p1 n1c192i28x28k3p1 n1c192i28x28k3s2p1
n1c384i14x14k3p1 n1c576i14x14k3p1 n1c576i14x14k3s2p1 n1c960i7x7k3p1
"""
_V3_LARGE = """
n1c16i112x112k3p1 n1c72i56x56k3p1 n1c72i56x56k5s2p2 n1c120i28x28k5p2 n1c240i28x28k3s2p1
n1c200i14x14k3p1 n1c184i14x14k3p1 n1c480i14x14k3p1 n1c672i14x14k3p1 n1c672i14x14k5s2p2
n1c960i7x7k5p2
"""
_V3_SMALL = """
n1c16i112x112k3s2p1 n1c72i56x56k3s2p1 n1c88i28x28k3p1 n1c96i28x28k5s2p2 n1c240i14x14k5p2
n1c120i14x14k5p2 n1c144i14x14k5p2 n1c288i14x14k5s2p2 n1c576i7x7k5p2
"""

PROBLEMS = tuple((_V1 + _V2 + _V3_LARGE + _V3_SMALL).split())
