"""What is said where the packages of an extra are not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class MissingExtra(ImportError):
    """A package of an extra is not installed; the text says how to get it."""


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Around imports of what an extra brings.

    Parameters
    ----------
    extra : str
        Its name, as pip has it.

    Raises
    ------
    MissingExtra
        Where a module is not found.

    Examples
    --------
    >>> with needing("bench"):
    ...     import no_such_module
    Traceback (most recent call last):
        ...
    dwconv._extras.MissingExtra: needs no_such_module, which is not installed: pip install 'dwconv[bench]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        text = f"needs {error.name}, which is not installed: pip install 'dwconv[{extra}]'"
        raise MissingExtra(text) from error
