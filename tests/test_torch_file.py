"""The reader of PyTorch's files reads tensors, runs nothing, and says what it refuses and why."""

from __future__ import annotations

import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.efficientnet import needs_weights, weights_path
from torch_file import MAGIC, VERSION, RefusedFile, read

FACTS = {"protocol_version": VERSION, "little_endian": True, "type_sizes": {"int": 4}}
NUMBERS = np.arange(24, dtype="<f4")


def code(value: Any) -> bytes:
    """The instructions of a pickle that leave a value on the stack."""
    return pickle.dumps(value, 2)[2:-1]


def tensor(
    offset: Any, shape: Any, strides: Any, kind: str = "FloatStorage", size: Any = 24
) -> bytes:
    """Instructions for a tensor as `torch.save` writes them."""
    storage = b"(" + code("storage") + f"ctorch\n{kind}\n".encode()
    storage += code("a") + code("cpu") + code(size) + b"NtQ"
    where = code(offset) + code(shape) + code(strides)
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + where + b"\x89ccollections\nOrderedDict\n)RtR"
    )  # fmt: skip


def tensors(**named: bytes) -> bytes:
    """A pickle of named tensors."""
    items = b"".join(code(name) + each for name, each in named.items())
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + items + b"u."


def pieces(**named: bytes) -> list[bytes]:
    """A whole file: five pickles and a storage."""
    parts = [pickle.dumps(each, 2) for each in (MAGIC, VERSION, FACTS)]
    storage = struct.pack("<q", len(NUMBERS)) + NUMBERS.tobytes()
    return [*parts, tensors(**named), pickle.dumps(["a"], 2), storage]


def written(path: Path, parts: list[bytes]) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def test_tensors_of_one_storage(tmp_path: Path) -> None:
    whole = tensor(0, (2, 3, 4), (12, 4, 1))
    turned = tensor(4, (4, 3), (1, 4))
    number = tensor(7, (), ())
    nothing = tensor(0, (0, 3), (3, 1))
    path = written(
        tmp_path / "f.pth", pieces(whole=whole, turned=turned, number=number, nothing=nothing)
    )
    found = read(path)
    assert list(found) == ["whole", "turned", "number", "nothing"]
    assert np.array_equal(found["whole"], NUMBERS.reshape(2, 3, 4))
    assert np.array_equal(found["turned"], NUMBERS[4:16].reshape(3, 4).T)
    assert found["number"] == 7
    assert found["nothing"].shape == (0, 3)
    for array in found.values():
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert array.flags.owndata


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch '{self.path}'",)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_nothing_is_executed(place: int, protocol: int, tmp_path: Path) -> None:
    proof = tmp_path / "executed"
    parts = pieces(w=tensor(0, (24,), (1,)))
    parts[place] = pickle.dumps(Evil(proof), protocol)
    path = written(tmp_path / "evil.pth", parts)
    # What is later or earlier than protocol 2 is refused for its instructions, before it is loaded.
    refused = r"names posix\.system" if protocol == 2 else "has the instruction"
    with pytest.raises(RefusedFile, match=rf"evil\.pth: it {refused}"):
        read(path)
    assert not proof.exists()
    # It is what an ordinary reader of pickles would have executed.
    pickle.loads(parts[place])
    assert proof.exists()


