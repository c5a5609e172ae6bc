"""What the subjects of `bench` share: options, the file of results, lines that tell the time.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.cli.options import Parser, add_permission, permission_from
from engine.recordings.ownership import free
from engine.system.atomic_files import check_writable


def add_json(parser: Parser) -> None:
    """Give the parser --json, and what to do about a file that is there."""
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the line of JSON to a file as well"
    )
    add_permission(parser)


def check_json(args: argparse.Namespace, *reads: Path | str | None) -> None:
    """Raise UserError, before the work, where the report cannot or must not be written. reads:
    files that are read, which are never replaced."""
    if args.json is not None:
        free(args.json, permission_from(args, *reads))
        check_writable(args.json)


def number(text: str) -> int:
    """For argparse: a whole number from 1 on."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on, not {text!r}")
    return int(text)


def positive(text: str) -> float:
    """For argparse: a number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0, not {text!r}")
    return value


def one_of(*words: str) -> Callable[[str], str]:
    """For argparse: one of some words."""

    def parse(text: str) -> str:
        if text not in words:
            raise argparse.ArgumentTypeError(f"one of {', '.join(words)}, not {text!r}")
        return text

    return parse


def list_of(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """For argparse: "1,8" → (1, 8), each once."""
    return lambda text: tuple(dict.fromkeys(kind(part) for part in text.split(",")))


class Clock:
    """Lines on standard error, each with the seconds since the first."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, line: str) -> None:
        """Tell a line."""
        seconds = time.monotonic() - self._start
        print(f"{seconds:5.0f} s  {line}", file=sys.stderr, flush=True)
