"""Reads the tensors of a file that `torch.save` wrote, without PyTorch, executing nothing from the file.

The layout is the one before PyTorch 1.6: five pickles (a magic number, a version, facts about the
machine, the tensors by name, a list of storages), and then the numbers of each storage.

A pickle is a program that calls whatever it can name. Here it can name four things: ordered
dictionaries, the two kinds of storage, and a function that notes down where a tensor lies. Anything
else is refused before it is looked up (Python's documentation of pickle, "Restricting Globals"), and so
is any instruction that such files do without.
"""

from __future__ import annotations

import io
import os
import pickle
import pickletools
import struct
from collections import OrderedDict
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
INSTRUCTIONS = {
    "APPEND", "APPENDS", "BINGET", "BININT", "BININT1", "BININT2", "BINPERSID", "BINPUT", "BINUNICODE",
    "BUILD", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "GLOBAL", "LONG1", "LONG_BINGET", "LONG_BINPUT",
    "MARK", "NEWFALSE", "NEWTRUE", "NONE", "PROTO", "REDUCE", "SETITEM", "SETITEMS", "STOP", "TUPLE",
    "TUPLE1", "TUPLE2", "TUPLE3",
}  # fmt: skip


class RefusedFile(ValueError):
    """The file is not of the layout, is damaged, or names what a file of tensors need not name."""


class Storage(NamedTuple):
    """A run of numbers that tensors lie in."""

    kind: str
    key: str
    size: int


class Tensor(NamedTuple):
    """Where a tensor lies in its storage, counted in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Unpickler(pickle.Unpickler):
    """Makes numbers, texts, tuples, dictionaries, `Storage` and `Tensor`, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name in DTYPES:
            return name
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            # A new function each time, as a pickle can set attributes of what it is given.
            return lambda storage, offset, shape, strides, *_: Tensor(
                storage, offset, shape, strides
            )
        raise RefusedFile(f"it names {module}.{name}, which no file of tensors needs")

    def persistent_load(self, pid: Any) -> Storage:
        _, kind, key, _, size, view = pid
        if kind not in DTYPES or view is not None:
            raise RefusedFile(f"it has a storage of an unknown kind: {pid!r}")
        return Storage(kind, key, size)


def _load(file: BinaryIO) -> Any:
    """What the pickle that begins here makes, once its instructions have been looked through."""
    start = file.tell()
    for count, (instruction, argument, _) in enumerate(pickletools.genops(file)):
        if instruction.name not in INSTRUCTIONS:
            raise RefusedFile(f"it has the instruction {instruction.name}, which it does not need")
        # Values to be used again are numbered in turn; memory is taken up to the highest number.
        if instruction.name == "LONG_BINPUT" and argument > count:
            raise RefusedFile(f"it has {count} values at most, and numbers one {argument}")
    end = file.tell()
    file.seek(start)
    return _Unpickler(io.BytesIO(file.read(end - start))).load()


def _numbers(file: BinaryIO, storage: Storage) -> NDArray[Any]:
    """The numbers of a storage, which follow here."""
    (size,) = struct.unpack("<q", file.read(8))
    dtype = DTYPES[storage.kind]
    left = os.fstat(file.fileno()).st_size - file.tell()
    if size != storage.size or not 0 <= size * dtype.itemsize <= left:
        raise RefusedFile(f"it has {left} bytes left for storage {storage} of {size} numbers")
    return np.frombuffer(file.read(size * dtype.itemsize), dtype)


def _array(tensor: Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    """A copy of a tensor, in C order."""
    _, offset, shape, strides = tensor
    inside = len(shape) == len(strides) and min((offset, *shape, *strides)) >= 0
    # No more elements than the storage has, so that a stride of 0 does not make a few bytes many.
    if not inside or prod(shape) > len(numbers):
        raise RefusedFile(f"it has a tensor that cannot be: {tensor}")
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
    if prod(shape) > 0 and last >= len(numbers):
        raise RefusedFile(f"it has a tensor that reaches beyond its storage: {tensor}")
    steps = [stride * numbers.itemsize for stride in strides]
    view = np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps, writeable=False)
    return view.astype(view.dtype.newbyteorder("="), order="C")


def _read(file: BinaryIO) -> dict[str, NDArray[Any]]:
    if file.read(2) == b"PK":
        raise RefusedFile("it is of the newer layout, a zip archive; this reads the older one")
    file.seek(0)
    magic, version, facts = (_load(file) for _ in range(3))
    if magic != MAGIC or version != VERSION or facts["little_endian"] is not True:
        raise RefusedFile("it is not of the layout that PyTorch wrote before 1.6")
    tensors, keys = (_load(file) for _ in range(2))
    if not all(isinstance(tensor, Tensor) for tensor in tensors.values()):
        raise RefusedFile("it has other things than tensors")
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    numbers = {key: _numbers(file, storages[key]) for key in keys}
    return {str(name): _array(tensor, numbers[tensor.storage.key]) for name, tensor in tensors.items()}  # fmt: skip


def read(path: str | Path) -> dict[str, NDArray[Any]]:
    """The tensors of a file by name, float32 or int64; `RefusedFile` says what is wrong with it."""
    with open(path, "rb") as file:
        try:
            return _read(file)
        except RefusedFile as error:
            raise RefusedFile(f"{path}: {error}") from None
        # What broken pickles and fields of the wrong type come to.
        except (
            ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, TypeError,
            RecursionError, ValueError, pickle.UnpicklingError, struct.error,
        ) as error:  # fmt: skip
            raise RefusedFile(f"{path}: it is damaged, or of another layout ({error})") from error
