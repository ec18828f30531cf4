"""The depthwise layers of EfficientNet-B0 and -Lite0 at 224² (the same) and of -Lite4 at 300².

Tan and Le 2019 (table 1); Lite4 has 1.4 times the channels. 3×3 and 5×5, padding half the kernel.
"""

_B0 = """
n1c32i112x112k3p1 n1c96i112x112k3s2p1 n1c144i56x56k3p1 n1c144i56x56k5s2p2 n1c240i28x28k5p2
n1c240i28x28k3s2p1 n1c480i14x14k3p1 n1c480i14x14k5p2 n1c672i14x14k5p2 n1c672i14x14k5s2p2
n1c1152i7x7k5p2 n1c1152i7x7k3p1
"""
_LITE4 = """
n1c32i150x150k3p1 n1c144i150x150k3s2p1 n1c192i75x75k3p1 n1c192i75x75k5s2p2 n1c336i38x38k5p2
n1c336i38x38k3s2p1 n1c672i19x19k3p1 n1c672i19x19k5p2 n1c960i19x19k5p2 n1c960i19x19k5s2p2
n1c1632i10x10k5p2 n1c1632i10x10k3p1
"""

PROBLEMS = tuple((_B0 + _LITE4).split())
