"""Options that keep the time of subtitles. Standard library only at import."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from engine.errors import UserError

if TYPE_CHECKING:
    from engine.recordings.timed import Timing

_BOUNDS = "0.8,1.3"


def add_timing(group: argparse._ArgumentGroup) -> None:
    """Give a group of options --timed, and what belongs to it."""
    group.add_argument(
        "--timed",
        action="store_true",
        help="of subtitles, and of tables with start and end: every sound begins at its cue, "
        "stretched to its length where that is within --stretch, with silence between; cues that "
        "are too short are listed",
    )
    group.add_argument(
        "--stretch",
        metavar="SLOWEST,FASTEST",
        help=f"with --timed: how slow and how fast a sound may become, 1 is as it was spoken; 1,1 "
        f"never changes it (default: {_BOUNDS})",
    )
    group.add_argument(
        "--length",
        metavar="TIME",
        help="with --timed: how long the recording is, in seconds or as 1:02:03.5 (default: it "
        "ends with the last cue)",
    )


def timing_from(args: argparse.Namespace) -> Timing | None:
    """What was asked for; None without --timed. Raises UserError."""
    if not args.timed:
        for name in ("stretch", "length"):
            if getattr(args, name) is not None:
                raise UserError(f"--{name} belongs to --timed: add that, or leave --{name} out")
        return None
    from engine.documents.clock import seconds
    from engine.recordings.timed import Timing

    length = None
    if args.length is not None:
        try:
            length = seconds(args.length, "--length", 0)
        except ValueError as error:
            raise UserError(str(error)) from error
    try:
        slowest, fastest = map(float, (args.stretch or _BOUNDS).split(","))
    except ValueError:
        raise UserError(f"--stretch is two numbers such as {_BOUNDS}, not {args.stretch}") from None
    return Timing(slowest=slowest, fastest=fastest, length=length)
