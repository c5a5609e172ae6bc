"""The command `bench load`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse

from engine.bench import load, results, speech
from engine.cli import bench_tables
from engine.cli.bench_options import Clock, add_json, check_json, list_of, number
from engine.cli.exit_codes import OK
from engine.cli.options import Parser


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench load`."""
    parser.set_defaults(run=run)
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="whose decode steps are measured (default: as for `bench speech`)",
    )
    parser.add_argument(
        "--batch",
        type=list_of(number),
        default=(1, 8),
        metavar="N,…",
        help="rows of a decode step (default: 1,8)",
    )
    parser.add_argument(
        "--loops",
        type=list_of(number),
        default=load.LOOPS,
        metavar="N,…",
        help="busy loops beside it (default: 2,4,6)",
    )
    parser.add_argument(
        "--runs", type=number, default=10, metavar="N", help="of each, taking turns (default: 10)"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Measure idle and beside busy loops, which this command starts itself."""
    from engine.models.bark import STARTER, find

    check_json(args, args.model)
    clock = Clock()
    model = find(args.model).resolve() if args.model else speech.random_checkpoint(clock)
    measured = load.contenders(STARTER, model, args.batch)
    report = load.measure(measured, loops=args.loops, runs=args.runs, tell=clock)
    print(bench_tables.load(report))
    print(results.save(args.json, report))
    return OK
