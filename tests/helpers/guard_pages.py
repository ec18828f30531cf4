"""Arrays that end, or begin, where memory that may not be touched begins, or ends."""

from __future__ import annotations

import ctypes
import mmap
from typing import Literal

import numpy as np

from helpers.memory import full

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

PAGE = mmap.PAGESIZE
PROT_NONE = 0

# Elements of a dense array at the end of its pages; or at their start.
Edge = Literal["end", "start"]


class GuardedMemory:
    """Pages for ``size`` bytes between two that any access to, by any thread, ends the process."""

    def __init__(self, size: int) -> None:
        self._usable = -(-max(size, 1) // PAGE) * PAGE
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        mapped = _libc.mmap(None, self._usable + 2 * PAGE, PROT_NONE, flags, -1, 0)
        assert mapped not in (None, ctypes.c_void_p(-1).value), ctypes.get_errno()
        self._mapped = int(mapped)
        self._protect(mmap.PROT_READ | mmap.PROT_WRITE)

    def __del__(self) -> None:
        _libc.munmap(self._mapped, self._usable + 2 * PAGE)

    def _protect(self, protection: int) -> None:
        failed = _libc.mprotect(self._mapped + PAGE, self._usable, protection)
        assert not failed, ctypes.get_errno()

    def seal(self) -> None:
        """Forbid writing, too."""
        self._protect(mmap.PROT_READ)

    def array(self, shape: tuple[int, ...], edge: Edge, dtype: np.dtype) -> np.ndarray:
        """An array in C order whose last byte, or first, is next to a guard page."""
        size = dtype.itemsize * int(np.prod(shape))
        begin = self._mapped + PAGE + (self._usable - size if edge == "end" else 0)
        buffer = (ctypes.c_char * size).from_address(begin)
        buffer._guarded = self  # type: ignore[attr-defined]  # the pages live as long as the array
        return np.frombuffer(buffer, np.uint8).view(dtype).reshape(shape)


def guarded(values: np.ndarray, edge: Edge) -> np.ndarray:
    """The values, read-only, next to a guard page; any write into their pages ends the process."""
    memory = GuardedMemory(values.nbytes)
    array = memory.array(values.shape, edge, values.dtype)
    array[...] = values
    memory.seal()
    array.flags.writeable = False
    return array


def guarded_out(shape: tuple[int, ...], edge: Edge, dtype: np.dtype | None = None) -> np.ndarray:
    """A writable array, by default of float32, next to a guard page, and `full()`."""
    dtype = dtype or np.dtype(np.float32)
    values = full(shape, dtype)
    array = GuardedMemory(values.nbytes).array(shape, edge, dtype)
    array[...] = values
    return array
