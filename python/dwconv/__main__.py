"""The command line: ``python -m dwconv``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import dwconv
from dwconv._extras import MissingExtra
from dwconv.bench import cli as benchmark

_PACKAGE = Path(dwconv.__file__).resolve().parent


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dwconv", description="Depthwise convolution on CPUs, run by oneDNN."
    )
    parser.add_argument("--version", action="version", version=dwconv.__version__)
    parser.add_argument(
        "--cmakedir",
        action="store_true",
        help="print the directory for CMAKE_PREFIX_PATH, so that find_package(dwconv) finds this package",
    )
    parser.add_argument(
        "--includedir", action="store_true", help="print the directory of the C++ headers"
    )
    parser.add_argument("--config", action="store_true", help="print what runs here")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    demo = commands.add_parser(
        "demo",
        help="filter a photograph, one kernel per channel, and time it",
        description="Filters a photograph and writes one picture with the results side by side.",
    )
    demo.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("dwconv-demo.png"),
        help="the picture to write (default: %(default)s)",
    )
    bench = commands.add_parser(
        "bench",
        help="time it beside NumPy, its peers and the limit of this machine",
        description=benchmark.DESCRIPTION,
        epilog=benchmark.EPILOG,
    )
    benchmark.add_arguments(bench)
    return parser


def _run(options: argparse.Namespace, words: Sequence[str]) -> int:
    """Runs the command that the options name; the exit status."""
    if options.command == "bench":
        return benchmark.run(options, words)
    from dwconv.demo import run

    run(options.output)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        The exit status.
    """
    parser = _parser()
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = parser.parse_args(words)
    if options.cmakedir:
        print(_PACKAGE / "lib" / "cmake" / "dwconv")
    elif options.includedir:
        print(_PACKAGE / "include")
    elif options.config:
        dwconv.show_config()
    elif options.command is None:
        parser.print_help()
    else:
        try:
            return _run(options, words)
        except (ValueError, OSError, MissingExtra) as error:
            parser.exit(2, f"{parser.prog} {options.command}: {error}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
