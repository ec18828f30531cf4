"""Types of the compiled module."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, ParamSpec, TypeVar, overload, type_check_only

import numpy as np
from numpy.typing import NDArray

_P = ParamSpec("_P")
_T = TypeVar("_T")

class InvalidArgument(ValueError): ...
class InvalidType(TypeError): ...
class Unsupported(NotImplementedError): ...

class BackendError(RuntimeError):
    status: int

class Activation:
    def __init__(
        self, kind: str, alpha: float | None = None, beta: float | None = None
    ) -> None: ...
    @property
    def kind(self) -> str: ...
    @property
    def alpha(self) -> float | None: ...
    @property
    def beta(self) -> float | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(
        self,
    ) -> tuple[type[Activation], tuple[str, float | None, float | None]]: ...

class Options:
    def __init__(
        self,
        layout: str,
        stride: Sequence[int],
        dilation: Sequence[int],
        padding: Sequence[tuple[int, int]] | str,
        activation: Activation | None,
        threads: int,
        strategy: str | None,
        out_dtype: str | None = None,
    ) -> None: ...

@type_check_only
class _Prepared:
    @property
    def strategy(self) -> str: ...
    @property
    def implementation(self) -> str: ...
    @property
    def layout(self) -> str: ...
    @property
    def input_shape(self) -> tuple[int, ...]: ...
    @property
    def output_shape(self) -> tuple[int, ...]: ...
    @property
    def flops(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def problem(self) -> str: ...
    @property
    def threads(self) -> int: ...

@type_check_only
class _Convolution(_Prepared):
    def execute(self, x: NDArray[Any], out: NDArray[Any] | None, /) -> NDArray[Any]: ...
    def execute_adding(
        self, x: NDArray[Any], add: NDArray[Any], out: NDArray[Any] | None, /
    ) -> NDArray[Any]: ...

class Plan(_Convolution):
    def __init__(
        self,
        like: Sequence[int] | NDArray[Any],
        w: NDArray[Any],
        bias: NDArray[Any] | None,
        groups: int,
        options: Options,
        tune: bool,
        dtype: str = "float32",
        scale: NDArray[Any] | None = None,
        shift: NDArray[Any] | None = None,
        add: bool = False,
    ) -> None: ...

class SeparablePlan(_Convolution):
    def __init__(
        self,
        like: Sequence[int] | NDArray[np.float32],
        w_depthwise: NDArray[np.float32],
        w_pointwise: NDArray[np.float32],
        bias: NDArray[np.float32] | None,
        depthwise_bias: NDArray[np.float32] | None,
        depthwise_activation: Activation | None,
        options: Options,
    ) -> None: ...

class InvertedResidualPlan(_Convolution):
    def __init__(
        self,
        like: Sequence[int] | NDArray[np.float32],
        w_expand: NDArray[np.float32],
        w_depthwise: NDArray[np.float32],
        w_project: NDArray[np.float32],
        bias: NDArray[np.float32] | None,
        expand_bias: NDArray[np.float32] | None,
        depthwise_bias: NDArray[np.float32] | None,
        expand_activation: Activation | None,
        depthwise_activation: Activation | None,
        residual: bool,
        options: Options,
    ) -> None: ...

class BackwardDataPlan(_Convolution):
    def __init__(
        self,
        like: Sequence[int] | NDArray[np.float32],
        w: NDArray[np.float32],
        x_shape: Sequence[int],
        options: Options,
    ) -> None: ...

class BackwardWeightsPlan(_Prepared):
    def __init__(
        self,
        like: Sequence[int] | NDArray[np.float32],
        w_shape: Sequence[int],
        bias: bool,
        options: Options,
    ) -> None: ...
    def execute(
        self,
        x: NDArray[np.float32],
        dy: NDArray[np.float32],
        out: NDArray[np.float32] | None,
        /,
    ) -> NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    @property
    def gradient_shape(self) -> tuple[int, ...]: ...

class TransposedPlan(_Convolution):
    def __init__(
        self,
        like: Sequence[int] | NDArray[np.float32],
        w: NDArray[np.float32],
        bias: NDArray[np.float32] | None,
        output_padding: Sequence[int],
        options: Options,
    ) -> None: ...

class Quantization:
    def __init__(
        self,
        x_scale: float,
        x_zero_point: int,
        w_scale: Sequence[float],
        w_zero_point: Sequence[int],
        y_scale: float,
        y_zero_point: int,
    ) -> None: ...

class QuantizedPlan(_Convolution):
    def __init__(
        self,
        like: Sequence[int] | NDArray[Any],
        w: NDArray[Any],
        bias: NDArray[np.int32] | None,
        quantization: Quantization,
        options: Options,
        dtype: str,
    ) -> None: ...

def call_directly(type: type) -> None: ...
def remember(function: Callable[_P, _T], constant_types: tuple[type, ...]) -> Callable[_P, _T]: ...
def complaint(argument: str, expected: str, given: str) -> str: ...
def spatial_rank(layout: str) -> int: ...
def conv(
    x: NDArray[Any],
    w: NDArray[Any],
    bias: NDArray[Any] | None,
    scale: NDArray[Any] | None,
    shift: NDArray[Any] | None,
    add: NDArray[Any] | None,
    out: NDArray[Any] | None,
    groups: int,
    options: Options,
    /,
) -> NDArray[Any]: ...
def separable(
    x: NDArray[np.float32],
    w_depthwise: NDArray[np.float32],
    w_pointwise: NDArray[np.float32],
    bias: NDArray[np.float32] | None,
    depthwise_bias: NDArray[np.float32] | None,
    out: NDArray[np.float32] | None,
    depthwise_activation: Activation | None,
    options: Options,
    /,
) -> NDArray[np.float32]: ...
def backward_data(
    dy: NDArray[np.float32],
    w: NDArray[np.float32],
    x_shape: Sequence[int],
    out: NDArray[np.float32] | None,
    options: Options,
    /,
) -> NDArray[np.float32]: ...
@overload
def backward_weights(
    x: NDArray[np.float32],
    dy: NDArray[np.float32],
    w_shape: Sequence[int],
    bias: Literal[False],
    out: NDArray[np.float32] | None,
    options: Options,
    /,
) -> NDArray[np.float32]: ...
@overload
def backward_weights(
    x: NDArray[np.float32],
    dy: NDArray[np.float32],
    w_shape: Sequence[int],
    bias: Literal[True],
    out: NDArray[np.float32] | None,
    options: Options,
    /,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
@overload
def backward_weights(
    x: NDArray[np.float32],
    dy: NDArray[np.float32],
    w_shape: Sequence[int],
    bias: bool,
    out: NDArray[np.float32] | None,
    options: Options,
    /,
) -> NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.float32]]: ...
def transposed(
    x: NDArray[np.float32],
    w: NDArray[np.float32],
    bias: NDArray[np.float32] | None,
    output_padding: Sequence[int],
    out: NDArray[np.float32] | None,
    options: Options,
    /,
) -> NDArray[np.float32]: ...
def quantized(
    x: NDArray[Any],
    w: NDArray[Any],
    bias: NDArray[np.int32] | None,
    quantization: Quantization,
    out: NDArray[Any] | None,
    options: Options,
    /,
) -> NDArray[Any]: ...
def cache_info() -> tuple[int, int, int, int, int]: ...
def cache_clear() -> None: ...
def cache_resize(maxsize: int) -> None: ...
def memory_info() -> tuple[int, int]: ...
def memory_trim() -> None: ...
def memory_resize(maxsize: int) -> None: ...
def get_num_threads() -> int: ...
def set_num_threads(threads: int) -> None: ...
def parse_problem(text: str) -> dict[str, Any]: ...
def measure_copy(
    *, src_bytes: int, dst_bytes: int, method: str, threads: int, seconds: float
) -> list[float]: ...
def measure_multiply_add(*, threads: int, seconds: float) -> list[float]: ...
def measure_call(x: NDArray[np.float32], out: NDArray[np.float32]) -> None: ...
def get_config() -> dict[str, str | int]: ...
