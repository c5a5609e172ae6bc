"""How far the speaking of some sentences is, and how long it will take.

By what is expected of the text and how fast this machine was with this model: never by the longest
that the model could speak.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from engine.api import Progress

_NOT_OVER = 0.97  # of the bar of a stage that is still at work, however late it is
_ASIDE = ("load", "compile")  # stages that are no work on a sentence


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known before the work. seconds: of the sound of each row. speed: seconds of work for
    one of sound, 0 where that was never measured. rates: tokens that a stage makes for a second of
    sound."""

    seconds: Sequence[float]
    speed: float
    rates: Mapping[str, float]


class Outlook:
    """Hears every Progress of a request. GUI thread."""

    def __init__(self, expected: Expected, now: Callable[[], float] = time.perf_counter) -> None:
        self._expected = expected
        self._now = now
        self._began = 0.0  # the work itself, after loading
        self._settled = 0.0  # when the last row was finished
        self._open = set(range(len(expected.seconds)))
        self._row = -1  # the one at work; -1 for several at once

    @property
    def seconds(self) -> float:
        """Seconds of work up to now, without loading."""
        return self._now() - self._began if self._began else 0.0

    def note(self, progress: Progress) -> None:
        """Hear of a step."""
        now = self._now()
        if progress.stage in _ASIDE:
            return
        if not self._began:
            self._began = self._settled = now
        if progress.stage == "rows":
            self._open.discard(progress.row)
            self._settled = now
        else:
            self._row = progress.row

    def share(self, progress: Progress) -> float:
        """How much of a stage is done, 0 … 1, for all rows together."""
        rate = self._expected.rates.get(progress.stage, 0.0)
        tokens = rate * sum(self._expected.seconds)
        if tokens:
            return min(progress.done / tokens, _NOT_OVER if self._open else 1.0)
        rows = max(1, len(self._expected.seconds))
        now = progress.done / progress.total if progress.total and progress.row in self._open else 0
        return (rows - len(self._open) + now) / rows

    def left(self) -> float:
        """Seconds until everything is spoken; below 0 while nothing is known."""
        expected = self._expected
        open_seconds = sum(expected.seconds[row] for row in self._open)
        made = sum(expected.seconds) - open_seconds
        speed = expected.speed
        if made > 0:  # by what was seen, more and more
            seen = (self._settled - self._began) / made
            weight = made / (made + 5.0)
            speed = weight * seen + (1 - weight) * speed if speed else seen
        if not speed:
            return -1.0
        since = self._now() - self._settled if self._began else 0.0
        return max(0.0, speed * open_seconds - since)

    def words(self) -> str:
        """The line below the stages: which sentence, and the time left."""
        translate = QCoreApplication.translate
        words = []
        rows = len(self._expected.seconds)
        if rows > 1 and self._row >= 0:
            words.append(translate("Outlook", "Sentence {0} of {1}").format(self._row + 1, rows))
        elif rows > 1:
            done = rows - len(self._open)
            words.append(translate("Outlook", "{0} of {1} sentences are made").format(done, rows))
        left = self.left()
        if left >= 1:
            words.append(translate("Outlook", "about {0} left").format(duration(left)))
        elif left >= 0:
            words.append(translate("Outlook", "almost done"))
        return " · ".join(words)


def duration(seconds: float) -> str:
    """ "8 s" or "2:05 min"."""
    if round(seconds) < 60:
        return QCoreApplication.translate("Outlook", "{} s").format(f"{seconds:.0f}")
    minutes, seconds = divmod(round(seconds), 60)
    return QCoreApplication.translate("Outlook", "{} min").format(f"{minutes}:{seconds:02d}")
