"""One text of a batch on its way, and its recordings that can be written while it is spoken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from engine.conversion.going import Going

if TYPE_CHECKING:
    from engine.recordings.recording import Recording
    from engine.recordings.write import Deliverer
    from engine.script.project import Project
    from engine.script.rendering import Rendering
    from engine.script.selection import Standing


@dataclass(eq=False)
class OnItsWay:
    """One input on its way."""

    source: Path
    project: Project
    going: Going
    deliverer: Deliverer
    rendering: Rendering | None = None
    recordings: list[Recording] = field(default_factory=list)
    predicted: float | None = None  # seconds of work


class Early:
    """Writes recordings of a chapter or a row while the next ones are spoken."""

    def __init__(self, script: OnItsWay, background: ThreadPoolExecutor) -> None:
        self._script, self._background = script, background
        self._standing: Standing | None = None
        self._open: dict[PurePosixPath, set[int]] = {}

    def note(self, row: int) -> None:
        """A row is finished."""
        deliverer = self._script.deliverer
        if len(deliverer.parts) == 1:
            return  # it is complete only in the end
        if self._standing is None:
            self._standing = self._script.project.standing()
            states = self._standing.settle_all()
            for part in deliverer.parts:
                self._open[part.path] = {i for i in part.rows if not states[i].settled}
        self._standing.settle(row)
        part = deliverer.part_of[row]
        self._open[part.path].discard(row)
        if not self._open[part.path]:
            states = self._standing.states
            now = {i: states[i] for i in part.rows}
            # Its errors come again when everything is written in the end.
            self._background.submit(deliverer.write, part, now)
