"""One picture, three ways: the loops as they are taught, NumPy by whole arrays, and oneDNN."""

import time

import numpy as np
from skimage.data import astronaut

import dwconv

face = np.ascontiguousarray(astronaut()[:128, 160:288], np.float32) / 255  # (h, w, c), RGB

# A kernel for each channel, (f, f, c): red is blurred, green is left alone, blue is made of edges.
w = np.zeros((5, 5, 3), np.float32)
w[:, :, 0] = 1 / 25
w[2, 2, 1] = 1
w[1:4, 1:4, 2] = [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
by_channel = w.transpose(2, 0, 1)  # (c, f, f), as the other two take it

ways = {
    "reference.depthwise_loops": lambda: dwconv.reference.depthwise_loops(face, w),
    "reference.depthwise": lambda: dwconv.reference.depthwise(
        face, by_channel, padding="same", layout="HWC"
    ),
    "dnnl_depthwise": lambda: dwconv.dnnl_depthwise(face, by_channel, padding="same", layout="HWC"),
}

# 1. split by channel, 2. pad, 3. a dot product at each place, 4. merge: once by hand, for one result.
row, column, channel = 60, 70, 2
plane = face[:, :, channel]
padded = np.pad(plane, 2)
patch = padded[row : row + 5, column : column + 5]  # its middle is plane[row, column]
by_hand = np.sum(patch * w[:, :, channel])
print(f"by hand, blue at ({row}, {column}): {by_hand:.6f}")

results = {}
for name, compute in ways.items():
    compute()  # the first call loads and compiles
    start = time.perf_counter()
    results[name] = compute()
    milliseconds = (time.perf_counter() - start) * 1e3
    print(
        f"{name:26} {results[name].shape} {milliseconds:9.3f} ms, "
        f"blue at ({row}, {column}): {results[name][row, column, channel]:.6f}"
    )

exact = results["reference.depthwise"]
for name, result in results.items():
    assert result.shape == face.shape, "the padding is f // 2, so the size stays"
    # Sums of 25 products of at most 8, each rounded to float32 in an order of its own.
    assert np.abs(result - exact).max() < 1e-4, name
assert np.array_equal(results["dnnl_depthwise"][:, :, 1], face[:, :, 1])
