"""How many rows stand where, how long the whole is and will take: up to date row by row."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping


class Tally:
    """Status and seconds of rows by id, and their sums. One thread at a time.

    statuses: how many rows of each RowState.status. seconds: of all rows, made or expected.
    """

    def __init__(self, rows: Iterable[tuple[str, str, float]] = ()) -> None:
        """rows: id, status and seconds of each."""
        self.statuses: Counter[str] = Counter()
        self.seconds = 0.0
        self._rows: dict[str, tuple[str, float]] = {}
        for row in rows:
            self.put(*row)

    def put(self, row: str, status: str, seconds: float) -> None:
        """A row stands so now."""
        self.drop(row)
        self._rows[row] = status, seconds
        self.statuses[status] += 1
        self.seconds += seconds

    def drop(self, row: str) -> None:
        """A row is gone, if it was there."""
        if row in self._rows:
            status, seconds = self._rows.pop(row)
            self.statuses[status] -= 1
            self.seconds -= seconds


class TimeLeft:
    """How long a rendering will go on, by the sound that is made already and what is expected."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        """It begins now. seconds: expected of the rows that are to be made, by id."""
        self._rows = dict(seconds)
        self._total = self._left = sum(self._rows.values())
        self._began = time.monotonic()

    def settle(self, row: str) -> None:
        """A row has its take."""
        self._left -= self._rows.pop(row, 0.0)

    def seconds(self) -> float:
        """Seconds left; below 0 while nothing is known."""
        left = max(0.0, self._left)
        made = self._total - left
        return (time.monotonic() - self._began) * left / made if made > 0 else -1.0
