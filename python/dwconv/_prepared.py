"""What all kinds of plans tell of themselves."""

from __future__ import annotations

from typing import NoReturn, TypeVar

from dwconv import _core

P = TypeVar("P", bound="Prepared")


class Prepared:
    """A computation made ready: immutable, for any number of threads at once, also after a fork."""

    __slots__ = ("__weakref__", "_plan")
    _plan: _core._Prepared

    @classmethod
    def _of(cls: type[P], plan: _core._Prepared) -> P:
        made = cls.__new__(cls)
        made._plan = plan
        return made

    @property
    def strategy(self) -> str:
        """How x in the plan's memory order is run.

        'direct': oneDNN reads and writes channels-last memory as it lies. 'tiled': tiles are gathered
        into the cache, convolved there and scattered. 'planar': kernels of dwconv's own read and
        write dense memory of either order as it lies. 'reordered': whole tensors are brought into
        the layouts that oneDNN likes, and back. 'converted': rows or tiles of other dtypes than
        float32 are converted, and convolved in the cache by one of the ways before, or quantized ones as
        they lie. Of a separable convolution and an inverted residual block: 'fused' or 'unfused'.
        """
        return self._plan.strategy

    @property
    def implementation(self) -> str:
        """Names of the kernels that run, separated by ', '; 'constant' where none does.

        They are oneDNN's names, or 'planar:' with instruction set and kernel size for dwconv's own, after
        'convert:' with its instruction set where dtypes are converted, and before 'add:' where an array is
        added in a pass of its own; 'pairs:' or 'quads:' of quantized ones as they lie.
        """
        return self._plan.implementation

    @property
    def layout(self) -> str:
        """The order of the dimensions of x and of the result."""
        return self._plan.layout

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of x."""
        return self._plan.input_shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the result."""
        return self._plan.output_shape

    @property
    def flops(self) -> int:
        """Operations: 2 · n · c · M · oh · ow · kh · kw, taps in the padding counted.

        With groups, 2 · n · O · (C / groups) · oh · ow · kh · kw; of a separable convolution or an
        inverted residual block, those of all its convolutions.
        """
        return self._plan.flops

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays that are read, and of the result, each counted once."""
        return self._plan.nbytes

    @property
    def intensity(self) -> float:
        """Arithmetic intensity: operations for each byte, `flops / nbytes`."""
        return self.flops / self.nbytes

    @property
    def problem(self) -> str:
        """All that is computed, in one line; what has its default value is left out."""
        return self._plan.problem

    @property
    def threads(self) -> int:
        """The most threads that a call uses."""
        return self._plan.threads

    def __copy__(self: P) -> P:
        return self

    def __deepcopy__(self: P, memo: object) -> P:
        # As with other immutable objects, nobody can tell a copy from the original.
        return self

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"a dwconv.{name} cannot be pickled, as it holds machine code; "
            "pickle the arguments, and make it from them where it is needed"
        )

    def __repr__(self) -> str:
        # Where its arguments were refused, debuggers show one that has no plan.
        if not hasattr(self, "_plan"):
            return f"<dwconv.{type(self).__name__} not made>"
        return f"<dwconv.{type(self).__name__} {self.problem} {self.layout} {self.strategy} [{self.implementation}]>"
