"""The command `bench convert`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse

from engine.bench import results, scripts
from engine.cli import bench_tables, models
from engine.cli.bench_options import Clock, add_json, check_json
from engine.cli.exit_codes import OK
from engine.cli.options import Parser, add_settings, settings_from


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench convert`."""
    parser.set_defaults(run=run)
    parser.add_argument("--model", required=True, metavar="FOLDER|ID", help="a checkpoint")
    parser.add_argument("--rows", type=int, default=64, metavar="N", help="(default: 64)")
    parser.add_argument(
        "--batch", type=int, default=8, metavar="N", help="rows decoded together (default: 8)"
    )
    parser.add_argument(
        "--seconds", type=float, default=2.0, metavar="S", help="longest row (default: 2)"
    )
    parser.add_argument(
        "--real", action="store_true", help="the checkpoint speaks: it ends its sentences itself"
    )
    parser.add_argument("--trials", type=int, default=1, metavar="N", help="(default: 1)")
    add_json(parser)
    add_settings(parser, without=("batch_size",))


def run(args: argparse.Namespace) -> int:
    """Measure a script of uneven rows."""
    check_json(args, args.model)
    report = scripts.measure(
        models.find_model(args.model),
        settings_from(args, batch_size=1),
        rows=args.rows,
        batch=args.batch,
        seconds=args.seconds,
        real=args.real,
        trials=args.trials,
        tell=Clock(),
    )
    print(bench_tables.scripts(report["figures"]))
    print(results.save(args.json, report))
    return OK
