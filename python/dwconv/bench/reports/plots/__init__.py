"""Pictures of a report, drawn by matplotlib."""

from dwconv.bench.reports.plots.files import figures, svg_text, write_plots

__all__ = ["figures", "svg_text", "write_plots"]
