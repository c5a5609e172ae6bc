"""Which take of every row counts: a pure function of the script, the recipe, the takes, and what
is held of rows that were settled before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.errors import UserError
from engine.script.chains import parents_of, sources
from engine.script.hearings import Hearings
from engine.script.held import Held, MadeUp, alone
from engine.script.keys import Keys
from engine.script.pace import START, Pace
from engine.script.quality import Limits, Measures, Verdict, judge, levels_of_neighbours
from engine.script.reading import Readings
from engine.script.recipe import Maker as Maker
from engine.script.recipe import Recipe as Recipe
from engine.script.recipe import Way as Way
from engine.script.rows import ScriptRow
from engine.script.states import Choice as Choice
from engine.script.states import RowState as RowState
from engine.script.states import TakeInfo as TakeInfo
from engine.script.store import Store, origin

_NONE = "none"  # content of no voice


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
        earlier: Sequence[Way] = (),
        made_up: Mapping[str, MadeUp] | None = None,
        held: Mapping[str, Held] | None = None,
        language: str = "en",
        hearings: Hearings | None = None,
        readings: Readings | None = None,
    ) -> None:
        """voices, choices, paces: of each row. voice_path: the name of a voice as SpeechRow wants
        it. maker: None before the first rendering. before: an earlier look, whose hashes are used
        again. earlier: further ways whose takes count. made_up: the voice that the model had the
        idea of, by speaker. held: see engine/script/held.py, by the id of the row. language: of
        figures, ISO 639-1. hearings, readings: how takes were heard, and how they were read."""
        self.rows = rows
        self.recipe = recipe
        self.store = store
        self.limits = Limits()
        self._choices = choices
        self._voices = voices
        self._paces = paces
        self._voice_path = voice_path
        self._made_up, self._hearings = dict(made_up or {}), hearings
        self.parents = parents_of(rows, voices, recipe, self._made_up)
        self._has_children = set(self.parents) - {None}
        self.ways: tuple[Way, ...] = ()
        if maker is not None:
            self.ways = (*earlier, Way(maker=maker, recipe=recipe))
        self._keys = [Keys(way.maker, way.recipe, store, language, readings) for way in self.ways]
        for own in self._keys:
            for other in () if before is None else before._keys:
                other.lend(own)
        self._held = dict(held or {})
        self._held_alone = alone(self._held)
        self._levels: list[float | None] = [None] * len(rows)
        self._is_compared = [False] * len(rows)
        self.compared = False
        self.states: list[RowState] = []

    def settle_all(self, tick: Callable[[], None] = lambda: None) -> list[RowState]:
        """The states of all rows. tick is called at each."""
        self.states = [RowState(id=row.id, status="waiting") for row in self.rows]
        if self._held and self.ways:
            for index in range(len(self.rows)):
                if (held := self._held_of(index)) is not None and held.compared:
                    self._is_compared[index], self._levels[index] = True, held.level
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
        """Compare rows with their neighbours, but those that were compared before; the rows that
        wait for a further take now. Once, when every row is settled."""
        self.compared = True
        by_voice: dict[tuple[str, str | None], list[int]] = {}
        for index, row in enumerate(self.rows):
            by_voice.setdefault((row.speaker, self._voices[index]), []).append(index)
        new: list[int] = []
        for indices in by_voice.values():
            if all(self._is_compared[index] for index in indices):
                continue
            levels = [
                state.measures.loudness if state.status != "failed" and state.measures else None
                for state in (self.states[index] for index in indices)
            ]
            for index, level in zip(indices, levels_of_neighbours(levels), strict=True):
                if self._is_compared[index]:
                    continue
                self._is_compared[index] = True
                # The rows after it would be made again.
                if level is not None and not self._gives_its_voice(index):
                    self._levels[index] = level
                    new.append(index)
        return [index for index in sorted(new) if not self.settle(index).settled]

    def hold(self, made_up: Mapping[str, MadeUp]) -> dict[str, Held]:
        """What is to be held of the rows that are settled now. made_up: as it is by now."""
        found: dict[str, Held] = {}
        for index, state in enumerate(self.states):
            if state.key is None or state.way is None or not state.settled:
                continue
            row, way = self.rows[index], state.way
            root = self._root(index, way, made_up)
            voice = next(
                (
                    content
                    for content in self._contents(index, way)
                    if self._key(index, content, state.take or 0, way) == state.key
                ),
                root,
            )
            held = Held(
                of=self._circumstances(index, way, root),
                voice=None if voice == root and self.recipe.history == "constant" else voice,
                compared=self._is_compared[index],
                level=self._levels[index],
            )
            if held.compared or held.voice is not None:
                found[row.id] = held
        return found

    def takes(self, row: str) -> list[TakeInfo]:
        """All takes of a row."""
        index = next((i for i, known in enumerate(self.rows) if known.id == row), None)
        if index is None:
            raise UserError(f"there is no row {row}")
        found = []
        number = 0
        known = self.states[index].way if self.states else None
        way = -1 if known is None else known
        while (key := self.key(index, number, way)) is not None:
            measures = self.store.measures(key)
            if measures is None and number >= self._choices[index].start:
                break
            if measures is not None and not measures.refused:
                found.append(self._info(index, number, key, measures, way % len(self.ways)))
            number += 1
        own = {take.key for take in found}
        others = [
            self._info(index, -1, key, measures)
            for key in self.store.takes_of(origin(self.rows[index].text, self.rows[index].speaker))
            if key not in own and (measures := self.store.measures(key)) is not None
        ]
        return others + found

    def _info(
        self, index: int, number: int, key: str, measures: Measures, way: int | None = None
    ) -> TakeInfo:
        return TakeInfo(
            number=number,
            key=key,
            path=self.store.path(key),
            measures=measures,
            verdict=self._judge(index, measures, key),
            way=way,
        )

    def pace(self, index: int) -> Pace:
        """How fast a row is expected to be spoken."""
        return self._paces[index] if self._paces else START

    def key(self, index: int, take: int, way: int = -1) -> str | None:
        """The hash of everything that makes this take; None while that is not known. way: the place
        in `ways`, by default of the one in which takes are made now."""
        if not self.ways:
            return None
        for content in self._contents(index, way):
            key = self._key(index, content, take, way)
            if key in self.store or self.store.withheld(key):
                return key
        present = self._present(index, way)
        return None if present is None else self._key(index, present, take, way)

    def _key(self, index: int, content: str, take: int, way: int) -> str:
        return self._keys[way].of(self._text(index, way), content, take)

    def text(self, index: int) -> str:
        """What is spoken for a row."""
        return self._text(index, -1)

    def _text(self, index: int, way: int) -> str:
        text = self.rows[index].text
        return self._keys[way].text(text) if self._keys else text

    def voice(self, index: int) -> str | None:
        """What a row is spoken with, as in SpeechRow, once its parent is settled."""
        parent, voice = self.parents[index], self._voices[index]
        if parent is not None:
            key = self.states[parent].key or self.states[parent].lost
            return None if key is None else str(self.store.path(key))
        if voice is None:
            made_up = self._made_up.get(self.rows[index].speaker)
            return None if made_up is None else self._voice_path(made_up.file)
        return self._voice_path(voice)

    # ── what a voice is made of ───────────────────────────────────────────────────────────────

    def _present(self, index: int, way: int) -> str | None:
        """The content of the voice that a new take is spoken with; None while it is not known."""
        parent = self.parents[index]
        if parent is None:
            return self._root(index, way, self._made_up)
        state = self.states[parent]
        if not state.settled:
            return None
        key = state.key or state.lost
        return f"take {key}" if key else _NONE

    def _root(self, index: int, way: int, made_up: Mapping[str, MadeUp]) -> str | None:
        """The content of the voice that a row's speaker has."""
        voice = self._voices[index]
        if voice is not None:
            return self.ways[way].maker.voices.get(voice)
        known = made_up.get(self.rows[index].speaker)
        return _NONE if known is None else f"take {known.take}"

    def _contents(self, index: int, way: int) -> Iterator[str]:
        """The contents of a voice with which takes of a row count, the best first."""
        held = self._held_of(index) if self._held else None
        if held is not None and held.voice is not None:
            yield held.voice
        if (present := self._present(index, way)) is not None:
            yield present
        if self._is_source(index, way):
            yield _NONE

    def _is_source(self, index: int, way: int) -> bool:
        """Whether the speaker's voice was made up for this row."""
        known = self._made_up.get(self.rows[index].speaker)
        if known is None or self._voices[index] is not None:
            return False
        return self._key(index, _NONE, known.number, way) == known.take

    def _gives_its_voice(self, index: int) -> bool:
        ways = range(len(self.ways))
        return index in self._has_children or any(self._is_source(index, way) for way in ways)

    def _held_of(self, index: int) -> Held | None:
        """What is held of a row as it is now. By its id, or whoever was the same alone: a line that
        comes before gives all the others new ids."""
        if not self._held:
            return None
        for way in range(len(self.ways)):
            of = self._circumstances(index, way, self._root(index, way, self._made_up))
            held = self._held.get(self.rows[index].id)
            if held is not None and held.of == of:
                return held
            if of in self._held_alone:
                return self._held_alone[of]
        return None

    def _circumstances(self, index: int, way: int, root: str | None) -> str:
        """A hash of the row and of how it is spoken, but for the row that it continues."""
        history = f"{self.recipe.history} {self.recipe.anchor}"
        made_of = (self._text(index, way), self.rows[index].speaker, root, history)
        return self._keys[way].circumstances(made_of)

    # ── where a row stands ────────────────────────────────────────────────────────────────────

    def _settle(self, index: int) -> RowState:
        choice = self._choices[index]
        if choice.locked and choice.key and choice.key not in self.store:
            return self._lost(index, choice.key, None)  # it may not be made again unasked
        chosen = choice.key and choice.key in self.store and choice.key
        if chosen:
            way = self._way_of(index, choice.take or 0, chosen)
            if choice.locked or way is not None:
                status = "locked" if choice.locked else "kept"
                return self._state(index, status, choice.take or 0, chosen, 1, way)
        if not self.ways:
            return self._waiting(index, None)
        for way in range(len(self.ways) - 1):
            if (state := self._settle_in(index, way)).settled:
                return state
        return self._settle_in(index, len(self.ways) - 1)

    def _way_of(self, index: int, take: int, key: str) -> int | None:
        """How a take of a row as it is now was made."""
        for way in range(len(self.ways)):
            for content in self._contents(index, way):
                if self._key(index, content, take, way) == key:
                    return way
        return None

    def _settle_in(self, index: int, way: int) -> RowState:
        """Where a row stands by the takes of one way."""
        choice, takes = self._choices[index], self.ways[way].recipe.tries
        best: RowState | None = None
        for made in range(takes):
            number = choice.start + made
            key = self.key(index, number, way)
            if key is None or key not in self.store:
                if key is not None and self.store.withheld(key):
                    return self._lost(index, key, best)
                following = None if key is None else number
                if best is None:
                    return self._waiting(index, following)
                return dataclasses.replace(best, status="waiting", next=following, made=made)
            state = self._state(index, "good", number, key, made + 1, way)
            if state.verdict.good and not state.verdict.badness:
                return state  # a good one with a doubt waits for one without
            if best is None or state.verdict.badness < best.verdict.badness:
                best = state
        assert best is not None
        if best.verdict.good:
            return dataclasses.replace(best, made=takes)
        refused = best.measures is None or best.measures.refused
        return dataclasses.replace(
            best,
            status="failed",
            made=takes,
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
            trim=self._choices[index].trim_of(earlier),
        )

    def _state(
        self, index: int, status: str, take: int, key: str, made: int, way: int | None
    ) -> RowState:
        measures = self.store.measures(key)
        return RowState(
            id=self.rows[index].id,
            status=status,
            take=take,
            key=key,
            made=made,
            verdict=Verdict() if measures is None else self._judge(index, measures, key),
            measures=measures,
            way=way,
            trim=self._choices[index].trim_of(key),
        )

    def _judge(self, index: int, measures: Measures, key: str) -> Verdict:
        level, pace, text = self._levels[index], self.pace(index), self.text(index)
        verdict = judge(measures, text, pace=pace, limits=self.limits, level=level)
        return self._hearings.added(verdict, key, self.recipe) if self._hearings else verdict

    def unknown_sources(self) -> dict[int, str]:
        """The rows by whose takes voices become known that nobody knows yet → speakers."""
        found = sources(self.rows, self._voices)
        return {index: name for index, name in found.items() if name not in self._made_up}
