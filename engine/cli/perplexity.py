"""The command `perplexity`: what other numbers change for a text model, measured on a text.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import stdin
from engine.cli.exit_codes import INTERRUPTED, OK
from engine.cli.options import Parser, needs_text
from engine.cli.table import table
from engine.cli.terminal import ERASE, live
from engine.errors import UserError
from engine.system.marks import marked

if TYPE_CHECKING:
    from engine.api import Progress
    from engine.readings import Compared, Comparison


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `perplexity`."""
    needs_text(parser, run)
    parser.add_argument("file", metavar="FILE", help="a text of yours; - reads standard input")
    parser.add_argument(
        "--model",
        default="smollm2",
        help="folder, GGUF file, owner/model of the Hub, gpt2, or smollm2 (default)",
    )
    parser.add_argument(
        "--tokens", type=int, default=1024, metavar="N", help="of its beginning, default 1024"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--json", action="store_true", help="for programs: one JSON object")


def run(args: argparse.Namespace) -> int:
    """Read the text with each precision; nothing is written."""
    from engine.api import Cancelled
    from engine.models.packaged import find
    from engine.readings import ComparisonRequest
    from engine.text.engine import TextEngine

    text = stdin.read_text() if args.file == "-" else _read(args.file)
    try:
        request = ComparisonRequest(text=text, tokens=args.tokens)
    except ValueError as error:
        raise UserError(str(error)) from error
    engine = TextEngine(find(args.model), device=args.device)
    try:
        found = engine.generate(request, _show)
    except (KeyboardInterrupt, Cancelled):
        print("\nstopped", file=sys.stderr)
        return INTERRUPTED
    finally:
        engine.close()
    if sys.stderr.isatty():
        print(ERASE, end="", file=live(sys.stderr))
    if args.json:
        print(json.dumps(marked({"format": 1, "model": args.model, **dataclasses.asdict(found)})))
    else:
        print(as_table(found))
    return OK


def as_table(found: Comparison) -> str:
    """The figures for people."""
    rows = [
        [row.precision, row.key_values, *([row.why, "", ""] if row.why else _figures(row, found))]
        for row in found.rows
    ]
    head = ["weights", "keys and values", "perplexity", "other likeliest tokens", "a step reads"]
    said = f"{found.tokens} tokens were foretold"
    if found.left_out:
        said += f"; {found.left_out} more of the text were not looked at (--tokens)"
    return f"{table(head, rows)}\n{said}"


def _figures(row: Compared, found: Comparison) -> list[str]:
    share = f"{row.differ} ({row.differ / found.tokens:.1%})"
    return [f"{row.perplexity:.3f}", share, f"{row.step_bytes / 1e6:.0f} MB"]


def _read(name: str) -> str:
    from engine.documents.encoding import decode
    from engine.system.outside import TEXT_BYTES, read_outside

    try:
        data = read_outside(Path(name), TEXT_BYTES)
    except OSError as error:
        raise UserError(f"cannot read {name} ({error})") from error
    text, note = decode(data, name)
    if note:
        print(f"bark-studio: {note}", file=sys.stderr)
    return text


def _show(progress: Progress) -> None:
    if sys.stderr.isatty() and progress.stage == "prefill":
        share = progress.done / progress.total
        print(f"\rreading {share:.0%} …", end="", file=live(sys.stderr), flush=True)
