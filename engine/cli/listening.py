"""Options by which takes are heard. Standard library only at import."""

from __future__ import annotations

import argparse
import sys
from typing import Any

_BASE = "whisper-base"


def add_listening(group: argparse._ArgumentGroup) -> None:
    """Give a group of options --listen, and what belongs to it."""
    group.add_argument(
        "--listen",
        nargs="?",
        const=_BASE,
        metavar="NAME|FOLDER",
        help="have a recogniser hear every take, and speak those again that are not what was "
        "meant, up to --takes; the best is kept. Of the words of the starter voice's first edition "
        "another recogniser heard 14.9 %% otherwise in first takes, and 11.8 %% in those chosen of "
        "four (the difference lies between 2.0 and 4.3), in 4.3 times the time. "
        f"{_BASE} (`models get {_BASE}`, 150 MB) if nothing else is said; of a project that was "
        "finished without, what was not heard is heard",
    )
    group.add_argument(
        "--misheard",
        type=float,
        metavar="SHARE",
        help="with --listen: the share of words that may be heard otherwise, 0 to 1 (default: what "
        "the language asks for; 0.15 in English)",
    )


def listening_from(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of a Recipe. Says it where nothing can be heard; raises UserError for a name that
    is none."""
    if args.listen is None:
        return {"misheard": args.misheard}
    from engine.conversion.hearing import recogniser_for

    def say(sentence: str) -> None:
        print(f"bark-studio: {sentence}", file=sys.stderr)

    by = recogniser_for(args.listen, say)
    return {
        "listen": by,
        "listener": args.listen if by else "",
        "probable": bool(by),
        "believed": bool(by),
        "misheard": args.misheard,
    }
