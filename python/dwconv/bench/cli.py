"""``python -m dwconv bench``."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from dwconv._extras import needing
from dwconv.bench.options import Options
from dwconv.bench.rivals import PEERS
from dwconv.bench.suites import LAYOUTS, LINE_LAYOUTS, SUITES, VOLUME_LAYOUTS, cases_of

DESCRIPTION = """
Times dwconv beside NumPy, its peers and the limit of this machine. Every rival runs in a process of its
own, pinned to the same processors, one at a time and in turns; it is timed only after its result was
compared with a float64 reference.
"""

EPILOG = """
"bench compare A.json B.json" shows what got faster or slower between two runs beyond the noise, and exits
with 1 where dwconv did by more than --threshold.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of the benchmark to a parser."""
    parser.add_argument(
        "cases",
        nargs="*",
        metavar="SUITE|PROBLEM",
        help=f"suites ({', '.join(SUITES)}) and problems such as n1c32i112x112k3p1",
    )
    add = parser.add_argument
    add("--explain", metavar="CASE", help="print what bounds a problem and what runs it, and stop")
    add("--list", action="store_true", help="print the problems of the suites, and stop")
    add(
        "--layout",
        choices=[*LAYOUTS, *LINE_LAYOUTS, *VOLUME_LAYOUTS, "both"],
        default="both",
        help="NCHW is NCW and NCDHW too, by the dimensions of a problem, and so on (default: both)",
    )
    add("--threads", type=int, metavar="N", help="of every rival; default: one a processor")
    add(
        "--peers",
        default="all",
        metavar="all|none|NAMES",
        help=f"which of {', '.join(PEERS)}, separated by commas (default: all)",
    )
    add(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help="the interpreter of a peer that is installed in another environment",
    )
    add(
        "--rivals",
        default="",
        metavar="NAMES",
        help="only these rivals, as reports name them, separated by commas",
    )
    add(
        "--rival",
        action="append",
        default=[],
        metavar="FILE.py",
        help="further rivals: a file with a function rivals(), as those of dwconv.bench.rivals",
    )
    add("--turns", type=int, metavar="N", help="turns of each rival on a case (default: 4)")
    add(
        "--rounds",
        type=int,
        metavar="N",
        help="over all cases; a turn takes the best of them (default: 12)",
    )
    add("--seconds", type=float, metavar="S", help="of a turn in a round (default: 0.01)")
    add("--most-seconds", type=float, metavar="S", help="skip slower calls (default: 3)")
    add("--json", type=Path, metavar="FILE", help="all that was measured")
    add("--csv", type=Path, metavar="FILE", help="a row for each case and rival")
    add("--markdown", type=Path, metavar="FILE", help="the summary")
    add("--html", type=Path, metavar="FILE", help="one page with tables and plots")
    add("--plots", type=Path, metavar="FOLDER", help="the plots")
    add("--picture", choices=["png", "svg"], default="png", help="of the plots (default: png)")
    add(
        "--threshold",
        type=float,
        default=1.1,
        metavar="RATIO",
        help="of compare: how many times slower is too slow (default: %(default)s)",
    )


def _peers(text: str) -> tuple[str, ...]:
    if text == "all":
        return PEERS
    if text == "none":
        return ()
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise ValueError(f"--peers: no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return names


def _pythons(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, python = pair.partition("=")
        if not equals or name not in PEERS:
            raise ValueError(
                f"--peer: expected NAME=PYTHON with one of {', '.join(PEERS)}; got {pair}"
            )
        if not Path(python).exists():
            raise ValueError(f"--peer: there is no {python}")
        found[name] = python
    return found


def _print_suites() -> None:
    for name, problems in SUITES.items():
        print(f"{name} ({len(problems)})")
        for problem in problems:
            print(f"    {problem}")


def _options(arguments: argparse.Namespace) -> Options:
    given = {
        name: getattr(arguments, name)
        for name in ("threads", "turns", "rounds", "seconds", "most_seconds")
        if getattr(arguments, name) is not None
    }
    return Options(
        peers=_peers(arguments.peers),
        pythons=_pythons(arguments.peer),
        files=tuple(arguments.rival),
        rivals=tuple(filter(None, arguments.rivals.split(","))),
        **given,
    )


def run(arguments: argparse.Namespace, words: Sequence[str]) -> int:
    """Does what the command line says.

    Parameters
    ----------
    arguments : argparse.Namespace
        What a parser with `add_arguments` made.
    words : sequence of str
        The words after ``python -m dwconv``, for the report.

    Returns
    -------
    int
        The exit status: 1 where dwconv itself was wrong or failed, or became slower.

    Raises
    ------
    ValueError
        For arguments that make no sense, before anything is measured.
    MissingExtra
        Where packages of the extra ``bench`` are not installed.
    """
    names = arguments.cases
    layouts = LAYOUTS if arguments.layout == "both" else (arguments.layout,)
    if arguments.list:
        _print_suites()
        return 0
    with needing("bench"):
        from dwconv.bench import commands, reports
    if arguments.explain:
        return commands.explain_cases(cases_of([arguments.explain], layouts), _options(arguments))
    if names[:1] == ["compare"]:
        if len(names) != 3:
            raise ValueError("compare takes two reports: bench compare A.json B.json")
        if not arguments.threshold >= 1:
            raise ValueError(f"threshold: expected at least 1; got {arguments.threshold}")
        return commands.compare_reports(Path(names[1]), Path(names[2]), arguments.threshold)
    cases = cases_of(names, layouts)
    if not cases:
        raise ValueError("name a suite or a problem; --list prints them")
    names_of_forms = ("json", "csv", "markdown", "html", "plots", "picture")
    forms = reports.Forms(**{name: getattr(arguments, name) for name in names_of_forms})
    with needing("bench"):
        reports.check(forms)
    report = commands.measure(
        cases, _options(arguments), shlex.join(["python", "-m", "dwconv", *words])
    )
    return commands.deliver(report, forms)
