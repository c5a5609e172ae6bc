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
_GROUPS = re.compile(r"(?<=thousand) |(?<=[bmrt]illion) ")
_SHARES = (1.0, 0.8, 0.6, 0.4)  # of a row's room, where figures are not spread evenly
_SMALLER = (0.3, 0.2, 0.1)  # where one letter may be several tokens: W, ダブリュー
_WORD = re.compile(r"\S+")
_NEAR = 24  # letters on both sides in which a number is looked for


def split_spoken(
    script: Script,
    say: Callable[[str], str],
    *,
    pace_of: Callable[[ScriptRow], Pace] = lambda row: START,
    longest: float = LONGEST,
    most: float = inf,
    fits: Callable[[str], bool] = lambda said: True,
) -> Script:
    """The script that `split_script` made, with rows whose words are too long split once more, and
    none that ends between a number and what it is spoken by.

    A single number that no row can hold becomes rows in words, divided where it is grouped. say:
    what is spoken for a text. longest, most: as there. fits: whether what is spoken has room, too.
    """
    ids = Ids(row.id for row in script.rows)
    rows: list[ScriptRow] = []
    for row in script.rows:
        parts = spoken_parts(
            row.text,
            say,
            pace=pace_of(row),
            language=script.language,
            longest=longest,
            most=most,
            fits=fits,
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


def spoken_parts(
    text: str,
    say: Callable[[str], str],
    *,
    pace: Pace,
    language: str,
    longest: float,
    most: float = inf,
    fits: Callable[[str], bool] = lambda said: True,
) -> list[str]:
    """The parts of a text whose words are too long for a row while what is written is not; the text
    alone where it fits."""
    room = min(longest * pace.rate, most)
    written, heard = letters(text), letters(say(text))
    has_room = fits(say(text))
    if heard <= max(room, written) and has_room:
        return [text]
    for smaller in _SHARES if has_room else (*_SHARES, *_SMALLER):
        share = smaller * min(1.0, written / heard)
        parts = split(
            text,
            pace=pace,
            language=language,
            longest=longest * share,
            shortest=min(SHORTEST, longest * share / 2),
            most=most * share,
        )
        if all(letters(say(part)) <= room and fits(say(part)) for part in parts):
            return parts
    return _in_words(say(text), pace, language, room) or [text]


def _in_words(said: str, pace: Pace, language: str, room: float) -> list[str]:
    """What is spoken, in rows of so many letters: "299,792,458 m/s" ends one after "million" or
    "thousand"."""
    rows: list[str] = []
    for group in _GROUPS.split(said):
        if rows and letters(f"{rows[-1]} {group}") <= room:
            rows[-1] += f" {group}"
        else:
            rows.append(group)
    return [
        piece
        for row in rows
        for piece in split(row, pace=pace, language=language, shortest=0.0, most=room)
    ]


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
