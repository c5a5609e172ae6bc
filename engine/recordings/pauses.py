"""Which silence stands between two rows of a recording."""

from __future__ import annotations

from engine.audio.join import Gaps
from engine.script.rows import ScriptRow


def pause_between(gaps: Gaps, before: ScriptRow, row: ScriptRow) -> float:
    """Seconds: what the row says itself, or by what stands between the two."""
    if row.pause is not None:
        return row.pause
    return gaps.between(
        before.text,
        new_speaker=before.speaker != row.speaker,
        new_chapter=before.chapter != row.chapter or before.heading,
    )
