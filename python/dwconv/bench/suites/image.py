"""Photographs of 1, 3 and 4 channels, from 224² to 4K, and kernels from 3×3 to 31×31."""

_SMALL = """
n1c1i224x224k3p1 n1c3i224x224k3p1 n1c4i224x224k3p1 n1c1i224x224k9p4 n1c3i224x224k9p4
n1c3i224x224k31p15 n1c4i224x224k15p7
"""
_FULL_HD = """
n1c1i1080x1920k3p1 n1c3i1080x1920k3p1 n1c3i1080x1920k5p2 n1c1i1080x1920k9p4 n1c3i1080x1920k9p4
n1c4i1080x1920k9p4 n1c3i1080x1920k15p7
"""
_4K = """
n1c1i2160x3840k5p2 n1c3i2160x3840k3p1 n1c4i2160x3840k3p1 n1c3i2160x3840k9p4 n1c3i2160x3840k31p15
"""

PROBLEMS = tuple((_SMALL + _FULL_HD + _4K).split())
