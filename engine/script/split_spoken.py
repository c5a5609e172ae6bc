"""Rows as they are spoken: "$1,234,567" is a sentence in words; "350" and "kg" belong together."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from math import inf

from engine.script.pace import START, Pace, letters
from engine.script.rows import Ids, Script, ScriptRow
from engine.script.split import LONGEST, SHORTEST, can_merge, split, split_row

_NUMBER = re.compile(r"[\d½⅓⅔¼¾]")
_WORD = re.compile(r"\S+")
_NEAR = 24  # letters on both sides in which a number is looked for


def split_spoken(
    script: Script,
    say: Callable[[str], str],
    *,
    pace_of: Callable[[ScriptRow], Pace] = lambda row: START,
    longest: float = LONGEST,
    most: float = inf,
) -> Script:
    """The script that `split_script` made, with rows whose words are too long split once more, and
    none that ends between a number and what it is spoken by.

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
    for place, (row, after) in enumerate(pairwise(rows)):
        first = rows[place]  # the one before may have given it a word
        same = bool(first.part_of) or script.kind == "text"  # no two cues, no two cells
        if same and after.pause is None and can_merge(first, after):
            room = min(longest * pace_of(row).rate, most)
            first_text, second_text = _divided(first.text, after.text, say, room)
            if first_text != first.text:
                rows[place] = first.replace(text=first_text)
                rows[place + 1] = after.replace(text=second_text)
    return script.replace(rows=tuple(rows))


def _divided(first: str, second: str, say: Callable[[str], str], room: float) -> tuple[str, str]:
    """Two neighbours that say together what they say one after the other: a word or two go over to
    the other one, where what is spoken hangs on it. room: letters of a row."""
    if not _NUMBER.search(first[-_NEAR:] + second[:_NEAR]):
        return first, second
    whole = say(f"{first} {second}")
    if whole == f"{say(first)} {say(second)}":
        return first, second
    text = f"{first} {second}"
    begins = [word.start() for word in _WORD.finditer(text)]
    now = begins.index(len(first) + 1)
    for count in (-1, 1, -2, 2):  # words to the second, to the first
        if not 0 < now + count < len(begins):
            continue
        one, two = text[: begins[now + count]].rstrip(), text[begins[now + count] :]
        fits = max(letters(say(one)), letters(say(two))) <= room
        if fits and whole == f"{say(one)} {say(two)}":
            return one, two
    return first, second
