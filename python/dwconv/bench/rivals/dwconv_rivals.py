"""dwconv: the one-call door, plans, and each strategy forced."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

import numpy as np

from dwconv.bench.data import Arrays, Floats
from dwconv.bench.geometry import Geometry
from dwconv.bench.rivals.base import Prepared, Rival, Skip


def _one_for_all(values: Any) -> Any:
    """The one value where all are the same, as a user writes it."""
    return values[0] if len(set(values)) == 1 else values


def _padding(geometry: Geometry) -> Any:
    sides = {side for pair in geometry.padding for side in pair}
    return sides.pop() if len(sides) == 1 else geometry.padding


def _weights(arrays: Arrays) -> Floats:
    """(C, M, 1, *k)"""
    return arrays.w[:, :, None]


class Dwconv(Rival):
    """A way of calling dwconv; `strategy` forces one."""

    modules = ("dwconv",)
    title = "dwconv"

    def __init__(self, name: str, strategy: str | None = None) -> None:
        self.name = name
        self._strategy = strategy

    def load(self, threads: int) -> None:
        super().load(threads)
        self.module().set_num_threads(threads)

    def versions(self) -> dict[str, str]:
        config = self.module().show_config("dict")
        return {"dwconv": config["dwconv"], "oneDNN": config["onednn"]}

    def _keywords(self, geometry: Geometry, threads: int) -> dict[str, Any]:
        activation: Any = geometry.activation or None
        if activation:
            # Only what the kind has may be given; a problem's text has written out the rest.
            given = [geometry.alpha, geometry.beta]
            kinds = {"clip": 2, "hardswish": 2, "leaky_relu": 1, "elu": 1, "swish": 1}
            activation = self.module().Activation(activation, *given[: kinds.get(activation, 0)])
        return {
            "stride": _one_for_all(geometry.stride),
            "dilation": _one_for_all(geometry.dilation),
            "padding": _padding(geometry),
            "layout": geometry.layout,
            "activation": activation,
            "threads": threads,
            "strategy": self._strategy,
        }

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        keywords = self._keywords(geometry, threads)

        def detail() -> str:
            plan = self.module().Plan(arrays.x, _weights(arrays), arrays.bias, **keywords)
            return f"{plan.strategy} [{plan.implementation}]"

        try:
            return Prepared(self._call(geometry, arrays, keywords), detail=detail)
        except self.module().Unsupported as error:
            raise Skip(str(error)) from error

    def _call(
        self, geometry: Geometry, arrays: Arrays, keywords: dict[str, Any]
    ) -> Callable[[], Any]:
        x, w, bias = arrays.x, _weights(arrays), arrays.bias
        depthwise = self.module().dnnl_depthwise

        def call() -> Any:
            return depthwise(x, w, bias, **keywords)

        return call


class Forced(Dwconv):
    """One strategy by name."""

    def prepare(self, geometry: Geometry, arrays: Arrays, threads: int) -> Prepared:
        prepared = super().prepare(geometry, arrays, threads)

        def call() -> Any:
            try:
                return prepared.call()
            except self.module().Unsupported as error:
                raise Skip(str(error)) from error

        return Prepared(call, detail=prepared.detail)


class Planned(Dwconv):
    """A plan, made once."""

    def _call(
        self, geometry: Geometry, arrays: Arrays, keywords: dict[str, Any]
    ) -> Callable[[], Any]:
        x = arrays.x
        plan = self.module().Plan(x, _weights(arrays), arrays.bias, **keywords)
        return lambda: plan(x)


class GivenOutput(Dwconv):
    """A plan whose result goes into an array that is there already."""

    def _call(
        self, geometry: Geometry, arrays: Arrays, keywords: dict[str, Any]
    ) -> Callable[[], Any]:
        x = arrays.x
        plan = self.module().Plan(x, _weights(arrays), arrays.bias, **keywords)
        out = np.empty(geometry.dst_shape, np.float32)
        return lambda: plan(x, out=out)


def strategies() -> tuple[str, ...]:
    """The names that `strategy=` takes, from the library's own type of them."""
    from dwconv._arguments import Strategy

    named = [each for each in typing.get_args(Strategy) if each is not type(None)]
    return tuple(name for each in named for name in typing.get_args(each))


def rivals() -> list[Rival]:
    forced = [Forced(f"dwconv {name}", name) for name in strategies()]
    plans = [Planned("dwconv plan"), GivenOutput("dwconv out=")]
    return [Dwconv("dwconv"), *plans, *forced]
