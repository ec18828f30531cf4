"""So little to compute that the call is what is timed."""

PROBLEMS = (
    "n1c1i1x1k1",
    "n1c1i3x3k3",
    "n1c1i8x8k3p1",
    "n1c3i8x8k3p1",
    "n1c8i7x7k3p1",
    "n1c16i7x7k3p1",
    "n1c32i7x7k5p2",
    "n1c1i28x28k5p2",
)
