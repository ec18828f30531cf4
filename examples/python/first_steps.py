"""The two doors: one call, and a plan; both channel orders."""

import numpy as np

import dwconv

rng = np.random.default_rng(0)
x = rng.random((1, 32, 112, 112), dtype=np.float32)
w = rng.random((32, 3, 3), dtype=np.float32)

# One call. Everything but the weights' values is cached.
y = dwconv.dnnl_depthwise(x, w, padding=1, activation="relu6")
print("one call:", y.shape, dwconv.cache_info())

# A plan packs the weights once, and can write into the same array again and again.
plan = dwconv.Plan(x.shape, w, padding=1, activation="relu6")
out = np.empty(plan.output_shape, np.float32)
plan(x, out=out)
print("plan:", plan)
assert np.array_equal(out, y)

# Channels-last arrays go to oneDNN as they lie in memory.
images = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
z = dwconv.dnnl_depthwise(images, w, padding=1, activation="relu6", layout="NHWC")
print("channels last:", z.shape, dwconv.Plan(images, w, padding=1, layout="NHWC").strategy)
assert np.allclose(z.transpose(0, 3, 1, 2), y, rtol=1e-6)
