"""What is asked of a rendering, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.api import Metrics, SpeechRow, Take
from engine.script.project import Project
from engine.script.selection import RowState


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RenderRequest:
    """Make the takes that are missing. rows: ids, and with them the rows that they continue; None
    is the whole script."""

    project: Project
    rows: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class TakeOrder:
    """One take to make."""

    index: int  # of the row
    number: int
    key: str
    row: SpeechRow
    given: SpeechRow  # the same as the engine gets it: Japanese as it is read


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A take that is stored, or what cannot be made."""

    order: TakeOrder
    take: Take | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rendering:
    """What was done. states: of every row of the script. made: new takes. rerolled: those of them
    that were made because an earlier one had failed. reused: rows that were settled before.
    seconds: of sound made. busy: share of the time in which the engine loaded or worked, 1 where it
    was not needed. metrics: of the engine, summed up. notes: its sentences for the user.
    heard: takes that a recogniser heard. listening: seconds that took, beside the engine. unheard:
    why it could not, "" where it could, or nobody asked."""

    states: tuple[RowState, ...]
    made: int = 0
    rerolled: int = 0
    reused: int = 0
    seconds: float = 0.0
    busy: float = 1.0
    metrics: Metrics = field(default_factory=Metrics)
    notes: tuple[str, ...] = ()
    heard: int = 0
    listening: float = 0.0
    unheard: str = ""

    @property
    def failed(self) -> tuple[RowState, ...]:
        """Rows without a good take."""
        return tuple(state for state in self.states if state.status == "failed")
