"""Heard against meant: the cheapest way from one row of words to the other, and what it says.

Any thread; a row of 40 words takes a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.listening.comparable import UNSPACED, Units, comparable, is_kana, is_kanji
from engine.listening.heard import Heard

SAME, WRONG, MISSING, ADDED, REPEATED = "same", "wrong", "missing", "added", "repeated"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an alignment. meant, heard: places of their words, [first, last), equal where
    there is none. kind: SAME, WRONG, MISSING, ADDED or REPEATED."""

    kind: str
    meant: tuple[int, int]
    heard: tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How what was heard differs from what was meant. meant, heard: words as people read them."""

    meant: tuple[str, ...]
    heard: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def errors(self) -> int:
        """Words that are wrong, missing or too many."""
        return sum(_cost(step) for step in self.steps)

    @property
    def error(self) -> float:
        """Errors for each word that was meant."""
        return self.errors / max(len(self.meant), 1)

    @property
    def run(self) -> int:
        """Words of the longest stretch in which nothing is as it was meant."""
        longest = now = 0
        for step in self.steps:
            now = 0 if step.kind == SAME else now + _cost(step)
            longest = max(longest, now)
        return longest

    @property
    def missing_end(self) -> int:
        """Words at the end that were not heard."""
        count = 0
        for step in reversed(self.steps):
            if step.kind == SAME:
                break
            if step.kind == MISSING:
                count += step.meant[1] - step.meant[0]
        return count

    def words(self, kind: str) -> list[str]:
        """The words of one kind: as they were meant, or heard where they were not meant."""
        found: list[str] = []
        for step in self.steps:
            if step.kind == kind:
                of = self.heard if kind in (ADDED, REPEATED) else self.meant
                first, last = step.heard if kind in (ADDED, REPEATED) else step.meant
                found += of[first:last]
        return found


def compare(text: str, heard: Heard) -> Comparison:
    """A text as it was to be spoken, and what was heard of it."""
    meant, found = comparable(text, heard.language), comparable(heard.text, heard.language)
    return align(meant, found, by_reading=heard.language in UNSPACED)


def align(meant: Units, heard: Units, *, by_reading: bool = False) -> Comparison:
    """The alignment with the fewest errors. by_reading: kanji and kana may be the same."""
    steps = _steps(meant, heard)
    if by_reading:
        steps = _read_alike(steps, meant.keys, heard.keys)
    steps = _repeats(steps, meant.keys, heard.keys)
    return Comparison(meant=meant.shown, heard=heard.shown, steps=tuple(steps))


def _cost(step: Step) -> int:
    if step.kind == SAME:
        return 0
    return max(step.meant[1] - step.meant[0], step.heard[1] - step.heard[0])


def _steps(meant: Units, heard: Units) -> list[Step]:
    """By costs of every pair of beginnings; "every one" and "everyone" are the same."""
    height, width = len(meant.keys), len(heard.keys)
    costs = [[0] * (width + 1) for _ in range(height + 1)]
    moves: list[list[tuple[int, int, str]]] = [
        [(0, 0, "")] * (width + 1) for _ in range(height + 1)
    ]
    for i in range(height + 1):
        for j in range(width + 1):
            if i == j == 0:
                continue
            options: list[tuple[int, int, int, int, str]] = []  # cost, order, up, left, kind
            if i and j:
                same = meant.keys[i - 1] == heard.keys[j - 1]
                options.append((costs[i - 1][j - 1] + (not same), 0, 1, 1, SAME if same else WRONG))
            if i:
                options.append((costs[i - 1][j] + 1, 2, 1, 0, MISSING))
            if j:
                options.append((costs[i][j - 1] + 1, 1, 0, 1, ADDED))
            for up, left in ((2, 1), (1, 2), (3, 1), (1, 3)):
                if i >= up and j >= left and _joined(meant, i, up) == _joined(heard, j, left):
                    options.append((costs[i - up][j - left], 0, up, left, SAME))
            best = min(options)
            costs[i][j] = best[0]
            moves[i][j] = best[2:]
    steps: list[Step] = []
    i, j = height, width
    while i or j:
        up, left, kind = moves[i][j]
        steps.append(Step(kind, (i - up, i), (j - left, j)))
        i, j = i - up, j - left
    return steps[::-1]


def _joined(units: Units, end: int, count: int) -> str:
    return "".join(units.shown[end - count : end])


def _read_alike(steps: list[Step], meant: Sequence[str], heard: Sequence[str]) -> list[Step]:
    """Kanji that were heard as kana, or the other way round, are the same where there are one to
    four kana for each: no dictionary of readings is asked."""
    found: list[Step] = []
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and steps[end].kind != SAME:
            end += 1
        if end == at:
            found.append(steps[at])
            at += 1
            continue
        block = steps[at:end]
        first, last = block[0], block[-1]
        of_meant, of_heard = (first.meant[0], last.meant[1]), (first.heard[0], last.heard[1])
        one, other = meant[slice(*of_meant)], heard[slice(*of_heard)]
        if _reads_as(one, other) or _reads_as(other, one):
            found.append(Step(SAME, of_meant, of_heard))
        else:
            found += block
        at = end
    return found


def _reads_as(written: Sequence[str], kana: Sequence[str]) -> bool:
    kanji = sum(map(is_kanji, written))
    rest = len(written) - kanji
    if not kanji or not kana or not all(map(is_kana, kana)):
        return False
    return all(is_kanji(u) or is_kana(u) for u in written) and (
        kanji + rest <= len(kana) <= 4 * kanji + rest
    )


def _repeats(steps: list[Step], meant: Sequence[str], heard: Sequence[str]) -> list[Step]:
    """Added words that say once more what was just said are repeated."""
    found: list[Step] = []
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and steps[end].kind == ADDED:
            end += 1
        if end > at:
            first, last = steps[at].heard[0], steps[end - 1].heard[1]
            count = last - first
            again = list(heard[first:last])
            before, after = list(heard[max(0, first - count) : first]), heard[last : last + count]
            kind = REPEATED if again in (before, list(after)) else ADDED
            found += [Step(kind, step.meant, step.heard) for step in steps[at:end]]
            at = end
        else:
            found.append(steps[at])
            at += 1
    return found
