"""What a project is bound to: it goes on as it was begun.

Its first take pins it to a model, an arithmetic and a recipe. Others are taken on purpose: for all
rows (`speak_anew`), or for those that have no take yet (`mix`), whose takes then count beside the
earlier ones. And what settled rows follow from is held (see engine/script/held.py).
"""

from __future__ import annotations

import dataclasses
import io
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import UserError
from engine.script import held
from engine.script.held import Held, MadeUp
from engine.script.project_folder import ProjectFolder
from engine.script.reading import Readings
from engine.script.recipe import Maker, Recipe, Way
from engine.script.rows import Script
from engine.script.selection import Standing
from engine.script.states import RowState
from engine.script.store import Store
from engine.script.take_file import TOKENS
from engine.spoken.openjtalk import by_whom
from engine.system.inner_files import Linked, read_inner

HELD = "held.json"


class Pinned:
    """The part of a project that says how its rows are spoken. Thread-safe.

    recipe, maker: of the takes that are made now. earlier: ways in which takes were made that
    count beside them. made_up: the voices that the model had the idea of, by speaker.
    """

    folder: Path
    inner: ProjectFolder
    store: Store
    readings: Readings
    recipe: Recipe
    maker: Maker | None
    earlier: tuple[Way, ...]
    made_up: dict[str, MadeUp]
    _lock: threading.RLock
    _pinned: bool | None  # None: not known yet, of a project of version 0.1.0
    _held: dict[str, Held]
    _held_takes: int  # how many takes there were when it was written

    standing: Callable[[], Standing]
    _save_head: Callable[[], None]
    reroll: Callable[[str], None]
    said: Callable[[str], str]
    script: Script

    def _read_held(self) -> None:
        self._held, self._held_takes = {}, -1
        with suppress(OSError, ValueError, MemoryError, Linked):
            self._held, self._held_takes = held.from_json(read_inner(self.folder, HELD))

    @property
    def held(self) -> Mapping[str, Held]:
        """What is held of settled rows, by their ids."""
        return self._held

    def _pin_values(self) -> dict[str, Any]:
        """For project.json."""
        return {
            "pinned": self._pinned,
            "earlier": [dataclasses.asdict(way) for way in self.earlier],
            "made_up": {name: dataclasses.asdict(one) for name, one in self.made_up.items()},
        }

    # ── model, arithmetic, recipe ─────────────────────────────────────────────────────────────

    @property
    def pinned(self) -> bool:
        """Whether a take was made: from then on rows are spoken as that one was."""
        if self._pinned is None:
            self._pinned = self._has_takes_of_its_own()
        return self._pinned

    @property
    def is_known_pinned(self) -> bool:
        """Whether it is pinned, as far as anybody has asked; costs nothing."""
        return bool(self._pinned)

    def _has_takes_of_its_own(self) -> bool:
        if self.maker is None or not len(self.store):
            return False
        return any(state.key and state.way is not None for state in self.standing().settle_all())

    def pin(self) -> None:
        """A take is made: from now on rows are spoken as it was. Raises UserError."""
        with self._lock:
            if not self.pinned:
                self._pinned = True
                self._save_head()

    def set_maker(self, maker: Maker) -> None:
        """What speaks from now on. Raises UserError where the project is pinned to another."""
        with self._lock:
            now = self.maker
            if now is not None and not maker.name:
                maker = dataclasses.replace(maker, name=now.name)
            if now == maker and now.name == maker.name:
                return
            if self.pinned and now is not None and not _goes_on(now, maker):
                raise UserError(
                    f"{self.folder} is spoken by {now.in_words()}, not by {maker.in_words()}: "
                    "leave that out to go on, or have all rows or the missing ones spoken anew"
                )
            self.maker = maker
            if not self._pinned and len(self.store):
                self._pinned = None  # there may be takes of this one
            self._save_head()

    def set_recipe(self, recipe: Recipe) -> None:
        """Another way to speak all rows."""
        with self._lock:
            self.recipe = recipe
            self.earlier = tuple(dataclasses.replace(way, recipe=recipe) for way in self.earlier)
            self._save_head()

    def speak_anew(self, maker: Maker, recipe: Recipe | None = None) -> None:
        """Pin the project to another maker or recipe, for all rows. Earlier takes stay to be chosen
        from. A voice that another model made up goes: this one makes up its own."""
        with self._lock:
            self.hold_all()
            if self.maker is not None and self.maker.model != maker.model:
                self.made_up = {}
            self.readings.forget()
            self.maker, self.recipe, self.earlier = maker, recipe or self.recipe, ()
            self._save_head()

    def mix(self, maker: Maker, recipe: Recipe | None = None) -> None:
        """Pin the project to another maker or recipe, for rows without a take. The takes that are
        there count as before. Raises UserError for another history."""
        recipe = recipe or self.recipe
        with self._lock:
            self.hold_all()
            now = self.recipe
            if (recipe.history, recipe.anchor) != (now.history, now.anchor):
                raise UserError(
                    "rows that continue each other and rows that do not cannot be mixed: have all "
                    "rows spoken anew"
                )
            if self.maker is not None:
                ways = [*self.earlier, Way(maker=self.maker, recipe=now)]
                same = [way for way in ways if way.maker.speaks_as(maker) and way.recipe == recipe]
                self.earlier = tuple(way for way in ways if way not in same)
            self.maker, self.recipe = maker, recipe
            self._save_head()

    def begin_anew(self) -> None:
        """Forget what the project is pinned to, and its made-up voices."""
        with self._lock:
            self.readings.forget()
            self._pinned, self.earlier, self.made_up = False, (), {}
            self._held, self._held_takes = {}, -1
            self._save_head()

    @property
    def ways(self) -> tuple[Way, ...]:
        """How takes that count were made, the present way last; () before that is known."""
        now = () if self.maker is None else (Way(maker=self.maker, recipe=self.recipe),)
        return (*self.earlier, *now)

    def made_with(self, state: RowState) -> dict[str, Any]:
        """What a row's take was made with, where rows of this project differ in that; else {}."""
        if not self.earlier or state.key is None:
            return {}
        if state.way is not None:
            return self.ways[state.way].to_plain()
        return dict(self.store.note(state.key).get("made", {}))

    def read_otherwise(self) -> list[str]:
        """A sentence on rows that stay as they were read, where other packages read them otherwise
        now; [] where there are none. Takes a millisecond a row where packages have changed."""
        said = (self.said(row.text) for row in self.script.rows)
        if not (count := self.readings.differing(self.maker, said)):
            return []
        return [
            f"Rows that stay as they were read, and would be read otherwise now by {by_whom()}: "
            f"{count}; have all rows spoken anew to change that."
        ]

    # ── made-up voices ────────────────────────────────────────────────────────────────────────

    def keep_voices(self, standing: Standing) -> None:
        """Voices that the model made up are the project's own as soon as the row that they were
        made for is settled. Raises UserError when the disk refuses."""
        new: dict[str, MadeUp] = {}
        for index, speaker in standing.unknown_sources().items():
            state = standing.states[index]
            if not state.settled or state.key is None or speaker in self.made_up:
                continue
            with suppress(UserError):  # a take that cannot be read gives nobody a voice
                take = self.store.load(state.key)
                data = io.BytesIO()
                np.savez(data, **{name: getattr(take, field) for field, name in TOKENS.items()})
                file = f"voices/made-up-{state.key[:8]}.npz"
                new[speaker] = MadeUp(
                    row=standing.rows[index].id,
                    take=state.key,
                    number=state.take or 0,
                    file=file,
                )
                self.inner.write(file, data.getvalue())
        if not new:
            return
        with self._lock:
            made_up = {**self.made_up, **new}
            if self.recipe.history == "continue":  # rows before it were spoken without
                self.hold(standing, made_up)
            self.made_up = made_up
            self._save_head()

    def another_voice(self, speaker: str) -> None:
        """Let the model make up another voice for a speaker: all rows in it are spoken anew.
        Raises UserError for a speaker who has none of that kind."""
        with self._lock:
            self.hold_all()
            if speaker not in self.made_up:
                raise UserError("this voice is not made up yet: render the rows first")
            del self.made_up[speaker]
            self._save_head()
            standing = self.standing()
            standing.settle_all()
            rows = [i for i, one in standing.unknown_sources().items() if one == speaker]
        for index in rows:
            self.reroll(standing.rows[index].id)

    # ── what settled rows follow from ─────────────────────────────────────────────────────────

    def hold(self, standing: Standing, made_up: dict[str, MadeUp] | None = None) -> None:
        """Hold what the settled rows of a look follow from. Raises UserError."""
        with self._lock:
            found = standing.hold(self.made_up if made_up is None else made_up)
            now = {**self._held, **found}
            if now != self._held or (now and self._held_takes != len(self.store)):
                self.inner.write(HELD, held.to_json(now, len(self.store)))
                self._held, self._held_takes = now, len(self.store)

    def hold_all(self) -> None:
        """Before a change: what is settled is held as it is, where takes came since that was
        written. A folder that cannot be written cannot be changed either."""
        with self._lock:
            if self.maker is None or not len(self.store) or self._held_takes == len(self.store):
                return
            standing = self.standing()
            standing.settle_all()
            self.keep_voices(standing)
            self.hold(standing)


def _goes_on(now: Maker, maker: Maker) -> bool:
    """Whether takes of both belong together: 0.1.0 did not say which arithmetic it used."""
    known = {name: value for name, value in maker.settings.items() if name in now.settings}
    return now.speaks_as(dataclasses.replace(maker, settings=known))
