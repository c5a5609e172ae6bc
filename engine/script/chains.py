"""Who continues whom: rows of one speaker, and the voice that a model makes up for one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from engine.script.pace import letters
from engine.script.recipe import Recipe
from engine.script.rows import ScriptRow

_TO_KNOW = 45.0  # letters, some 3 s, by which a voice is known


def parents_of(
    rows: Sequence[ScriptRow],
    voices: Sequence[str | None],
    recipe: Recipe,
    known: Collection[str],
) -> list[int | None]:
    """For each row the one whose take it continues. known: speakers whose made-up voice is there;
    nobody's take is waited for to hear it."""
    parents: list[int | None] = [None] * len(rows)
    continues = recipe.history == "continue"
    for (speaker, voice), chain in _chains(rows, voices):
        waits = voice is None and speaker not in known
        first = _first(rows, chain) if waits else -1
        for place, index in enumerate(chain):
            anchored = place == 0 or (recipe.anchor and place % recipe.anchor == 0)
            if continues and not anchored:
                parents[index] = chain[place - 1]
            elif waits and index != first and not (continues and index < first):
                parents[index] = first
    return parents


def sources(rows: Sequence[ScriptRow], voices: Sequence[str | None]) -> dict[int, str]:
    """The rows by whose takes made-up voices become known → their speakers."""
    return {
        _first(rows, chain): speaker
        for (speaker, voice), chain in _chains(rows, voices)
        if voice is None
    }


def _chains(
    rows: Sequence[ScriptRow], voices: Sequence[str | None]
) -> Iterator[tuple[tuple[str, str | None], list[int]]]:
    chains: dict[tuple[str, str | None], list[int]] = {}
    for index, row in enumerate(rows):
        chains.setdefault((row.speaker, voices[index]), []).append(index)
    yield from chains.items()


def _first(rows: Sequence[ScriptRow], chain: Sequence[int]) -> int:
    """A made-up voice is known from its first row that is long enough to know it."""
    lengths = [letters(rows[index].text) for index in chain]
    long = [i for i, length in zip(chain, lengths, strict=True) if length >= _TO_KNOW]
    return long[0] if long else chain[lengths.index(max(lengths))]


def with_parents(
    rows: Sequence[ScriptRow], parents: Sequence[int | None], ids: frozenset[str] | None
) -> frozenset[int]:
    """Places of rows by their ids, and of those that they continue. ids: None is all rows."""
    wanted = {i for i, row in enumerate(rows) if ids is None or row.id in ids}
    for index in sorted(wanted):
        parent = parents[index]
        while parent is not None and parent not in wanted:
            wanted.add(parent)
            parent = parents[parent]
    return frozenset(wanted)
