"""The command `bench together`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse

from engine.bench import both, results
from engine.cli import bench_tables, models
from engine.cli.bench_options import Clock, add_json, check_json
from engine.cli.exit_codes import OK
from engine.cli.options import Parser, add_model, needs_text


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench together`."""
    needs_text(parser, run)
    add_model(parser)
    parser.add_argument("--text-model", default="smollm2", help="as for write (default: smollm2)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Measure what speaking and writing cost each other in one program."""
    from engine.models.packaged import find

    check_json(args, args.model)
    report = both.measure(models.find_model(args.model), find(args.text_model), Clock())
    print(bench_tables.together(report))
    print(results.save(args.json, report))
    return OK
