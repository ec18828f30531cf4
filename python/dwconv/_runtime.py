"""The cache, the memory of results, the threads, and what runs here."""

from __future__ import annotations

from typing import Literal, NamedTuple, overload

import numpy as np

from dwconv import _core
from dwconv._arguments import MOST_BYTES, count, wrong_value


class CacheInfo(NamedTuple):
    """How the process-wide cache has been used; the first four as in `functools.lru_cache`."""

    hits: int
    misses: int
    maxsize: int
    currsize: int
    evictions: int


def cache_info() -> CacheInfo:
    """How the process-wide cache of plans has been used since the last `cache_clear()`.

    Returns
    -------
    CacheInfo

    Examples
    --------
    >>> import dwconv
    >>> dwconv.cache_clear()
    >>> dwconv.cache_info()
    CacheInfo(hits=0, misses=0, maxsize=128, currsize=0, evictions=0)
    """
    return CacheInfo(*_core.cache_info())


def cache_clear() -> None:
    """Forgets all cached plans and statistics; what is in use stays alive."""
    _core.cache_clear()


def cache_resize(maxsize: int) -> None:
    """Sets how many plans the cache keeps; the least recently used beyond are evicted.

    Parameters
    ----------
    maxsize : int
        0 switches the cache off.

    Raises
    ------
    InvalidArgument, InvalidType
    """
    _core.cache_resize(count("maxsize", maxsize, least=0))


class MemoryInfo(NamedTuple):
    """The memory that is kept for large results, in bytes."""

    maxsize: int
    currsize: int


def memory_info() -> MemoryInfo:
    """How much memory of large results may be kept for the next ones, and how much is now.

    A result of 32 MiB or more that nobody uses any more leaves its memory to the next one of
    about the same size (up to a quarter smaller), as the system takes longer to provide fresh pages
    than a small kernel takes to fill them. All that is kept stays at the system's disposal: it
    takes the pages where memory gets short. What has not been used again for 2 seconds is given
    back by the next call that makes or frees a result, or at once by `memory_trim()`.

    Returns
    -------
    MemoryInfo
        At first `maxsize` is 1 GiB, or an eighth of the machine's memory if that is less;
        `currsize` does not count arrays in use.
    """
    return MemoryInfo(*_core.memory_info())


def memory_trim() -> None:
    """Gives the memory that is kept for large results back to the system."""
    _core.memory_trim()


def memory_resize(maxsize: int) -> None:
    """Sets how much memory is kept for large results; what is beyond is given back.

    Parameters
    ----------
    maxsize : int
        In bytes. With 0 nothing is kept, and NumPy alone allocates.

    Raises
    ------
    InvalidArgument, InvalidType
    """
    _core.memory_resize(count("maxsize", maxsize, least=0, most=MOST_BYTES))


def get_num_threads() -> int:
    """The most threads that this library uses in this process.

    Returns
    -------
    int
        From `set_num_threads()`, else the environment's OMP_NUM_THREADS, else the number of
        processors that the process may run on.
    """
    return _core.get_num_threads()


def set_num_threads(threads: int) -> None:
    """Sets the most threads that this library uses in this process.

    Parameters
    ----------
    threads : int
        From 1 to 1024.

    Raises
    ------
    InvalidArgument, InvalidType
    """
    _core.set_num_threads(count("threads", threads))


@overload
def show_config(mode: Literal["print"] = "print") -> None: ...
@overload
def show_config(mode: Literal["dict"]) -> dict[str, str | int]: ...
def show_config(mode: str = "print") -> dict[str, str | int] | None:
    """Versions, the oneDNN library in use, the instruction set and the threads.

    Parameters
    ----------
    mode : {'print', 'dict'}
        Print them, or return them.

    Returns
    -------
    dict or None
        'dwconv', 'onednn' and 'numpy' are versions; 'libdnnl' the file that oneDNN was loaded from;
        'isa' the newest instruction set in use, which the environment's ONEDNN_MAX_CPU_ISA limits;
        'threads' is `get_num_threads()`, 'workers' how many threads have been started so far.

    Raises
    ------
    InvalidArgument
        For another mode.
    """
    config = {**_core.get_config(), "numpy": np.__version__}
    if mode == "dict":
        return config
    if mode != "print":
        raise wrong_value("mode", "'print' or 'dict'", mode)
    for name, value in config.items():
        print(f"{name:8} {value}")
    return None
