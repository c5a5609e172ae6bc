"""Which take of every row counts: a pure function of the script, the recipe and the takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.api import SpeechSampling
from engine.errors import UserError
from engine.script.pace import START, Pace, letters
from engine.script.pronunciation import Pronunciation
from engine.script.quality import Limits, Measures, Verdict, judge, levels_of_neighbours
from engine.script.rows import ScriptRow
from engine.script.store import Store, origin, take_key

HISTORIES = ("constant", "continue")
_TO_KNOW = 45.0  # letters, some 3 s, by which a voice is known


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How every row of a project is spoken.

    seed: of all rows. takes: a row that fails its check is spoken again until it has so many.
    history: "constant" gives every row the voice of its speaker; a speaker without a voice keeps
    the one that the model makes up for the first row of some length. "continue" lets each row
    continue the speaker's row before it, which forces an order: such rows cannot be spoken
    together. anchor: with "continue", every so many rows start from the speaker's voice again; 0
    is never.
    replacements: how words are written for the voice, as `Pronunciation.parse` reads it.
    max_seconds, semantic_tokens: as in SpeechRequest.
    """

    sampling: SpeechSampling = field(default_factory=SpeechSampling)
    seed: int = 0
    takes: int = 3
    history: str = "constant"
    anchor: int = 0
    replacements: str = ""
    max_seconds: float | None = None
    semantic_tokens: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.takes <= 100:
            raise ValueError(f"a row has 1 to 100 takes, not {self.takes}")
        if self.history not in HISTORIES:
            raise ValueError(f"history is one of {', '.join(HISTORIES)}, not {self.history!r}")
        if self.anchor < 0 or (self.anchor and self.history == "constant"):
            raise ValueError("an anchor every N rows belongs to the history continue; N is above 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Maker:
    """What speaks, by content: two makers that are equal give equal takes.

    model: hash of the checkpoint. settings: those that change tokens, none of them "auto".
    voices: hash of every voice of the script, by the name that the rows use.
    """

    model: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the user decided about a row. start: takes before this one do not count any more.
    take, key: the take that was chosen. locked: whatever changes, this take stays."""

    start: int = 0
    take: int | None = None
    key: str | None = None
    locked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RowState:
    """Where a row stands.

    status: "waiting" (a take is still to be made), "good", "kept" (chosen by the user), "locked",
    or "failed" (no take is good; `take` is the best). take, key: its take, None before the first.
    next: the number of the take to make, None where there is nothing to do. made: takes that
    count. earlier: of a row without a take that counts, the last one that was made otherwise: by
    another model, in another voice, with other settings; `measures` are that one's then. lost: the
    key of a take that has to be there and cannot be had: locked, or withheld by the store. locked:
    such a take is.
    """

    id: str
    status: str
    take: int | None = None
    key: str | None = None
    next: int | None = None
    made: int = 0
    earlier: str | None = None
    lost: str | None = None
    locked: bool = False
    verdict: Verdict = field(default_factory=Verdict)
    measures: Measures | None = None

    @property
    def settled(self) -> bool:
        """Nothing is to be made."""
        return self.status != "waiting"

    @property
    def is_locked(self) -> bool:
        """The user has locked it, also where its take cannot be had."""
        return self.status == "locked" or self.locked


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeInfo:
    """One take of a row. number: counted from 0, as in SpeechRow; -1 for one that was made
    otherwise (see RowState.earlier). path: a file that also serves as a voice."""

    number: int
    key: str
    path: Path
    measures: Measures
    verdict: Verdict


class Standing:
    """Which take of every row counts, as a pure function of the takes that there are.

    First every row by itself: its first good take, or the best of those that may be tried. When
    all rows have one, their levels are compared, and a row that jumps gets further takes. Nothing
    depends on the order in which takes were made.
    """

    def __init__(
        self,
        rows: Sequence[ScriptRow],
        *,
        recipe: Recipe,
        maker: Maker | None,
        store: Store,
        voices: Sequence[str | None],
        choices: Sequence[Choice],
        paces: Sequence[Pace] = (),
        voice_path: Callable[[str], str] = str,
        before: Standing | None = None,
    ) -> None:
        """voices, choices, paces: of each row. voice_path: the name of a voice as SpeechRow wants
        it. maker: None before the first rendering: no take is known then. before: an earlier look,
        whose hashes are used again."""
        self.rows = rows
        self.recipe = recipe
        self.store = store
        self.limits = Limits()
        self._choices = choices
        self._voices = voices
        self._paces = paces
        pronounce = Pronunciation.parse(recipe.replacements).apply
        self.texts = [pronounce(row.text) for row in rows] if recipe.replacements else None
        self._voice_path = voice_path
        self.parents = self._find_parents()
        self._has_children = set(self.parents) - {None}
        self._levels: list[float | None] = [None] * len(self.rows)
        self.compared = False
        self.states: list[RowState] = []
        self._maker = maker
        self._keys: dict[tuple[str, str, int], str] = {}  # text, voice, take → key
        self._base = maker and take_key(
            {
                "model": maker.model,
                "settings": dict(maker.settings),
                "sampling": dataclasses.asdict(self.recipe.sampling),
                "seed": self.recipe.seed,
                "max_seconds": self.recipe.max_seconds,
                "semantic_tokens": self.recipe.semantic_tokens,
            }
        )
        if before is not None and before._base == self._base:
            self._keys = before._keys

    def settle_all(self, tick: Callable[[], None] = lambda: None) -> list[RowState]:
        """The states of all rows. tick is called at each."""
        self.states = [RowState(id=row.id, status="waiting") for row in self.rows]
        # Whoever has no parent first: parents that come later in the script have none.
        for index in sorted(range(len(self.rows)), key=lambda i: self.parents[i] is not None):
            self.settle(index)
            tick()
        if all(state.settled for state in self.states):
            self.compare_levels()
        return self.states

    def settle(self, index: int) -> RowState:
        """Look at a row again, after a new take of it or of its parent."""
        self.states[index] = self._settle(index)
        return self.states[index]

    def compare_levels(self) -> list[int]:
        """Compare all rows with their neighbours; the rows that wait for a further take now. Once,
        when every row is settled."""
        self.compared = True
        by_voice: dict[tuple[str, str | None], list[int]] = {}
        for index, row in enumerate(self.rows):
            by_voice.setdefault((row.speaker, self._voices[index]), []).append(index)
        for indices in by_voice.values():
            levels = [
                state.measures.loudness if state.status != "failed" and state.measures else None
                for state in (self.states[index] for index in indices)
            ]
            for index, level in zip(indices, levels_of_neighbours(levels), strict=True):
                if index not in self._has_children:  # or the rows after it would be made again
                    self._levels[index] = level
        compared = [i for i, level in enumerate(self._levels) if level is not None]
        return [index for index in compared if not self.settle(index).settled]

    def takes(self, row: str) -> list[TakeInfo]:
        """All takes of a row."""
        index = next((i for i, known in enumerate(self.rows) if known.id == row), None)
        if index is None:
            raise UserError(f"there is no row {row}")
        found = []
        number = 0
        while (key := self.key(index, number)) is not None:
            measures = self.store.measures(key)
            if measures is None and number >= self._choices[index].start:
                break
            if measures is not None and not measures.refused:
                found.append(self._info(index, number, key, measures))
            number += 1
        own = {take.key for take in found}
        others = [
            self._info(index, -1, key, measures)
            for key in self.store.takes_of(origin(self.rows[index].text, self.rows[index].speaker))
            if key not in own and (measures := self.store.measures(key)) is not None
        ]
        return others + found

    def _info(self, index: int, number: int, key: str, measures: Measures) -> TakeInfo:
        verdict = self._judge(index, measures)
        path = self.store.path(key)
        return TakeInfo(number=number, key=key, path=path, measures=measures, verdict=verdict)

    def pace(self, index: int) -> Pace:
        """How fast a row is expected to be spoken."""
        return self._paces[index] if self._paces else START

    def key(self, index: int, take: int) -> str | None:
        """The hash of everything that makes this take; None while that is not known."""
        if self._base is None or self._maker is None:
            return None
        parent, voice = self.parents[index], self._voices[index]
        if parent is not None:
            state = self.states[parent]
            if not state.settled:
                return None
            key = state.key or state.lost
            content = f"take {key}" if key else "none"
        elif voice is None:
            content = "none"
        elif voice in self._maker.voices:
            content = self._maker.voices[voice]
        else:
            return None
        made_of = self.text(index), content, take
        if made_of not in self._keys:
            names = ("text", "voice", "take")
            self._keys[made_of] = take_key(
                {"base": self._base, **dict(zip(names, made_of, strict=True))}
            )
        return self._keys[made_of]

    def text(self, index: int) -> str:
        """What is spoken for a row."""
        return self.rows[index].text if self.texts is None else self.texts[index]

    def voice(self, index: int) -> str | None:
        """What a row is spoken with, as in SpeechRow, once its parent is settled."""
        parent, voice = self.parents[index], self._voices[index]
        if parent is not None:
            key = self.states[parent].key or self.states[parent].lost
            return None if key is None else str(self.store.path(key))
        return None if voice is None else self._voice_path(voice)

    def _settle(self, index: int) -> RowState:
        choice = self._choices[index]
        if choice.locked and choice.key:
            if choice.key not in self.store:  # it may not be made again unasked
                return self._lost(index, choice.key, None)
            return self._state(index, "locked", choice.take or 0, choice.key, 1)
        if self.key(index, 0) is None:
            return self._waiting(index, None)
        chosen = choice.key and choice.key in self.store and choice.key
        if chosen and self.key(index, choice.take or 0) == chosen:
            return self._state(index, "kept", choice.take or 0, chosen, 1)
        best: RowState | None = None
        for made in range(self.recipe.takes):
            number = choice.start + made
            key = self.key(index, number)
            assert key is not None
            if key not in self.store:
                if self.store.withheld(key):
                    return self._lost(index, key, best)
                if best is None:
                    return self._waiting(index, number)
                return dataclasses.replace(best, status="waiting", next=number, made=made)
            state = self._state(index, "good", number, key, made + 1)
            if state.verdict.good:
                return state
            if best is None or state.verdict.badness < best.verdict.badness:
                best = state
        assert best is not None
        refused = best.measures is None or best.measures.refused
        return dataclasses.replace(
            best,
            status="failed",
            made=self.recipe.takes,
            key=None if refused else best.key,
            take=None if refused else best.take,
        )

    def _lost(self, index: int, key: str, best: RowState | None) -> RowState:
        """The state of a row whose take cannot be had, and is not to be made anew. best: of the
        takes before that one."""
        why = self.store.withheld(key) or "its locked take is damaged or gone: unlock it"
        state = best or RowState(id=self.rows[index].id, status="failed")
        verdict, locked = Verdict((why,), 1000.0), self._choices[index].locked
        return dataclasses.replace(state, status="failed", lost=key, verdict=verdict, locked=locked)

    def _waiting(self, index: int, number: int | None) -> RowState:
        """The state of a row without a take that counts. number: of the take to make."""
        row, start = self.rows[index], self._choices[index].start
        earlier = None
        if len(self.store):
            own = {self.key(index, number) for number in range(start)}  # rolled again
            keys = self.store.takes_of(origin(row.text, row.speaker))
            earlier = next((key for key in reversed(keys) if key not in own), None)
        return RowState(
            id=row.id,
            status="waiting",
            next=number,
            earlier=earlier,
            measures=None if earlier is None else self.store.measures(earlier),
        )

    def _state(self, index: int, status: str, take: int, key: str, made: int) -> RowState:
        measures = self.store.measures(key)
        return RowState(
            id=self.rows[index].id,
            status=status,
            take=take,
            key=key,
            made=made,
            verdict=Verdict() if measures is None else self._judge(index, measures),
            measures=measures,
        )

    def _judge(self, index: int, measures: Measures) -> Verdict:
        level, pace = self._levels[index], self.pace(index)
        return judge(measures, self.text(index), pace=pace, limits=self.limits, level=level)

    def _find_parents(self) -> list[int | None]:
        """For each row the one whose take it continues."""
        chains: dict[tuple[str, str | None], list[int]] = {}
        for index, row in enumerate(self.rows):
            chains.setdefault((row.speaker, self._voices[index]), []).append(index)
        parents: list[int | None] = [None] * len(self.rows)
        for (_, voice), chain in chains.items():
            # A made-up voice is known from its first row that is long enough to know it.
            lengths = [letters(self.rows[index].text) for index in chain]
            long = [i for i, length in zip(chain, lengths, strict=True) if length >= _TO_KNOW]
            first = long[0] if long else chain[lengths.index(max(lengths))]
            continues = self.recipe.history == "continue"
            for place, index in enumerate(chain):
                anchored = place == 0 or (self.recipe.anchor and place % self.recipe.anchor == 0)
                if continues and not anchored:
                    parents[index] = chain[place - 1]
                elif voice is None and index != first and not (continues and index < first):
                    parents[index] = first
        return parents
