"""What the user decides about the rows of a project: which take counts, and for how long."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.errors import UserError
from engine.script.hearings import Hearings
from engine.script.project_files import CHOICES
from engine.script.project_folder import ProjectFolder
from engine.script.recipe import Recipe
from engine.script.rows import Script
from engine.script.selection import Standing
from engine.script.states import Choice, RowState, TakeInfo
from engine.script.store import Store
from engine.script.trims import cut


class Decided:
    """The part of a project that keeps decisions. Thread-safe; they are on the disk when a method
    returns."""

    inner: ProjectFolder
    store: Store
    hearings: Hearings
    script: Script
    recipe: Recipe
    _lock: threading.RLock
    _choices: dict[str, Choice]

    standing: Callable[[], Standing]
    state: Callable[[str], RowState]
    states: Callable[[], list[RowState]]
    takes: Callable[[str], list[TakeInfo]]
    hold_all: Callable[[], None]

    def choose(self, row: str, take: int) -> None:
        """Take this one, good or not, as long as the row stays as it is."""
        key = next((info.key for info in self.takes(row) if info.number == take), None)
        if key is None:
            raise UserError(f"row {row} has no take {take + 1}")
        self._decide(row, take=take, key=key)

    def keep(self, row: str) -> None:
        """The row's present take is good, whatever the check says."""
        state = self.state(row)
        if state.take is None:
            raise UserError(f"row {row} has no take yet: render it first")
        self._decide(row, take=state.take, key=state.key)

    def lock(self, row: str, locked: bool = True) -> None:
        """Locked, a row keeps its present take even when its text or voice changes."""
        state = self.state(row)
        key = state.key or state.earlier
        if locked and key is None:
            raise UserError(f"row {row} has no take yet: render it first")
        if locked:
            self._decide(row, take=state.take, key=key, locked=True)
        else:
            self._decide(row, take=None, key=None, locked=False)

    def lock_take(self, row: str, key: str) -> None:
        """Lock a row with one of its takes, however that was made."""
        take = next((info for info in self.takes(row) if info.key == key), None)
        if take is None:
            raise UserError(f"row {row} has no such take")
        self._decide(row, take=take.number if take.number >= 0 else None, key=key, locked=True)

    def reroll(self, row: str) -> None:
        """The row's takes so far do not count any more: the next rendering makes new ones. They
        stay to be chosen from."""
        self.reroll_all([row])

    def reroll_all(self, rows: Iterable[str]) -> None:
        """`reroll` for many rows, at the price of one."""
        standing = self.standing()
        standing.settle_all()
        self._decide_all(
            {
                row: {
                    "start": max((info.number for info in standing.takes(row)), default=-1) + 1,
                    "take": None,
                    "key": None,
                    "locked": False,
                }
                for row in rows
            }
        )

    def lock_all(self, rows: Iterable[str], locked: bool = True) -> None:
        """`lock` for many rows, at the price of one; rows without a take are left out."""
        states = {state.id: state for state in self.states()}
        keep = {row: states[row] for row in rows if row in states}
        self._decide_all(
            {
                row: {"take": s.take, "key": s.key or s.earlier, "locked": True}
                for row, s in keep.items()
                if s.key or s.earlier
            }
            if locked
            else {row: {"take": None, "key": None, "locked": False} for row in keep}
        )

    def trim(self, row: str, begin: int | None = None, end: int | None = None) -> None:
        """Use the row's present take from one of its words on, or as far as one; the other side
        stays as it is. begin, end: numbers of words as `marked_words` has them. It belongs to this
        take: another one is whole. Raises UserError where nobody knows when its words sound."""
        state = self.state(row)
        if state.key is None or state.measures is None:
            raise UserError(f"row {row} has no take yet: render it first")
        hearing = self.hearings.of(state.key, self.recipe.listen) if self.recipe.listen else None
        if hearing is None:
            raise UserError(f"row {row} was not heard: render it with a recogniser first")
        text = next(known.text for known in self.script.rows if known.id == row)
        trim = cut(state.trim, state.key, text, hearing.heard, state.measures, begin=begin, end=end)
        self._decide(row, trim=trim)

    def untrim(self, row: str) -> None:
        """Use all of the row's takes again."""
        self._decide(row, trim=None)

    def choice(self, row: str) -> Choice:
        """What was decided about a row."""
        return self._choices.get(row, Choice())

    def _decide(self, row: str, **changes: Any) -> None:
        self._decide_all({row: changes})

    def _decide_all(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        with self._lock:
            self.hold_all()
            choices = dict(self._choices)
            for row, change in changes.items():
                choices[row] = dataclasses.replace(self.choice(row), **change)
            values = {row: _plain(choice) for row, choice in choices.items()}
            self.inner.write(CHOICES, json.dumps(values, indent=1).encode())
            self._choices = choices

    def forget_takes(self) -> None:
        """Forget the takes of earlier runs but those of locked rows. Raises UserError."""
        locked = {choice.key for choice in self._choices.values() if choice.locked and choice.key}
        self.store.forget_all(keep=locked)


def _plain(choice: Choice) -> dict[str, Any]:
    values = dataclasses.asdict(choice)
    if choice.trim is None:
        del values["trim"]
    return values
