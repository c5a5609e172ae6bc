"""How long rows are: as takes, and in the recording, where ends are trimmed and pauses between."""

from __future__ import annotations

from collections.abc import Callable

from engine.audio.join import Gaps
from engine.errors import UserError
from engine.recordings.pauses import pause_between
from engine.script.pace import Pace
from engine.script.rows import ScriptRow
from engine.script.selection import RowState
from engine.script.trims import kept_seconds

_GAPS = Gaps()


def has_sound(state: RowState | None) -> bool:
    """Whether there is a take to hear, be it one that does not count now."""
    return state is not None and (state.key or state.earlier) is not None


def seconds_of(
    row: ScriptRow, state: RowState | None, pace: Pace, said: Callable[[str], str]
) -> float:
    """The length of a row's take, or of what is left of it, or what is expected. said: what is
    spoken for a text."""
    if state is not None and has_sound(state) and state.measures is not None:
        if state.trim is not None:
            return kept_seconds(state.measures, state.trim)
        return state.measures.seconds
    return pace.seconds(spoken(row.text, said))


def recorded_seconds(
    row: ScriptRow, state: RowState | None, pace: Pace, said: Callable[[str], str]
) -> float:
    """What of a row's take is in the recording, or what is expected of it. said: as above."""
    if state is not None and has_sound(state) and state.measures is not None:
        return kept_seconds(state.measures, state.trim)
    return pace.seconds(spoken(row.text, said))


def spoken(text: str, said: Callable[[str], str]) -> str:
    """What is spoken for a text; the text where its replacements cannot be applied, which is said
    where they are written."""
    try:
        return said(text)
    except UserError:
        return text


def pause_before(before: ScriptRow | None, row: ScriptRow) -> float:
    """Seconds of silence before a row in the recording. before: the row above it."""
    return 0.0 if before is None else pause_between(_GAPS, before, row)
