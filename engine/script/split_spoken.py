"""Rows that are too long only as they are spoken: "$1,234,567" is a sentence in words."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from engine.script.pace import START, Pace, letters
from engine.script.rows import Ids, Script, ScriptRow
from engine.script.split import LONGEST, SHORTEST, split, split_row


def split_spoken(
    script: Script,
    say: Callable[[str], str],
    *,
    pace_of: Callable[[ScriptRow], Pace] = lambda row: START,
    longest: float = LONGEST,
    most: float = inf,
) -> Script:
    """The script that `split_script` made, with rows whose words are too long split once more.

    say: what is spoken for a text. longest, most: as there.
    """
    ids = Ids(row.id for row in script.rows)
    rows: list[ScriptRow] = []
    for row in script.rows:
        said = say(row.text)
        pace = pace_of(row)
        room = min(longest * pace.rate, most)
        written, heard = letters(row.text), letters(said)
        if said == row.text or heard <= max(room, written):
            rows.append(row)
            continue
        share = written / heard
        parts = split(
            row.text,
            pace=pace,
            language=script.language,
            longest=longest * share,
            shortest=min(SHORTEST, longest * share / 2),
            most=most * share,
        )
        together = script.kind != "text"
        rows += [row] if len(parts) == 1 else split_row(row, parts, ids, together=together)
    return script.replace(rows=tuple(rows))
