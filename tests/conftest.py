"""Hypothesis profiles, and what the tests run on in pytest's header."""

from __future__ import annotations

import os

import hypothesis
import numpy as np
from hypothesis import HealthCheck, settings

import dwconv

# "repeatable" (the default) tries the same cases on every run; `--hypothesis-profile=explore` tries
# new ones, and prints a line that repeats a failure.
common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("repeatable", derandomize=True, database=None, **common)
settings.register_profile("explore", database=None, **common)
settings.load_profile("repeatable")


def pytest_report_header() -> list[str]:
    config = dwconv.show_config("dict")
    return [
        "dwconv: " + ", ".join(f"{name} {value}" for name, value in config.items()),
        f"numpy {np.__version__}, hypothesis {hypothesis.__version__}, "
        f"ONEDNN_MAX_CPU_ISA={os.environ.get('ONEDNN_MAX_CPU_ISA', 'unset')}",
    ]
