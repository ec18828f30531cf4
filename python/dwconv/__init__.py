"""Depthwise convolution for NumPy arrays on CPUs, run by oneDNN.

>>> import numpy as np
>>> import dwconv
>>> x = np.random.rand(1, 32, 112, 112).astype(np.float32)
>>> w = np.random.rand(32, 3, 3).astype(np.float32)
>>> dwconv.dnnl_depthwise(x, w, padding=1).shape
(1, 32, 112, 112)
"""

try:
    from dwconv import _core
except ImportError as error:
    from dwconv._load import explanation

    raise ImportError(explanation(error)) from error

from dwconv import flops, reference, tf
from dwconv._backward import dnnl_depthwise_backward_data, dnnl_depthwise_backward_weights
from dwconv._conv import dnnl_depthwise
from dwconv._core import Activation, BackendError, InvalidArgument, InvalidType, Unsupported
from dwconv._grouped import dnnl_conv
from dwconv._plan import Plan
from dwconv._quantized import dnnl_depthwise_quantized
from dwconv._runtime import (
    CacheInfo,
    MemoryInfo,
    cache_clear,
    cache_info,
    cache_resize,
    get_num_threads,
    memory_info,
    memory_resize,
    memory_trim,
    set_num_threads,
    show_config,
)
from dwconv._separable import dnnl_separable
from dwconv._transposed import dnnl_depthwise_transpose

__version__: str = str(_core.get_config()["dwconv"])

__all__ = [
    "Activation",
    "BackendError",
    "CacheInfo",
    "InvalidArgument",
    "InvalidType",
    "MemoryInfo",
    "Plan",
    "Unsupported",
    "__version__",
    "cache_clear",
    "cache_info",
    "cache_resize",
    "dnnl_conv",
    "dnnl_depthwise",
    "dnnl_depthwise_backward_data",
    "dnnl_depthwise_backward_weights",
    "dnnl_depthwise_quantized",
    "dnnl_depthwise_transpose",
    "dnnl_separable",
    "flops",
    "get_num_threads",
    "memory_info",
    "memory_resize",
    "memory_trim",
    "reference",
    "set_num_threads",
    "show_config",
    "tf",
]
