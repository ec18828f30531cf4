"""The exception classes: their bases, their names, what they carry."""

from __future__ import annotations

import pickle

import pytest

import dwconv

BASES = {
    "InvalidArgument": ValueError,
    "InvalidType": TypeError,
    "Unsupported": NotImplementedError,
    "BackendError": RuntimeError,
}


@pytest.mark.parametrize("name", BASES)
def test_base_and_name(name: str) -> None:
    kind = getattr(dwconv, name)
    assert issubclass(kind, BASES[name])
    assert kind.__name__ == name
    assert kind.__module__ == "dwconv"
    assert kind.__doc__


@pytest.mark.parametrize("name", BASES)
def test_crosses_process_boundaries(name: str) -> None:
    error = getattr(dwconv, name)("argument `x`: expected this; got that")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_no_class_is_another() -> None:
    kinds = [getattr(dwconv, name) for name in BASES]
    for kind in kinds:
        assert [other for other in kinds if issubclass(kind, other)] == [kind]
