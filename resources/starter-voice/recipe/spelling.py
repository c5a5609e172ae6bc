"""English rows by their sounds, by their letters, or some words by these.

The teacher's rows come with letters, and say which sounds are read from which of them. The product
looks words up (engine/bark/pronunciations.py), so rows mostly come by their sounds; words that no
list has are read from their letters, so some of them do, too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import shards
import text
from alignment import MARKS

Picked = tuple[list[int], shards.Row]  # text ids, and what is said
# Rows by letters, rows with words by letters, and how many of the words of these.
ALL, SOME, SHARE = 0.15, 0.35, 0.15
_UNITS: list[str] = text.FIXED["units"]
_MADE = text.tokenizer(japanese=True)
_FIRST = {unit: _MADE.token_to_id(sign) for unit, sign in text.SOUNDS.items()}
_LATER = {unit: _MADE.token_to_id(f"##{sign}") for unit, sign in text.SOUNDS.items()}


@dataclass(frozen=True)
class Part:
    """A word, or a mark: its first text id and the one after it, and its units likewise."""

    ids: tuple[int, int]
    units: tuple[int, int]


@dataclass(frozen=True)
class Spelled:
    """A row by its letters, and the words of it."""

    ids: list[int]
    row: shards.Row
    parts: list[Part]

    @classmethod
    def of(cls, row: shards.Row) -> Spelled:
        """An English row as speak.py makes it."""
        encoded = _MADE.encode(row.text)
        starts = [i for i, piece in enumerate(encoded.tokens) if not piece.startswith("##")]
        ends = [*starts[1:], len(encoded.ids)]
        parts, unit, last = [], 0, len(row.units) - 1  # the last unit is the silence at the end
        for start, end in zip(starts, ends, strict=True):
            first = unit
            while unit < last and row.spans[unit][0] < end:
                unit += 1
            parts.append(Part((start, end), (first, unit)))
        return cls(encoded.ids, row, parts)

    def said(self) -> Picked | None:
        """By its sounds alone; None where it would be too long."""
        return self.written(lambda: False)

    def drawn(self, draw: random.Random) -> Picked:
        """By its sounds, its letters, or words of it by these."""
        kind = draw.random()
        if kind < ALL:
            return self.ids, self.row
        share = SHARE if kind < ALL + SOME else 0.0
        return self.written(lambda: draw.random() < share) or (self.ids, self.row)

    def written(self, lettered: Callable[[], bool]) -> Picked | None:
        """lettered: whether a word is written by its letters. None where it would be too long."""
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        for part in self.parts:
            (first, end), begin = part.ids, len(ids)
            units = range(*part.units)
            said = [_UNITS[self.row.units[i]] for i in units]
            known = all(unit in text.SOUNDS or unit in MARKS for unit in said)
            if not known or not set(said) - set(MARKS) or lettered():
                ids += self.ids[first:end]
                spans += [
                    (begin + max(a, first) - first, begin + min(b, end - 1) - first)
                    for a, b in (self.row.spans[i] for i in units)
                ]
                continue
            for i in units:
                unit = _UNITS[self.row.units[i]]
                if unit in MARKS:  # a pause that no mark says
                    spans.append((max(begin, len(ids) - 1),) * 2)
                    continue
                ids.append((_LATER if len(ids) > begin else _FIRST)[unit])
                spans.append((len(ids) - 1,) * 2)
        if len(ids) > text.LONGEST:
            return None
        spans.append((len(ids) - 1,) * 2)
        return ids, shards.Row(self.row.text, self.row.units, self.row.counts, spans)


def pronunciations(row: shards.Row) -> list[tuple[str, str]]:
    """The words of an English row, and how each is written by its sounds."""
    encoded = _MADE.encode(row.text)
    found = []
    for part in Spelled.of(row).parts:
        units = [_UNITS[row.units[i]] for i in range(*part.units)]
        if units and all(unit in text.SOUNDS for unit in units):
            word = "".join(piece.removeprefix("##") for piece in encoded.tokens[slice(*part.ids)])
            found.append((word, "".join(text.SOUNDS[unit] for unit in units)))
    return found
