"""How long rows are: as takes, and in the recording, where ends are trimmed and pauses between."""

from __future__ import annotations

from engine.audio.join import Gaps, trimmed_seconds
from engine.recordings.pauses import pause_between
from engine.script.pace import Pace
from engine.script.rows import ScriptRow
from engine.script.selection import RowState

_GAPS = Gaps()


def has_sound(state: RowState | None) -> bool:
    """Whether there is a take to hear, be it one that does not count now."""
    return state is not None and (state.key or state.earlier) is not None


def seconds_of(row: ScriptRow, state: RowState | None, pace: Pace) -> float:
    """The length of a row's take, or what is expected of it."""
    if state is not None and has_sound(state) and state.measures is not None:
        return state.measures.seconds
    return pace.seconds(row.text)


def recorded_seconds(row: ScriptRow, state: RowState | None, pace: Pace) -> float:
    """What of a row's take is in the recording, or what is expected of it."""
    if state is not None and has_sound(state) and state.measures is not None:
        measures = state.measures
        return trimmed_seconds(measures.seconds, measures.lead, measures.tail)
    return pace.seconds(row.text)


def pause_before(before: ScriptRow | None, row: ScriptRow) -> float:
    """Seconds of silence before a row in the recording. before: the row above it."""
    return 0.0 if before is None else pause_between(_GAPS, before, row)
