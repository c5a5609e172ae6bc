"""How long a script will be, and how long it will take, by the predicted length of its rows.

Standard library only at import.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.recordings.plan import Delivery
    from engine.script.pace import Pace
    from engine.script.project import Project
    from engine.script.rows import ScriptRow

_USUAL_SPEED = {"float32": 4.1, "bfloat16": 2.0, "int8": 1.2}  # bark-small on two cores


class Clock:
    """How far a script is, and how long it will take, by the predicted length of its rows."""

    def __init__(self, project: Project) -> None:
        from engine.script.pronunciation import saying

        say = saying(project.recipe, project.language_of_numbers)
        rows = project.script.rows
        self._seconds = [project.pace_of(row).seconds(say(row.text)) for row in rows]
        self._open = {i for i, state in enumerate(project.states()) if not state.settled}
        self.open = frozenset(self._open)  # rows that were to be spoken
        self._left = sum(self._seconds[i] for i in self._open)
        self.predicted = self._left  # seconds of sound
        self._done = 0.0
        self._rows = len(self._seconds)
        self._started = time.monotonic()

    def note(self, row: int) -> None:
        """A row is finished; -1 for none."""
        if row in self._open:
            self._open.remove(row)
            self._left -= self._seconds[row]
            self._done += self._seconds[row]

    @property
    def left(self) -> float:
        """Predicted seconds of sound of the rows that are open."""
        return max(self._left, 0.0)

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows are finished, and how many there are."""
        return self._rows - len(self._open), self._rows

    def words(self, stage: str) -> str:
        """For the live line."""
        words = f"row {self._rows - len(self._open)} of {self._rows}"
        if stage != "rows":
            words += f", {stage}"
        if self._done:
            left = (time.monotonic() - self._started) * self._left / self._done
            words += f", {clock(left)} left"
        return words


def clock(seconds: float) -> str:
    """1:05:09, or 5:09."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row before the work. voice: "" for one that the model makes up. there: it is settled, and
    will not be spoken. seconds: of its sound, predicted or measured. spoken: what is said for its
    text."""

    row: ScriptRow
    voice: str
    there: bool
    seconds: float
    predicted: bool
    spoken: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A script before the work. work: seconds that the rows which are not there will take.
    parallel: whether rows are spoken together. measured: the work is predicted by the last speed of
    this machine with this model; else it is a guess."""

    title: str
    rows: tuple[PlannedRow, ...]
    work: float
    parallel: bool
    measured: bool = False

    @property
    def sound(self) -> float:
        """Seconds of all rows."""
        return sum(row.seconds for row in self.rows)

    @property
    def open(self) -> float:
        """Seconds of the rows that are to be spoken."""
        return sum(row.seconds for row in self.rows if row.predicted)


def plan_of(
    project: Project,
    made: Project | None,
    pace_of: Callable[[ScriptRow], Pace],
    precision: str,
    as_read: Callable[[str], str],
    speed: float | None = None,
) -> Plan:
    """The rows, how long they will be, and how long that takes.

    as_read: what the model is given for a text that is said.
    speed: seconds of work for one of sound; None where that was never measured. made: what earlier
    runs have left. Its takes are found by what it was made with then.
    """
    from engine.script.pronunciation import saying
    from engine.script.selection import Standing
    from engine.script.trims import kept_seconds

    say = saying(project.recipe, project.language_of_numbers)
    rows = project.script.rows
    states = project.states()
    if made is not None:
        states = Standing(
            rows,
            recipe=project.recipe,
            maker=made.maker,
            store=made.store,
            voices=[project.voice_of(row) for row in rows],
            choices=[made.choice(row.id) for row in rows],
            paces=[pace_of(row) for row in rows],
            earlier=made.earlier,
            made_up=made.made_up,
            held=made.held,
            language=project.language_of_numbers,
            readings=made.readings,
        ).settle_all()
    planned = []
    for row, state in zip(rows, states, strict=True):
        measured = state.measures if state.settled else None
        spoken = say(row.text)
        seconds = measured.seconds if measured else pace_of(row).seconds(spoken)
        if measured and state.trim:
            seconds = kept_seconds(measured, state.trim)
        voice = project.voice_of(row) or ""
        is_new = measured is None
        planned.append(PlannedRow(row, voice, state.settled, seconds, is_new, as_read(spoken)))
    still = sum(row.seconds for row in planned if row.predicted)
    return Plan(
        title=project.script.title,
        rows=tuple(planned),
        work=still * (speed or usual_speed(precision)),
        parallel=project.recipe.history != "continue",
        measured=speed is not None,
    )


def usual_speed(precision: str) -> float:
    """Seconds of work for one of sound, of a model that was not measured here."""
    return _USUAL_SPEED.get(precision, 2.0)


def overruns(
    project: Project, delivery: Delivery, pace_of: Callable[[ScriptRow], Pace]
) -> list[str]:
    """Sentences on subtitles that the sound will not keep to, by what is predicted of it; [] where
    nothing is timed."""
    from engine.recordings.timed import foretold
    from engine.script.pronunciation import saying
    from engine.script.trims import kept_seconds

    if delivery.timing is None:
        return []
    say = saying(project.recipe, project.language_of_numbers)
    rows = project.script.rows
    seconds = [
        (kept_seconds(state.measures, state.trim) if state.trim else state.measures.speech)
        if state.settled and state.measures
        else pace_of(row).seconds(say(row.text))
        for row, state in zip(rows, project.states(), strict=True)
    ]
    return foretold(rows, seconds, delivery.gaps, delivery.timing)
