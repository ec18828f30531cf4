"""Two output channels for each input channel: horizontal and vertical edges of every channel."""

import numpy as np

import dwconv

image = np.zeros((3, 6, 6), np.float32)
image[:, 2:4, 2:4] = 1  # a bright square in each of three channels

sobel_x = np.outer([1, 2, 1], [-1, 0, 1]).astype(np.float32)
edges = np.stack([sobel_x, sobel_x.T])  # (M, kh, kw)
w = np.broadcast_to(edges[:, None], (3, 2, 1, 3, 3))  # (C, M, 1, kh, kw)

y = dwconv.dnnl_depthwise(image, w, padding="same", layout="CHW")
print(y.shape, "channel c·M + m is edge m of channel c")
print(y[0].astype(int))
assert np.array_equal(y[0], y[1].T)
