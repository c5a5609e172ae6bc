"""The keys under which takes made in one way are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.script.pronunciation import saying
from engine.script.reading import Readings
from engine.script.recipe import Maker, Recipe
from engine.script.store import Store, take_key

_ARITHMETIC = "arithmetic"  # what version 0.1.0 did not put into a key


class Keys:
    """Keys by text, content of the voice and number of the take; remembered, for they are asked
    for over and over."""

    def __init__(
        self,
        maker: Maker,
        recipe: Recipe,
        store: Store,
        language: str = "en",
        readings: Readings | None = None,
    ) -> None:
        """language: of the texts, an ISO 639-1 code. readings: as takes were read before."""
        self.recipe = recipe
        self._store = store
        self.base = _base(maker.settings, maker, recipe)
        known = {name: value for name, value in maker.settings.items() if name != _ARITHMETIC}
        self._before = _base(known, maker, recipe)  # as 0.1.0 had it
        self._keys: dict[tuple[str, str, str, int], str] = {}
        self._texts: dict[str, str] = {}
        self._circumstances: dict[tuple[str | None, ...], str] = {}
        self._says = bool(recipe.replacements or recipe.numbers)
        self._say = saying(recipe, language)
        self._maker, self._readings = maker, readings or Readings()
        self._forgotten = self._readings.forgotten

    def lend(self, other: Keys) -> None:
        """Spare another look the same work."""
        if (other.base, other._forgotten) == (self.base, self._forgotten):
            other._keys, other._circumstances = self._keys, self._circumstances

    def text(self, text: str) -> str:
        """What is spoken for a text."""
        if not self._says:
            return text
        if text not in self._texts:
            self._texts[text] = self._say(text)
        return self._texts[text]

    def of(self, text: str, voice: str, take: int) -> str:
        """The key of a take. text: as it is spoken. voice: its content.

        A take that 0.1.0 made is found under the key that it gave: no word of the arithmetic.
        """
        key = self._key(self.base, text, voice, take)
        if self._before != self.base and key not in self._store and not self._store.withheld(key):
            before = self._key(self._before, text, voice, take)
            if before in self._store or self._store.withheld(before):
                return before
        return key

    def circumstances(self, made_of: tuple[str | None, ...]) -> str:
        """A hash of plain values and of how takes are made: 16 hexadecimal digits."""
        if made_of not in self._circumstances:
            parts = {"base": self._before, "of": made_of}
            self._circumstances[made_of] = take_key(parts)[:16]
        return self._circumstances[made_of]

    def _key(self, base: str, text: str, voice: str, take: int) -> str:
        made_of = base, text, voice, take
        if made_of not in self._keys:
            read = self._readings.of(self._maker, text)  # another reading of a word is another take
            parts = {"base": base, "text": read, "voice": voice, "take": take}
            self._keys[made_of] = take_key(parts)
        return self._keys[made_of]


def _base(settings: Mapping[str, Any], maker: Maker, recipe: Recipe) -> str:
    return take_key(
        {
            "model": maker.model,
            "settings": dict(settings),
            "sampling": dataclasses.asdict(recipe.sampling),
            "seed": recipe.seed,
            "max_seconds": recipe.max_seconds,
            "semantic_tokens": recipe.semantic_tokens,
        }
    )
