"""What a conversion is asked for. Standard library only at import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.recordings.ownership import Permission
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.documents.reading import Reading
    from engine.recordings.plan import Delivery
    from engine.script.recipe import Recipe

FindModel = Callable[[str | None], Path]


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What is asked for. voices: speaker → voice, "" for everybody else. reading: what would be
    guessed of the texts. longest: seconds of a row. fresh: forget the takes of earlier runs. given,
    change: as in Asked. named: files that the user named. take_over: take projects from windows and
    runs that have them. permission: what may be replaced. reads: files that are read besides the
    texts."""

    settings: Settings
    recipe: Recipe
    delivery: Delivery
    voices: dict[str, str | None]
    model: str | None
    language: str | None
    reading: Reading
    longest: float
    fresh: bool
    dry_run: bool
    json: Path | None
    given: frozenset[str] = frozenset()
    change: str = ""
    named: frozenset[Path] = frozenset()
    take_over: bool = False
    permission: Permission = field(default_factory=Permission)
    reads: frozenset[Path] = frozenset()
