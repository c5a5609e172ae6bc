"""How many rows stand where, and how long the whole is: up to date row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


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
