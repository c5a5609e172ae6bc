"""How the rows of a script are read, and which cannot be, before anything is spoken.

Standard library only at import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.errors import UserError

if TYPE_CHECKING:
    from engine.script.project import Project
    from engine.script.recipe import Recipe
    from engine.script.row_limits import Speakable
    from engine.script.rows import Script

_NAMED = 5  # rows in a sentence


class AsRead:
    """Of one script: by the model that speaks, and as its project was read when it was spoken."""

    def __init__(self, speakable: Speakable, made: Callable[[], Project | None]) -> None:
        """made: what earlier runs have left of it; asked where a model reads Japanese."""
        self._speakable = speakable
        self._made = made() if speakable.moras else None

    def __call__(self, said: str) -> str:
        """What the model is given for a text that is said; the text itself where packages are
        lacking that read it, which `unread` tells."""
        try:
            return self._kept(said) or self._speakable.spoken(said)
        except UserError:
            return said

    def unread(self, script: Script, recipe: Recipe) -> dict[str, str]:
        """Rows that the model cannot read → why."""
        return self._speakable.unreadable_rows(script, recipe, self._kept)

    def _kept(self, said: str) -> str:
        made = self._made
        return "" if made is None else made.readings.kept(made.maker, said)


def refuse_unread(name: str, script: Script, unread: Mapping[str, str]) -> None:
    """Raise UserError for a script of which no row can be read. name: of its file."""
    if len(unread) == len(script.rows):
        raise UserError(f"{name}: {next(iter(unread.values()))}")


def told(name: str, unread: Mapping[str, str]) -> list[str]:
    """A sentence for each reason why rows cannot be read. name: of their file."""
    rows: dict[str, list[str]] = {}
    for row, reason in unread.items():
        rows.setdefault(reason, []).append(row)
    return [f"{name}, {_in_words(named)}: {reason}" for reason, named in rows.items()]


def _in_words(rows: list[str]) -> str:
    if len(rows) == 1:
        return f"row {rows[0]}"
    if others := len(rows[_NAMED:]):
        return f"rows {', '.join(rows[:_NAMED])} and {others} more"
    return f"rows {', '.join(rows[:-1])} and {rows[-1]}"
