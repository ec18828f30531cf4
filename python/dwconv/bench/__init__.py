"""Benchmarks: dwconv beside NumPy, its peers and the limit of the machine, ``python -m dwconv bench``."""
