"""Activations in float64, for the reference."""

from __future__ import annotations

from dwconv._activations import FUNCTIONS

__all__ = ["FUNCTIONS", "steepness"]


def steepness(kind: str, alpha: float) -> float:
    """An upper bound of the slope: how much an error before the activation can grow."""
    # swish has 1.1 and both gelus 1.13; hardswish has 1.5 with the parameters of the field.
    return max(1.5, abs(alpha)) if kind else 1.0
