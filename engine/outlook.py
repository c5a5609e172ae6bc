"""How long a script will be, and how long it will take, by the predicted length of its rows.

Standard library only at import.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.script.pace import Pace
    from engine.script.project import Project
    from engine.script.rows import ScriptRow

SPEED = "speed.json"  # in a project: seconds of work for one of sound, the last time
_USUALSPEED = {"float32": 4.1, "bfloat16": 2.0, "int8": 1.2}  # bark-small on two cores


class Clock:
    """How far a script is, and how long it will take, by the predicted length of its rows."""

    def __init__(self, project: Project) -> None:
        self._seconds = [project.pace_of(row).seconds(row.text) for row in project.script.rows]
        self._open = {i for i, state in enumerate(project.states()) if not state.settled}
        self._left = sum(self._seconds[i] for i in self._open)
        self._done = 0.0
        self._rows = len(self._seconds)
        self._started = time.monotonic()

    def note(self, row: int) -> None:
        """A row is finished; -1 for none."""
        if row in self._open:
            self._open.remove(row)
            self._left -= self._seconds[row]
            self._done += self._seconds[row]

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


def show_plan(
    project: Project,
    made: Project | None,
    pace_of: Callable[[ScriptRow], Pace],
    precision: str,
) -> None:
    """Print the rows, how long they will be, and how long that takes.

    made: what earlier runs have left. Its takes are found by what it was made with then.
    """
    from engine.bench import table
    from engine.script.selection import Standing

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
        ).settle_all()
    lines = []
    there = still = 0.0
    for row, state in zip(rows, states, strict=True):
        seconds = pace_of(row).seconds(row.text)
        if state.settled and state.measures is not None:
            there += state.measures.seconds
            length = f"{state.measures.seconds:.1f}"
        else:
            still += seconds
            length = f"~{seconds:.1f}"
        voice = project.voice_of(row) or "made up"
        lines.append([row.id, row.speaker, voice, "there" if state.settled else "", length])
    head, *listed = table(["row", "speaker", "voice", "", "seconds"], lines).splitlines()
    print(f"{head}  text")
    for line, row in zip(listed, rows, strict=True):
        print(f"{line}  {' '.join(row.text.split())}")
    speed = _USUALSPEED.get(precision, 2.0)
    if made is not None:
        with suppress(OSError, ValueError):
            speed = float(json.loads((made.folder / SPEED).read_bytes()))
    parallel = "; rows that continue each other are spoken one by one"
    print(
        f"{project.script.title}: {len(rows)} rows, about {clock(there + still)} of sound; "
        f"{clock(still)} of it is to be spoken, in about {clock(still * speed)}"
        f"{parallel if project.recipe.history == 'continue' else ''}"
    )
