"""Which recogniser hears the takes of a project. No package for listening is imported: that is for
the process that hears."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models import catalog, recognisers
from engine.models.recognisers import content, find

if TYPE_CHECKING:
    from engine.listening.process import Ears
    from engine.script.ears import Listener
    from engine.script.recipe import Recipe

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
    """The recognisers of a batch, by their content. close ends their processes."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """say: told once why nothing is heard."""
        self._say = say
        self._ears: dict[str, Ears | None] = {}

    def of(self, recipe: Recipe) -> Listener | None:
        """Who hears the takes of a project; None where nobody is asked, or can."""
        if not recipe.listen:
            return None
        if recipe.listen not in self._ears:
            self._ears[recipe.listen] = self._look_up(recipe)
        ears = self._ears[recipe.listen]
        if ears is None:
            return None
        from engine.script.ears import Listener

        return Listener(by=recipe.listen, recogniser=ears)

    def close(self) -> None:
        """End the processes."""
        while self._ears:
            _, ears = self._ears.popitem()
            if ears is not None:
                ears.close()

    def _look_up(self, recipe: Recipe) -> Ears | None:
        from engine.listening.process import Ears

        folder = _folder(recipe)
        if folder is None:
            name = f"{recipe.listener or 'a recogniser'} ({recipe.listen[:8]})"
            self._say(
                f"takes are not heard: {name}, which heard the first ones, is not here{_LATER}"
            )
            return None
        if find_spec("faster_whisper") is None:
            self._say(f"takes are not heard: {_PACKAGES}{_LATER}")
            return None
        return Ears(folder)


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
