"""A word before much is installed. Standard library only."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.errors import UserError
from engine.setup import environment, packages

_TEXT = "writing needs TensorFlow, which is a download of about 600 MB"


def agree_to_text(root: Path, *, yes: bool) -> None:
    """Ask on a terminal before what writing needs is installed, where that is missing. yes: it was
    said already. Raises UserError for no, and where there is nobody to ask."""
    lacking = set(packages.missing(text=True)) - set(packages.missing())
    if yes or not lacking or environment.is_ready(root, text=True):
        return
    streams = (sys.stdin, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise UserError(f"{_TEXT}: give --yes, and it is installed")
    print(f"{_TEXT}. Install it now? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UserError(f"{_TEXT}: nothing was installed")
