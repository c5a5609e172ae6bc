"""The command `bench report`: papers from results that were kept.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.bench import report
from engine.cli.exit_codes import OK, USER_ERROR
from engine.cli.options import Parser
from engine.system.paths import ROOT


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench report`."""
    parser.set_defaults(run=run)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit code 2 where a paper and the results disagree",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Write the tables and charts of docs/performance.md and of both READMEs, or look at them."""
    if not args.check:
        for file in report.write(args.root):
            print(f"wrote {file}", file=sys.stderr)
        return OK
    drifted = report.drifted(args.root)
    for file in drifted:
        print(f"{file} does not say what the results say: run bench report", file=sys.stderr)
    return USER_ERROR if drifted else OK
