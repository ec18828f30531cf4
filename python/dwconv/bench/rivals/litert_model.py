"""A .tflite model of one depthwise convolution, written with the schema that LiteRT ships."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dwconv.bench.data import Arrays
from dwconv.bench.geometry import Geometry


class _Graph:
    """Collects the tensors, buffers and operators of a model."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model = schema.ModelT()
        self.model.version, self.model.description = 3, "depthwise"
        self.model.subgraphs, self.model.operatorCodes = [self.graph], []
        self.model.buffers = [schema.BufferT()]

    def tensor(self, name: str, shape: tuple[int, ...], data: NDArray[Any] | None = None) -> int:
        tensor, schema = self.schema.TensorT(), self.schema
        integers = data is not None and data.dtype == np.int32
        tensor.name, tensor.shape = name, list(shape)
        tensor.type = schema.TensorType.INT32 if integers else schema.TensorType.FLOAT32
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, kind: str, inputs: list[int], output: int, options: Any) -> None:
        schema = self.schema
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, kind)
        code.version = 2 if kind == "DEPTHWISE_CONV_2D" else 1
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes)
        operator.inputs, operator.outputs = inputs, [output]
        name = type(options).__name__.removesuffix("T")
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, name)
        operator.builtinOptions = options
        self.model.operatorCodes.append(code)
        self.graph.operators.append(operator)

    def serialized(self, flatbuffers: Any, source: int, result: int) -> bytes:
        self.graph.inputs, self.graph.outputs = [source], [result]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())


def make_model(schema: Any, flatbuffers: Any, geometry: Geometry, arrays: Arrays) -> bytes:
    """The file's bytes. Padding that is not SAME is a PAD of its own, which XNNPACK fuses."""
    graph = _Graph(schema)
    channels = geometry.dst_channels
    source = convolved = graph.tensor("x", geometry.src_shape)
    same = geometry.same_size and geometry.stride == (1, 1)
    if not same and any(map(any, geometry.padding)):
        pads = np.array([(0, 0), *geometry.padding, (0, 0)], np.int32)
        sizes = zip(geometry.spatial, geometry.padding, strict=True)
        size = tuple(each + low + high for each, (low, high) in sizes)
        shape = (geometry.batch, *size, geometry.channels)
        convolved = graph.tensor("padded", shape)
        amounts = graph.tensor("pads", pads.shape, pads)
        graph.operator("PAD", [source, amounts], convolved, schema.PadOptionsT())
    w = arrays.w.reshape(channels, *geometry.kernel).transpose(1, 2, 0)[None]
    bias = np.zeros(channels, np.float32) if arrays.bias is None else arrays.bias
    inputs = [convolved, graph.tensor("w", w.shape, w), graph.tensor("b", bias.shape, bias)]
    result = graph.tensor("y", geometry.dst_shape)
    options = schema.DepthwiseConv2DOptionsT()
    options.padding = schema.Padding.SAME if same else schema.Padding.VALID
    options.strideH, options.strideW = geometry.stride
    options.dilationHFactor, options.dilationWFactor = geometry.dilation
    options.depthMultiplier = geometry.multiplier
    graph.operator("DEPTHWISE_CONV_2D", inputs, result, options)
    return graph.serialized(flatbuffers, source, result)
