"""How many rows stand where, and how long the whole is: up to date row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Tally:
    """Status and seconds of rows by id, and their sums. One thread at a time.

    statuses: how many rows of each RowState.status. misheard: how many were heard otherwise.
    seconds: of the recording: all rows, made or expected, and the pauses before them.
    """

    def __init__(self, rows: Iterable[tuple[str, str, float]] = ()) -> None:
        """rows: id, status and seconds of each."""
        self.statuses: Counter[str] = Counter()
        self.misheard = 0
        self._sound = 0.0
        self._silence = 0.0
        self._rows: dict[str, tuple[str, float, bool]] = {}
        self._pauses: dict[str, float] = {}
        for row in rows:
            self.put(*row)

    @property
    def seconds(self) -> float:
        """Of the whole recording."""
        return self._sound + self._silence

    def put(self, row: str, status: str, seconds: float, misheard: bool = False) -> None:
        """A row stands so now. misheard: its take was heard otherwise than it was meant."""
        self._take_out(row)
        self._rows[row] = status, seconds, misheard
        self.statuses[status] += 1
        self.misheard += misheard
        self._sound += seconds

    def put_pause(self, row: str, seconds: float) -> None:
        """So many seconds of silence before a row."""
        self._silence += seconds - self._pauses.get(row, 0.0)
        self._pauses[row] = seconds

    def drop(self, row: str) -> None:
        """A row is gone, if it was there."""
        self._take_out(row)
        self._silence -= self._pauses.pop(row, 0.0)

    def without_rows(self) -> Tally:
        """Another one with the same pauses: the rows are counted anew."""
        other = Tally()
        other._pauses, other._silence = dict(self._pauses), self._silence
        return other

    def _take_out(self, row: str) -> None:
        if row in self._rows:
            status, seconds, misheard = self._rows.pop(row)
            self.statuses[status] -= 1
            self.misheard -= misheard
            self._sound -= seconds
