"""Which recogniser hears the takes of a project. No package for listening is imported: that is for
the process that hears."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models import catalog, recognisers
from engine.models.recognisers import content, find

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.listening.heard import Heard
    from engine.listening.process import Ears
    from engine.script.ears import Listener
    from engine.script.recipe import Recipe

_THREADS = 2  # that hear, at a low priority beside those that speak
_LATER = "; rows are judged by their signal alone, and `convert --listen` hears them later"
_PACKAGES = "listening needs other packages: install them with `pip install faster-whisper`"


def recogniser_for(name: str, say: Callable[[str], None]) -> str:
    """The hash of a recogniser of this machine, by which a recipe names it; "" where nothing can be
    heard, which is said. Raises UserError for a name that is none."""
    try:
        folder = find(name)
    except UserError as error:
        if not recognisers.is_name(name):
            raise
        say(f"takes are not heard: {error}{_LATER}")
        return ""
    if find_spec("faster_whisper") is None:
        say(f"takes are not heard: {_PACKAGES}{_LATER}")
        return ""
    return content(folder)


class Hearers:
    """The recognisers of a batch, or of a window, by their content. close ends their processes.
    Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: dict[str, tuple[Listener, Ears | Deaf]] = {}

    def of(self, recipe: Recipe) -> Listener | None:
        """Who hears the takes of a project; None where its recipe asks nobody. One who cannot hear
        says why when something is to be heard."""
        if not recipe.listen:
            return None
        from engine.script.ears import Listener

        with self._lock:
            if recipe.listen not in self._ears:
                ears = self._look_up(recipe)
                self._ears[recipe.listen] = Listener(by=recipe.listen, recogniser=ears), ears
            return self._ears[recipe.listen][0]

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            while self._ears:
                _, (_, ears) = self._ears.popitem()
                ears.close()

    def _look_up(self, recipe: Recipe) -> Ears | Deaf:
        from engine.listening.process import Ears

        folder = _folder(recipe)
        if folder is None:
            name = f"{recipe.listener or 'a recogniser'} ({recipe.listen[:8]})"
            return Deaf(f"{name}, which heard the first ones, is not here{_LATER}")
        if find_spec("faster_whisper") is None:
            return Deaf(f"{_PACKAGES}{_LATER}")
        return Ears(folder, threads=min(_THREADS, os.cpu_count() or 1))


class Deaf:
    """A Recogniser that cannot hear."""

    def __init__(self, why: str) -> None:
        self._why = why

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        """Raises UserError."""
        raise UserError(self._why)

    def close(self) -> None:
        """Nothing."""


def _folder(recipe: Recipe) -> Path | None:
    """Where the recogniser of a recipe lies, wherever that is on this machine."""
    places = [m.folder for m in catalog.models() if m.kind == "listening" and m.folder]
    with suppress(UserError):
        places.insert(0, find(recipe.listener))
    for place in dict.fromkeys(places):
        with suppress(UserError):
            if content(place) == recipe.listen:
                return place
    return None