@pytest.mark.parametrize(
    ("program", "named"),
    [
        (b"\x80\x02cbuiltins\neval\n" + code(("1 + 1",)) + b"R.", r"builtins\.eval"),
        (b"\x80\x02cbuiltins\ngetattr\n.", r"builtins\.getattr"),
        (b"\x80\x02ccollections\nOrderedDict.fromkeys\n.", r"OrderedDict\.fromkeys"),
        (b"\x80\x02(ios\nsystem\n.", "instruction INST"),
        (b"\x80\x02\x82\x01.", "instruction EXT1"),
        # Room for 2³² values, were it loaded.
        (b"\x80\x02}r\xff\xff\xff\xff.", "numbers one 4294967295"),
        (b"\x80\x02ctorch\nload\n.", r"torch\.load"),
        (b"\x80\x02cnumpy\nload\n.", r"numpy\.load"),
    ],
)
def test_programs_that_are_refused(program: bytes, named: str, tmp_path: Path) -> None:
    parts = pieces(w=tensor(0, (24,), (1,)))
    parts[3] = program
    with pytest.raises(RefusedFile, match=named):
        read(written(tmp_path / "f.pth", parts))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (tensor(1, (24,), (1,)), "beyond its storage"),
        (tensor(0, (2, 3), (22, 1)), "beyond its storage"),
        (tensor(0, (5, 5), (0, 0)), "cannot be"),
        (tensor(-1, (2,), (1,)), "cannot be"),
        (tensor(9, (2,), (-1,)), "cannot be"),
        (tensor(0, (2, 2), (1,)), "cannot be"),
        (tensor(0, (2.0,), (1,)), "instruction BINFLOAT"),
        (tensor(0, (True,), None), "damaged"),
        (tensor("0", (2,), (1,)), "damaged"),
        (tensor(0, (2,), (1,), kind="DoubleStorage"), r"torch\.DoubleStorage"),
        (tensor(0, (2,), (1,), size=1 << 60), "bytes left"),
        (code("no tensor"), "other things"),
        (code([]), "other things"),
    ],
)
def test_tensors_that_are_refused(bad: bytes, reason: str, tmp_path: Path) -> None:
    path = written(tmp_path / "f.pth", pieces(w=tensor(0, (24,), (1,)), bad=bad))
    with pytest.raises(RefusedFile, match=reason):
        read(path)


def test_a_size_that_the_file_does_not_have(tmp_path: Path) -> None:
    parts = pieces(w=tensor(0, (24,), (1,), size=1 << 60))
    parts[-1] = struct.pack("<q", 1 << 60) + NUMBERS.tobytes()
    with pytest.raises(RefusedFile, match="96 bytes left"):
        read(written(tmp_path / "f.pth", parts))


def test_every_shortened_file_is_refused(tmp_path: Path) -> None:
    whole = b"".join(pieces(w=tensor(0, (24,), (1,))))
    for end in range(len(whole)):
        with pytest.raises(RefusedFile):
            read(written(tmp_path / "f.pth", [whole[:end]]))


# Texts of protocol 0 with odd escapes: pickletools reads them before the instruction is refused.
@pytest.mark.filterwarnings("ignore:invalid:DeprecationWarning")
def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    """No other error comes out, whichever bytes of the pickles are changed."""
    whole = b"".join(pieces(w=tensor(0, (2, 12), (12, 1)), v=tensor(4, (4, 3), (1, 4))))
    end = len(whole) - NUMBERS.nbytes
    rng = np.random.default_rng(0)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(1500):
        damaged = bytearray(whole)
        for place in rng.integers(0, end, rng.integers(1, 4)):
            damaged[place] = rng.integers(0, 256)
        path = written(tmp_path / "f.pth", [bytes(damaged)])
        try:
            read(path)
            outcomes["read"] += 1
        except RefusedFile:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 0


def test_other_layouts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="zip"):
        read(written(tmp_path / "f.pth", [b"PK\3\4" + bytes(100)]))
    for place, value in ((0, 1), (1, 1000), (2, {"little_endian": False})):
        parts = pieces(w=tensor(0, (24,), (1,)))
        parts[place] = pickle.dumps(value, 2)
        with pytest.raises(RefusedFile, match=r"before 1\.6"):
            read(written(tmp_path / "f.pth", parts))


@needs_weights
def test_real_weights() -> None:
    found = read(weights_path())
    assert found["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert found["_fc.weight"].shape == (1000, 1280)
    # Running means and variances are no parameters.
    parameters = sum(w.size for name, w in found.items() if name.endswith(("weight", "bias")))
    assert parameters == 4_652_008
    assert all(np.isfinite(w).all() for w in found.values())
