"""The command `bench story`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress

from engine.bench import columns, kept, results, speech, story, story_environment, text
from engine.cli.bench_options import Clock, add_json, check_json, number, positive
from engine.cli.exit_codes import OK
from engine.cli.options import Parser
from engine.cli.table import table
from engine.errors import UserError
from engine.setup import locks


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench story`."""
    parser.set_defaults(run=run, needs_text=True)
    parser.add_argument(
        "--model", metavar="FOLDER|ID", help="a Bark checkpoint (default: as for `bench speech`)"
    )
    parser.add_argument(
        "--text-model",
        default=text.RANDOM,
        help=f"a folder of GPT-2, gpt2, or {text.RANDOM} (default)",
    )
    parser.add_argument(
        "--tokens", type=number, default=64, metavar="N", help="semantic ones, default 64"
    )
    parser.add_argument(
        "--loops", type=number, default=5, metavar="N", help="of each, default 5; the text: 100"
    )
    parser.add_argument("--minutes", type=positive, metavar="M", help="for Bark's rounds")
    parser.add_argument(
        "--yes",
        action="store_true",
        help=f"make the environment of the texts' code without asking: {story_environment.SIZE}",
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Make the environment, once, and measure."""
    from engine.models.bark import find

    check_json(args, args.model)
    clock = Clock()
    if not story_environment.is_ready():
        if not (args.yes or _agreed()):
            raise UserError(
                "the texts' own code needs an environment of its own, "
                f"{story_environment.SIZE}: say --yes"
            )
        story_environment.make(clock, hashed=locks.is_hashed(clock))
    folder = find(args.model).resolve() if args.model else speech.random_checkpoint(clock)
    report = story.measure(
        folder,
        model=args.model or speech.RANDOM,
        text_model=args.text_model,
        tokens=args.tokens,
        loops=args.loops,
        minutes=args.minutes,
        tell=clock,
    )
    with suppress(UserError):  # the window shows it; the report itself is printed below
        kept.keep(report)
    line = results.save(args.json, report)
    shown = columns.story(report)
    print(table(shown.head, shown.rows))
    print()
    print("\n".join([*shown.notes, columns.machine(report, "torch", "tensorflow")]))
    print(line)
    return OK


def _agreed() -> bool:
    """Ask, where somebody is there to answer."""
    if not sys.stdin.isatty():
        return False
    question = f"Make an environment for the texts' own code ({story_environment.SIZE})? [y/N] "
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
