"""Arrays far larger than any cache, up to 1 GiB each."""

PROBLEMS = (
    "n1c64i512x512k3p1",
    "n1c64i1024x1024k3p1",
    "n64c144i56x56k3p1",
    "n32c384i56x56k7p3",
    "n1c64i2048x2048k3s2p1",
    "n1c64i2048x2048k3p1",
)
