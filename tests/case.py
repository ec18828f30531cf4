"""One problem with everything that a caller may choose, and its check against the reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import dwconv
import reference
import tolerance
from helpers.memory import arrange


@dataclass(frozen=True)
class Case:
    """A problem, the memory of its arrays, and how it is asked for; its repr makes it again."""

    batch: int = 1
    channels: int = 1
    multiplier: int = 1
    size: tuple[int, ...] = (5, 5)  # height and width, width alone, or with a depth before them
    kernel: tuple[int, ...] = (3, 3)
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    layout: str = "NCHW"
    weights_rank: int = 3  # what it is in two dimensions
    bias: bool = False
    scale: bool = False
    shift: bool = False
    activation: Any = None  # None or (kind, alpha, beta), with None for a default
    x_order: str = "C"
    w_order: str = "C"
    bias_order: str = "C"
    add_order: str | None = None  # None: nothing is added
    out_order: str | None = None  # None: no out=
    strategy: str | None = None
    threads: int | None = None
    integers: bool = True
    seed: int = 0

    @property
    def geometry(self) -> dict[str, Any]:
        names = ("stride", "padding", "dilation", "layout")
        return {name: getattr(self, name) for name in names}

    def keywords(self) -> dict[str, Any]:
        """Keyword arguments of ``dnnl_depthwise``, but for ``out``."""
        activation = None
        if self.activation is not None:
            kind, alpha, beta = self.activation
            plain = alpha is None and beta is None and self.seed % 2
            activation = kind if plain else dwconv.Activation(kind, alpha, beta)
        return {
            **self.geometry,
            **self.epilogue(),
            "activation": activation,
            "strategy": self.strategy,
            "threads": self.threads,
        }

    def plan_keywords(self) -> dict[str, Any]:
        """Those of ``Plan``."""
        keywords = self.keywords()
        return {**keywords, "add": True} if "add" in keywords else keywords

    def run_plan(self, plan: dwconv.Plan, x: np.ndarray, out: Any = None) -> np.ndarray:
        """A call of the case's plan."""
        added = {name: array for name, array in self.epilogue().items() if name == "add"}
        return plan(x, out=out, **added)

    def x_shape(self) -> tuple[int, ...]:
        sizes = {"N": self.batch, "C": self.channels}
        sizes.update(zip("DHW"[-len(self.size) :], self.size, strict=True))
        return tuple(sizes[letter] for letter in self.layout)

    def w_shape(self) -> tuple[int, ...]:
        leading = {
            3: (self.channels,),
            4: (self.channels * self.multiplier, 1),
            5: (self.channels, self.multiplier, 1),
        }
        return leading[self.weights_rank] + self.kernel

    def out_channels(self) -> int:
        return self.channels * self.multiplier

    def y_shape(self) -> tuple[int, ...]:
        geometry = self.stride, self.padding, self.dilation
        sizes = {"N": self.batch, "C": self.out_channels()}
        spatial = "DHW"[-len(self.size) :]
        for letter, terms in zip(
            spatial, reference.axes(self.size, self.kernel, *geometry), strict=True
        ):
            sizes[letter] = reference.output_size(*terms)
        return tuple(sizes[letter] for letter in self.layout)

    def epilogue_values(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Scale, shift or what is added, before it is put into a memory order."""
        rng = np.random.default_rng((self.seed, *name.encode()))
        if self.integers:
            # With the sums at most 3 * (8 * 8 * taps + 8) + 16, still exact.
            return rng.integers(*((-3, 4) if name == "scale" else (-8, 9)), shape).astype(
                np.float32
            )
        return rng.standard_normal(shape, dtype=np.float32)

    def epilogue(self) -> dict[str, np.ndarray]:
        """Scale, shift and what is added, those that there are, in their memory orders."""
        shapes = {
            name: (self.out_channels(),) for name in ("scale", "shift") if getattr(self, name)
        }
        arrays = {
            name: arrange(self.epilogue_values(name, shape), self.bias_order)
            for name, shape in shapes.items()
        }
        if self.add_order is not None:
            arrays["add"] = arrange(self.epilogue_values("add", self.y_shape()), self.add_order)
        return arrays

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """x, w and bias in their memory orders."""
        rng = np.random.default_rng(self.seed)

        def values(shape: tuple[int, ...], order: str) -> np.ndarray:
            if self.integers:
                # At most 8 * 8 * taps + 8: exact in float32 for any kernel here.
                return arrange(rng.integers(-8, 9, shape).astype(np.float32), order)
            return arrange(rng.standard_normal(shape, dtype=np.float32), order)

        x = values(self.x_shape(), self.x_order)
        w = values(self.w_shape(), self.w_order)
        bias = values((self.out_channels(),), self.bias_order) if self.bias else None
        return x, w, bias

    def exact(self) -> bool:
        """True where float32 has no rounding error to make."""
        kind = None if self.activation is None else self.activation[0]
        return self.integers and kind in (None, "relu", "relu6", "clip")

    def expected(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        terms = {**self.epilogue(), **self.geometry}
        return reference.depthwise(x, w, bias, activation=self.activation, **terms)

    def error_bound(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
        return tolerance.error_bound(
            x,
            w,
            bias,
            activation=self.activation,
            epilogue=self.epilogue(),
            **self.geometry,
        )

    def run(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None, out: Any) -> np.ndarray:
        """The call that is tested."""
        return dwconv.dnnl_depthwise(x, w, bias, out=out, **self.keywords())

    def refusals(self) -> tuple[str, ...]:
        """Why `direct` may be refused."""
        return "no fast kernel", "padding of the width"

    def output(self, expected: np.ndarray) -> np.ndarray | None:
        """``out`` in its memory order and full of NaN, or None."""
        if self.out_order is None:
            return None
        return arrange(np.full(expected.shape, np.nan, dtype=np.float32), self.out_order)

    def assert_matches(
        self,
        y: np.ndarray,
        expected: np.ndarray,
        x: np.ndarray,
        w: np.ndarray,
        bias: np.ndarray | None,
    ) -> None:
        """Equal for data of integers, and within the error bound otherwise."""
        assert y.dtype == np.float32
        assert y.shape == expected.shape
        if self.exact():
            np.testing.assert_array_equal(y, expected)
            return
        bound = self.error_bound(x, w, bias)
        # inf - inf is no error of ours: equal infinities are right, and NaN never is.
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.abs(y - expected)
            right = (y == expected) | (error <= bound)
            assert np.all(right), f"largest error {np.max(error / bound):.3g} times the bound"

    def make_plan(self, x: np.ndarray, w: np.ndarray, bias: np.ndarray | None) -> dwconv.Plan:
        return dwconv.Plan(x, w, bias, **self.plan_keywords())

    def plan(self) -> dwconv.Plan:
        """The plan of the case, for x in its memory order."""
        return self.make_plan(*self.arrays())

    def check(self) -> Case:
        """Compare the one-call door with the reference; the case that was served.

        `direct` may be refused for want of a fast kernel, and `reordered` in three dimensions; the library's own
        choice must serve then.
        """
        try:
            self._compare()
        except dwconv.Unsupported as refusal:
            if not any(reason in str(refusal) for reason in self.refusals()):
                raise
            return replace(self, strategy=None).check()
        return self

    def _compare(self) -> None:
        x, w, bias = self.arrays()
        expected = self.expected(x, w, bias)
        out = self.output(expected)
        y = self.run(x, w, bias, out)
        assert out is None or y is out
        self.assert_matches(y, expected, x, w, bias)
