"""Every way to run a case, and the memory that each needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from case import Case
from cases import LAYOUTS

# None is the library's own choice, for channels-first arrays.
STRATEGIES = (None, "tiled", "planar", "reordered", "direct")


def case_for(strategy: str | None, case: Case, **changes: Any) -> Case:
    """The case, in channels-last memory where the strategy is `direct`."""
    if strategy == "direct":
        changes = {"layout": LAYOUTS[len(case.size)][1], **changes}
    return replace(case, strategy=strategy, **changes)
