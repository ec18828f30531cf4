"""Hypothesis profiles, the marker `any_isa`, and what the tests run on in pytest's header."""

from __future__ import annotations

import os

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

import dwconv

# "repeatable" (the default) tries the same cases on every run; `--hypothesis-profile=explore` tries
# new ones, and prints a line that repeats a failure.
common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("repeatable", derandomize=True, database=None, **common)
settings.register_profile("explore", database=None, **common)
settings.load_profile("repeatable")

# What these test is the same whatever the processor's instructions are. Where a second run is for
# other kernels alone, `-m "not any_isa"` leaves them out; a new file takes part until it is named here.
ANY_ISA = (
    "test_bench_",
    "test_demo",
    "test_errors_",
    "test_exceptions",
    "test_flops",
    "test_layers",
    "test_numpy_reference",
    "test_package",
    "test_readme",
    "test_reference",
    "test_torch_file",
    "test_typing",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name.startswith(ANY_ISA):
            item.add_marker("any_isa")


def pytest_report_header() -> list[str]:
    config = dwconv.show_config("dict")
    return [
        "dwconv: " + ", ".join(f"{name} {value}" for name, value in config.items()),
        f"numpy {np.__version__}, hypothesis {hypothesis.__version__}, "
        f"ONEDNN_MAX_CPU_ISA={os.environ.get('ONEDNN_MAX_CPU_ISA', 'unset')}",
    ]
