"""Reports of a benchmark: in the terminal, as files, compared, and a case explained."""

from dwconv.bench.reports.check import check
from dwconv.bench.reports.compare import compare
from dwconv.bench.reports.compare_table import show_comparison
from dwconv.bench.reports.comparison import Comparison
from dwconv.bench.reports.explain import explain
from dwconv.bench.reports.forms import Forms
from dwconv.bench.reports.live import View, live
from dwconv.bench.reports.save import save
from dwconv.bench.reports.terminal import show

__all__ = [
    "Comparison",
    "Forms",
    "View",
    "check",
    "compare",
    "explain",
    "live",
    "save",
    "show",
    "show_comparison",
]
