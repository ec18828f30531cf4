"""TensorFlow's depthwise_conv2d, called eagerly and as a tf.function, with NumPy arrays in and out.

Its own layers for one dimension give an image with a height of 1 to the same function, as is done here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dwconv.bench.data import Arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require, require_plain
from dwconv.bench.rivals.height import require_image, with_height


class TensorFlow(Rival):
    name = "TensorFlow"
    title = "TensorFlow"
    modules = ("tensorflow",)
    compiled = False

    def load(self, threads: int) -> None:
        super().load(threads)
        threading = self.module().config.threading
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(1)

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        require_image(geometry)
        require(geometry.channels_last, "on CPUs it computes channels-last arrays alone")
        shape = geometry.dst_shape
        geometry, arrays = with_height(geometry, arrays)
        stride, dilation = geometry.stride, geometry.dilation
        require(stride[0] == stride[1], "it takes one stride for both dimensions")
        require(stride == (1, 1) or dilation == (1, 1), "it takes no stride beside a dilation")
        tf = self.module()
        w = tf.constant(arrays.w.transpose(2, 3, 0, 1))
        bias = None if arrays.bias is None else tf.constant(arrays.bias)
        steps = [1, *stride, 1]
        padding = geometry.padding
        # SAME is this geometry with stride 1; else the zeros are an operation of their own.
        rule = "SAME" if geometry.same_size and stride == (1, 1) else "VALID"
        zeros = [[0, 0], *map(list, padding), [0, 0]] if rule == "VALID" and np.any(padding) else []

        def convolve(x: Any) -> Any:
            if zeros:
                x = tf.pad(x, zeros)
            y = tf.nn.depthwise_conv2d(x, w, steps, rule, dilations=dilation)
            return y if bias is None else tf.nn.bias_add(y, bias)

        function = tf.function(convolve) if self.compiled else convolve
        return Prepared(lambda: function(tf.constant(arrays.x)).numpy(), lambda y: y.reshape(shape))


class Function(TensorFlow):
    name = "TensorFlow function"
    compiled = True


def rivals() -> list[Rival]:
    return [TensorFlow(), Function()]
