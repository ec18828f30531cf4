"""Figures as text: three significant digits, which is more than a run repeats."""

from __future__ import annotations

import math


def digits(value: float) -> str:
    """'0.0412', '1.23', '12.3', '1230'."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.3g}")
    decimals = 2 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:.{max(decimals, 0)}f}"


def _scaled(value: float, units: list[tuple[float, str]]) -> str:
    """In the largest unit of which there is one; units descend."""
    for size, unit in units:
        if float(f"{value:.3g}") >= size:
            return f"{digits(value / size)} {unit}"
    size, unit = units[-1]
    return f"{digits(value / size)} {unit}"


def duration(seconds: float) -> str:
    """'41.2 µs', '1.23 ms'."""
    return _scaled(seconds, [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])


def amount(nbytes: float) -> str:
    """'3.21 MB', in powers of ten as the rates are."""
    return _scaled(nbytes, [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")])


def binary(nbytes: float) -> str:
    """'512 KiB', as caches and memory are counted."""
    return _scaled(nbytes, [(2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B")])


def operations(count: float) -> str:
    """'7.23 MFLOP'."""
    return _scaled(count, [(1e9, "GFLOP"), (1e6, "MFLOP"), (1e3, "kFLOP"), (1.0, "FLOP")])


def percent(fraction: float) -> str:
    """'4 %', '0.5 %'."""
    value = 100 * fraction
    return f"{value:.0f} %" if abs(value) >= 1 or value == 0 else f"{value:.1f} %"


def plural(count: int, noun: str) -> str:
    """'1 case', '2 cases'."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
