"""ONNX Runtime on a model of one Conv."""

from __future__ import annotations

from typing import Any

from dwconv.bench.data import Arrays
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require, require_plain

#: An opset and a form of the file that every runtime of the last years reads.
_OPSET, _FORM = 13, 8


class OnnxRuntime(Rival):
    name = "ONNX Runtime"
    modules = ("onnxruntime", "onnx", "onnx.helper", "onnx.numpy_helper")

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_plain(geometry)
        require(not geometry.channels_last, "ONNX's Conv is channels-first alone")
        runtime = self.module()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        model = self._model(geometry, arrays).SerializeToString()
        session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        names, values = ["y"], {"x": arrays.x}
        return Prepared(lambda: session.run(names, values)[0])

    def _model(self, geometry: Geometry, arrays: Arrays) -> Any:
        onnx, helper, from_array = self.module(1), self.module(2), self.module(3).from_array
        w = arrays.w.reshape(geometry.dst_channels, 1, *geometry.kernel)
        constants = [from_array(w, "w")]
        if arrays.bias is not None:
            constants.append(from_array(arrays.bias, "b"))
        low, high = zip(*geometry.padding, strict=True)
        node = helper.make_node(
            "Conv",
            ["x", *(constant.name for constant in constants)],
            ["y"],
            group=geometry.channels,
            kernel_shape=geometry.kernel,
            strides=geometry.stride,
            dilations=geometry.dilation,
            pads=[*low, *high],
        )
        kind = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            [node],
            "depthwise",
            [helper.make_tensor_value_info("x", kind, geometry.src_shape)],
            [helper.make_tensor_value_info("y", kind, geometry.dst_shape)],
            constants,
        )
        opset = helper.make_opsetid("", _OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=_FORM)


def rivals() -> list[Rival]:
    return [OnnxRuntime()]
