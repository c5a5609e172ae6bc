"""The command `bench text`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse

from engine.bench import results, text
from engine.cli import bench_tables
from engine.cli.bench_options import Clock, add_json, check_json
from engine.cli.exit_codes import OK
from engine.cli.options import Parser
from engine.errors import UserError


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench text`."""
    parser.set_defaults(run=run, needs_text=True)
    parser.add_argument(
        "--model",
        help="as for write; without it random weights with the dimensions of GPT-2 small",
    )
    parser.add_argument(
        "--compare",
        default="",
        metavar="LIST",
        help="also measure transformers, keras-hub, eager (comma-separated)",
    )
    parser.add_argument("--batch", default="1", metavar="LIST", help="batch sizes, such as 1,8")
    parser.add_argument("--prompt", type=int, default=64, metavar="N", help="tokens, default 64")
    parser.add_argument("--tokens", type=int, default=192, metavar="N", help="new, default 192")
    parser.add_argument("--trials", type=int, default=5, metavar="N", help="warm runs, default 5")
    parser.add_argument("--examples", action="store_true", help="also the one-step examples")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Measure text generation; a table is printed as soon as its figures are there."""
    check_json(args, args.model)
    try:
        batches = [int(size) for size in args.batch.split(",")]
    except ValueError as error:
        raise UserError(f"--batch takes numbers such as 1,8, not {args.batch}") from error
    report = text.measure(
        args.model,
        others=[name for name in args.compare.split(",") if name],
        batches=batches,
        prompt=args.prompt,
        tokens=args.tokens,
        trials=args.trials,
        examples=args.examples,
        tell=Clock(),
        show=lambda part, figures: print(f"{bench_tables.TEXT[part](figures)}\n"),
    )
    print(results.save(args.json, report))
    return OK
