"""LiteRT (TensorFlow Lite), whose XNNPACK delegate computes, on a model of one DEPTHWISE_CONV_2D.

It has no other: a sequence is an image with a height of 1.
"""

from __future__ import annotations

from typing import Any

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, require, require_plain
from dwconv.bench.rivals.height import require_image, with_height
from dwconv.bench.rivals.litert_model import make_model


class LiteRt(Rival):
    """The full call: the array into the interpreter, invoke, the result out."""

    name = "LiteRT"
    title = "LiteRT"
    modules = (
        "ai_edge_litert",
        "ai_edge_litert.interpreter",
        "ai_edge_litert.schema_py_generated",
        "flatbuffers",
    )

    def versions(self) -> dict[str, str]:
        from importlib.metadata import version

        return {self.title: version("ai-edge-litert")}

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_image(geometry)
        shape = geometry.dst_shape
        geometry, arrays = with_height(geometry, arrays)
        interpreter, call = self._interpreter(geometry, arrays, threads), self._call
        return Prepared(lambda: call(interpreter, arrays.x), lambda y: y.reshape(shape))

    def _interpreter(self, geometry: Geometry, arrays: Arrays, threads: int) -> Any:
        require_plain(geometry)
        require(geometry.channels_last, "it computes channels-last arrays alone")
        model = make_model(self.module(2), self.module(3), geometry, arrays)
        interpreter = self.module(1).Interpreter(model_content=model, num_threads=threads)
        interpreter.allocate_tensors()
        return interpreter

    def _call(self, interpreter: Any, x: Floats) -> Any:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


class InvokeAlone(LiteRt):
    """Only invoke: the array lies in the interpreter's memory already, and the result stays there."""

    name = "LiteRT invoke alone"

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        require_image(geometry)
        shape = geometry.dst_shape
        geometry, arrays = with_height(geometry, arrays)
        interpreter = self._interpreter(geometry, arrays, threads)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], arrays.x)
        output = interpreter.get_output_details()[0]["index"]
        return Prepared(
            interpreter.invoke, result=lambda _: interpreter.get_tensor(output).reshape(shape)
        )


def rivals() -> list[Rival]:
    return [LiteRt(), InvokeAlone()]
