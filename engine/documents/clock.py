"""Times of a table as people and programs write them: seconds, clock times, frames."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CLOCK = re.compile(
    r"(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{1,2})(?:[.,](?P<part>\d{1,6}))?"
)
_FRAMES = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})[:;](\d{1,3})")
_RATES = (25, 30, 50, 60, 120)  # frames a second


def seconds(text: str, name: str, frames: int) -> float | None:
    """Of a cell; None where it is empty. name: of the column. frames: a second, where the times
    have any. Raises ValueError with a sentence."""
    text = text.strip()
    if not text:
        return None
    if match := _FRAMES.fullmatch(text):
        hours, minutes, whole, frame = map(int, match.groups())
        return hours * 3600 + minutes * 60 + whole + frame / max(frames, 1)
    if match := _CLOCK.fullmatch(text):
        whole = int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60
        return whole + float(f"{match['seconds']}.{match['part'] or 0}")
    try:
        return float(text.removesuffix("s").strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} is a number of seconds or 0:01:02.5, not {text[:30]}") from None


def frames_of(times: Iterable[str]) -> int:
    """How many frames a second times such as 00:00:01:12 have, by the highest that is met; 0 where
    none is written so."""
    most = max((int(match[4]) for text in times if (match := _FRAMES.fullmatch(text.strip()))),
               default=-1)  # fmt: skip
    return next((rate for rate in _RATES if most < rate), most + 1) if most >= 0 else 0
