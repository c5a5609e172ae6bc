"""A rendering on its way: which rows are at work, and how long it will go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from engine.api import Progress
from engine.job import Job
from engine.script.rows import ScriptRow
from gui.script.model import ScriptModel


class TimeLeft:
    """By what is expected of the rows and how fast this machine is: what it was the last time, and
    more and more what is seen."""

    def __init__(
        self,
        seconds: Mapping[str, float],
        speed: float = 0.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """It begins now. seconds: expected of the rows that are to be made, by id. speed: seconds
        of work for one of sound, 0 where nobody knows."""
        self._rows = dict(seconds)
        self._total = self._left = sum(self._rows.values())
        self._speed = speed
        self._now = now
        self._began = self._settled = now()

    def settle(self, row: str) -> None:
        """A row has its take."""
        self._left -= self._rows.pop(row, 0.0)
        self._settled = self._now()

    def seconds(self) -> float:
        """Seconds left; below 0 while nothing is known."""
        left = max(0.0, self._left)
        made, speed = self._total - left, self._speed
        if made > 0:
            seen = (self._settled - self._began) / made
            weight = made / (made + 20.0)
            speed = weight * seen + (1 - weight) * speed if speed else seen
        if not speed:
            return -1.0
        return max(0.0, speed * left - (self._now() - self._settled))


class AtWork:
    """job: that renders. rows: of the script, as it began. to_make: seconds expected of each row
    without a take, by id. way: see gui/studio/speeds.py."""

    def __init__(
        self,
        job: Job,
        rows: tuple[ScriptRow, ...],
        to_make: Mapping[str, float],
        way: str,
        speed: float,
    ) -> None:
        self.job = job
        self.rows = rows
        self.way = way
        self.queue = frozenset(to_make)
        self.left = TimeLeft(to_make, speed)

    def ids(self, progress: Progress) -> frozenset[str] | None:
        """The rows that are at work by this report; None where it does not say."""
        numbers = progress.rows or ((progress.row,) if progress.row >= 0 else ())
        if progress.stage == "rows" or not numbers:
            return None
        return frozenset(self.rows[number].id for number in numbers if number < len(self.rows))

    def row(self, number: int) -> ScriptRow | None:
        """The row of this number, which is settled now."""
        if not 0 <= number < len(self.rows):
            return None
        self.left.settle(self.rows[number].id)
        return self.rows[number]


def to_make(
    model: ScriptModel, rows: tuple[ScriptRow, ...], chosen: frozenset[str] | None
) -> dict[str, float]:
    """Seconds expected of every row without a take, by id. chosen: of these alone."""
    found = {}
    for row in rows:
        state = model.state(row.id)
        if (chosen is None or row.id in chosen) and not (state is not None and state.settled):
            found[row.id] = model.seconds(row)
    return found
