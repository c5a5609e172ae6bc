"""How long a training goes on, and how its rate falls until then: a cosine over the wall clock."""

from __future__ import annotations

import argparse
import math
import time


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--until or --hours."""
    parser.add_argument("--until", metavar="HH:MM", help="stop at this time of day")
    parser.add_argument("--hours", type=float, help="stop after so many hours")
    parser.add_argument("--flat", type=float, default=0.4, help="share at the full rate (0.4)")


class Until:
    """The end of a training."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.start = time.time()
        if args.hours is not None:
            self.end = self.start + 3600 * args.hours
        elif args.until:
            now = time.localtime()
            hour, minute = map(int, args.until.split(":"))
            ahead = (hour * 60 + minute - now.tm_hour * 60 - now.tm_min) * 60 - now.tm_sec
            self.end = self.start + ahead % 86_400
        else:
            raise SystemExit("say --until HH:MM or --hours N")
        self.flat = args.flat

    def over(self) -> bool:
        """Is it time to stop?"""
        return time.time() >= self.end

    def factor(self) -> float:
        """Of the learning rate: 1 for a while, then a cosine down to 2 %."""
        done = (time.time() - self.start) / max(1.0, self.end - self.start)
        done = min(1.0, max(0.0, (done - self.flat) / max(1e-9, 1 - self.flat)))
        return 0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2
