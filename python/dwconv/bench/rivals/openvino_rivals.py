"""OpenVINO on a model of one GroupConvolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require_plain


class OpenVino(Rival):
    """A channels-last array is declared as such, and OpenVINO puts the conversions in."""

    name = "OpenVINO"
    modules = ("openvino", "openvino.opset8", "openvino.preprocess")

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        openvino = self.module()
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",
        }
        compiled = openvino.Core().compile_model(self._model(geometry, arrays), "CPU", settings)
        request, inputs = compiled.create_infer_request(), [arrays.x]

        def call() -> Floats:
            y: Floats = request.infer(inputs)[0]
            return y

        return Prepared(call)

    def _model(self, geometry: Geometry, arrays: Arrays) -> Any:
        openvino, ops = self.module(), self.module(1)
        low, high = zip(*geometry.padding, strict=True)
        src = ops.parameter(
            (geometry.batch, geometry.channels, *geometry.spatial), np.float32, name="x"
        )
        w = ops.constant(arrays.w[:, :, None])
        y = ops.group_convolution(
            src,
            w,
            list(geometry.stride),
            list(low),
            list(high),
            list(geometry.dilation),
        )
        if arrays.bias is not None:
            y = ops.add(y, ops.constant(arrays.bias.reshape(1, -1, *(1,) * geometry.rank)))
        model = openvino.Model([y], [src], "depthwise")
        if not geometry.channels_last:
            return model
        steps = self.module(2).PrePostProcessor(model)
        given = openvino.Layout(geometry.layout)
        usual = openvino.Layout("NC" + geometry.layout[1:-1])
        steps.input().tensor().set_layout(given)
        steps.input().model().set_layout(usual)
        steps.output().tensor().set_layout(given)
        steps.output().model().set_layout(usual)
        return steps.build()


def rivals() -> list[Rival]:
    return [OpenVino()]
