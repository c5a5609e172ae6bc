"""The command `bench text`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse

from engine.bench import results, text
from engine.cli import bench_tables
from engine.cli.bench_options import Clock, add_json, check_json, list_of, number, one_of, positive
from engine.cli.exit_codes import OK
from engine.cli.options import Parser, needs_text


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench text`."""
    needs_text(parser, run)
    parser.add_argument(
        "--model",
        type=list_of(str),
        default=(text.RANDOM,),
        metavar="NAME,…",
        help=f"as for write, several with commas; {text.RANDOM}, the default, is random weights "
        "with the dimensions of GPT-2 small",
    )
    parser.add_argument(
        "--search",
        type=list_of(one_of(*text.SEARCHES)),
        default=("greedy",),
        metavar="NAME,…",
        help=f"of {', '.join(text.SEARCHES)}; beam follows two (default: greedy)",
    )
    parser.add_argument(
        "--compare",
        type=list_of(one_of(*text.OTHERS)),
        default=("eager",),
        metavar="NAME,…",
        help=f"of {', '.join(text.OTHERS)}, of which libraries have to be installed (default: "
        f"eager, which is ours without compiling); {text.OWN_STEP} is ours by the step in C",
    )
    parser.add_argument(
        "--batch",
        type=list_of(number),
        default=(1,),
        metavar="N,…",
        help="rows written together, such as 1,8 (default: 1)",
    )
    parser.add_argument("--prompt", type=number, default=64, metavar="N", help="tokens, default 64")
    parser.add_argument("--tokens", type=number, default=192, metavar="N", help="new, default 192")
    parser.add_argument(
        "--loops", type=number, default=5, metavar="N", help="later calls of each, default 5"
    )
    parser.add_argument(
        "--minutes", type=positive, metavar="M", help="for each model, search and number of rows"
    )
    parser.add_argument(
        "--examples", action="store_true", help="also the small examples of the text on XLA"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Measure text generation; a table is printed as soon as its figures are there."""
    check_json(args, *args.model)
    report = text.measure(
        args.model,
        others=args.compare,
        searches=args.search,
        batches=args.batch,
        prompt=args.prompt,
        tokens=args.tokens,
        loops=args.loops,
        minutes=args.minutes,
        examples=args.examples,
        tell=Clock(),
        show=lambda part, figures: print(f"{bench_tables.TEXT[part](figures)}\n", flush=True),
    )
    print(results.save(args.json, report))
    return OK
