"""Who hears what becomes of a batch of files: the conversion itself prints nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from engine.conversion.estimate import Plan


class Listener(Protocol):
    """Who hears what happens. Called on the thread that converts. live: whether `progress` is
    looked at."""

    live: bool

    def say(self, sentence: str) -> None:
        """Something that the user should know."""
        ...

    def progress(self, words: str) -> None:
        """How far it is, for a line that is drawn over and over."""
        ...

    def planned(self, plan: Plan) -> None:
        """A script of a dry run."""
        ...

    def written(self, recording: Path) -> None:
        """A finished recording."""
        ...

    def done(self, total: dict[str, Any]) -> None:
        """Everything is done; the figures of `account`."""
        ...
