"""What the dispatcher knows of one node: what it has to do, and how fast it is.

Speeds are predicted seconds of sound for a second of the clock. The clock may jump: what it says of
a node counts up to a bound, and time never runs backwards.
"""

from __future__ import annotations

from collections.abc import Hashable

Key = Hashable

_HALF_LIFE = 600.0  # seconds after which what was measured counts half
_LONGEST_SILENCE = 600.0  # seconds without a take that are believed
_PRIOR = 30.0  # seconds of the clock that the first guess counts for
_SLOWEST, _FASTEST = 1e-3, 1e4  # speeds that are believed


class Worker:
    """A node's rows, the first ones first, and its speed."""

    __slots__ = (
        "_done",
        "_guess",
        "_time",
        "alone",
        "copied",
        "finished",
        "heard",
        "name",
        "refused",
        "rows",
        "seconds",
        "slots",
        "speed",
        "version",
    )

    def __init__(self, name: str, slots: int, guess: float, now: float) -> None:
        """slots: rows that it speaks together. guess: its speed, before anything is known."""
        self.name = name
        self.slots = slots
        self.rows: dict[Key, float] = {}  # given and not finished → predicted seconds
        self.alone: dict[Key, None] = {}  # those of them that no other node has
        self.seconds = 0.0  # of rows
        self.copied = 0.0  # of those that another one has, too
        self.heard = now  # when it last was given something to begin with, or finished something
        self.finished = 0  # rows
        self.refused = 0  # rows
        self.version = 0  # counts changes, so that an old rank is known as one
        self._done = self._time = 0.0
        self._guess = self.speed = _believed(guess)

    def give(self, key: Key, seconds: float, now: float, *, copy: bool) -> None:
        """One more row. copy: another node has it as well."""
        if not self.rows:
            self.heard = max(self.heard, now)
        self.rows[key] = seconds
        self.seconds += seconds
        if copy:
            self.copied += seconds
        else:
            self.alone[key] = None
        self.version += 1

    def take(self, key: Key) -> None:
        """This row is no longer its to do."""
        seconds = self.rows.pop(key, None)
        if seconds is None:
            return
        self.seconds -= seconds
        if key in self.alone:
            del self.alone[key]
        else:
            self.copied -= seconds
        if not self.rows:  # what sums of floats leave
            self.seconds = self.copied = 0.0
        self.version += 1

    def share(self, key: Key) -> None:
        """Another node has this row, too."""
        del self.alone[key]
        self.copied += self.rows[key]
        self.version += 1

    def regain(self, key: Key) -> None:
        """Nobody else has this row any more."""
        if key in self.rows and key not in self.alone:
            self.alone[key] = None
            self.copied -= self.rows[key]
            self.version += 1

    def note(self, seconds: float, now: float) -> None:
        """A row of so many predicted seconds came back."""
        elapsed = min(max(now - self.heard, 0.0), _LONGEST_SILENCE)
        self.heard = max(self.heard, now)
        self.finished += 1
        fade = 0.5 ** (elapsed / _HALF_LIFE)
        self._done = self._done * fade + seconds
        self._time = self._time * fade + elapsed
        guess = max(_PRIOR * 0.5 ** (self.finished / 8), 1e-6)
        self.speed = _believed((self._done + guess * self._guess) / (self._time + guess))

    def end(self, now: float) -> float:
        """When it will have finished what it alone has: never in the past. Its last row was begun
        when it was last heard of, or waits. One that is overdue is expected to take as long again
        as it has been silent for."""
        if not self.alone:
            return now
        last = self.rows[next(reversed(self.alone))]
        end = self.heard + max(self.seconds - self.copied, last * self.slots) / self.speed
        return end if end >= now else now + (now - self.heard)

    def would_take(self, seconds: float) -> float:
        """Seconds of the clock for one more row of so many predicted seconds, in a free slot."""
        return seconds * self.slots / self.speed


def _believed(speed: float) -> float:
    return min(max(speed, _SLOWEST), _FASTEST)
