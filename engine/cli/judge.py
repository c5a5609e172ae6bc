"""The option --judge: a recogniser that says how well something is understood. Standard library
only at import."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.listening.process import Ears

_MOST = 24  # sentences that there are


def add_judge(parser: argparse.ArgumentParser, default: str, help: str) -> None:
    """Give a parser --judge. default: the recogniser where none is named."""
    parser.add_argument(
        "--judge",
        nargs="?",
        const=default,
        metavar="NAME|FOLDER",
        help=f"{help}; {default} (`models get {default}`) if nothing else is said",
    )


def add_sentences(parser: argparse.ArgumentParser, default: int) -> None:
    """Give a parser --sentences."""
    parser.add_argument(
        "--sentences",
        type=_count,
        default=default,
        metavar="N",
        help=f"with --judge: how many are spoken and heard, 1 to {_MOST} (default: {default})",
    )


def _count(text: str) -> int:
    """For argparse: a whole number of sentences."""
    if not text.isdecimal() or not 1 <= int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {_MOST}, not {text!r}")
    return int(text)


@contextmanager
def judging(name: str) -> Iterator[Ears]:
    """A recogniser of this machine, until the block ends. Raises UserError where there is none, or
    the packages for listening are missing."""
    from importlib.util import find_spec

    from engine.errors import UserError
    from engine.listening.process import Ears
    from engine.listening.whisper import MISSING
    from engine.models.recognisers import find

    folder = find(name)
    if find_spec("faster_whisper") is None:
        raise UserError(MISSING.replace("--listen", "--judge"))
    ears = Ears(folder, threads=os.cpu_count() or 1)
    try:
        yield ears
    finally:
        ears.close()
