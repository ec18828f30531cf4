"""NumPy's allocation handlers (NEP 49) from Python: which one serves, and one of our own."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

try:
    from numpy._core import multiarray
except ImportError:  # before NumPy 2
    from numpy.core import multiarray  # type: ignore[no-redef]

NAME_SIZE = 127  # of PyDataMem_Handler.name
_STRUCT_SIZE = 256  # more than PyDataMem_Handler takes
_SET_HANDLER, _DEFAULT_HANDLER = 304, 306  # places in NumPy's table of functions

_api = ctypes.pythonapi
_api.PyCapsule_GetPointer.restype = ctypes.c_void_p
_api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
_api.PyCapsule_New.restype = ctypes.py_object
_api.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_alive: list[object] = []


def handler_name(array: np.ndarray | None = None) -> str:
    """The name of the handler that gave an array its memory, or would give a new one its own."""
    name = multiarray.get_handler_name() if array is None else multiarray.get_handler_name(array)
    return str(name)


@contextmanager
def own_handler(name: str) -> Iterator[None]:
    """NumPy's default handler under another name, set for this thread."""
    table = _api.PyCapsule_GetPointer(multiarray._ARRAY_API, None)
    functions = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))
    default = ctypes.cast(functions[_DEFAULT_HANDLER], ctypes.POINTER(ctypes.py_object))[0]
    set_handler = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(functions[_SET_HANDLER])
    original = _api.PyCapsule_GetPointer(default, b"mem_handler")
    struct = ctypes.create_string_buffer(ctypes.string_at(original, 168), _STRUCT_SIZE)
    ctypes.memmove(struct, name.encode().ljust(NAME_SIZE, b"\0"), NAME_SIZE)
    capsule = _api.PyCapsule_New(ctypes.addressof(struct), b"mem_handler", None)
    _alive.append((struct, capsule))
    previous = set_handler(capsule)
    try:
        yield
    finally:
        set_handler(previous)
