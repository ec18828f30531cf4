"""Says in a user's words why the compiled module could not be loaded."""


def explanation(error: ImportError) -> str:
    """The text of the ImportError that a user is to see instead of `error`.

    Parameters
    ----------
    error : ImportError
        What ``import dwconv._core`` raised.

    Returns
    -------
    str

    Examples
    --------
    >>> print(explanation(ImportError("libgomp.so.1: cannot open shared object file")))
    dwconv needs the GNU OpenMP runtime library, libgomp.so.1, which this system lacks. Install it:
    apt-get install libgomp1 (Debian, Ubuntu), dnf install libgomp (Fedora), or conda install libgomp.
    """
    text = str(error)
    if "libgomp" in text:
        return (
            "dwconv needs the GNU OpenMP runtime library, libgomp.so.1, which this system lacks. "
            "Install it:\napt-get install libgomp1 (Debian, Ubuntu), dnf install libgomp (Fedora), "
            "or conda install libgomp."
        )
    if isinstance(error, ModuleNotFoundError):
        return (
            f"dwconv's compiled module is missing ({text}). Python found a source tree, not an "
            "installed package: install it with `pip install .` and start Python elsewhere."
        )
    return f"dwconv's library could not be loaded ({text}). Reinstall it: pip install --force-reinstall dwconv"
