"""What the rows of a script may be: the room of the model that speaks, the pace of its voices.

Standard library only at import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.info import SAFE
from engine.system.inner_files import read_inner
from engine.system.outside import JSON_BYTES
from engine.system.paths import own_folder
from engine.system.untrusted_json import finite, parse_object

if TYPE_CHECKING:
    from engine.bark.tokenizer import TextTokenizer
    from engine.script.pace import Pace, Paces
    from engine.script.rows import Script, ScriptRow
    from engine.script.selection import Recipe


def learned() -> Paces:
    """What this program has learned of voices, in the user's own folder."""
    from engine.script.pace import Paces

    return Paces(own_folder() / "paces.json")


@dataclass(frozen=True, slots=True)
class Divided:
    """A script in rows of speakable length. paces: letters a second of every voice that it was
    divided by, by `voice_key`. pace_of: of a row."""

    script: Script
    paces: Mapping[str, float]
    pace_of: Callable[[ScriptRow], Pace]


class Speakable:
    """How long a row may be. longest: seconds. most: letters."""

    def __init__(
        self, model: Path | None, longest: float, paces: Paces, paces_of: str = ""
    ) -> None:
        """model: None where it is not here; then its voices are not known either. paces_of: the
        content of the one whose paces count, where another one stands in for it."""
        self.longest, self.most = longest, inf
        self._paces = paces
        self._model = ""
        self._tokenizer: TextTokenizer | None = None
        if model is None:
            return
        with suppress(UserError):  # that it cannot be read is said before it is to speak
            from engine.bark.config import read_config
            from engine.models.fingerprint import model_hash

            self._model = paces_of or model_hash(model)
            config = read_config(model)
            self.longest = min(longest, SAFE * config.max_seconds)
            self.most = config.semantic_rules.max_input_semantic_length
            from engine.bark.tokenizer import TextTokenizer

            self._tokenizer = TextTokenizer(model)

    def unreadable(self, text: str) -> str:
        """Why the model cannot read a text, "" where it can or is not here."""
        if self._tokenizer is None:
            return ""
        from engine.bark.readable import unreadable

        return unreadable(self._tokenizer, text)

    @property
    def moras(self) -> bool:
        """Whether the model reads Japanese as moras."""
        return self._tokenizer is not None and self._tokenizer.moras

    def spoken(self, text: str) -> str:
        """A text as the model reads it: Japanese as moras, where it wants that. Raises UserError
        where packages are lacking that read it."""
        return text if self._tokenizer is None else self._tokenizer.spoken(text)

    def fits(self, text: str) -> bool:
        """Whether what the model is given for a text, as it is spoken, has room in a row. Of a text
        that it does not read as moras, its letters tell."""
        if self._tokenizer is None or not self.moras:
            return True
        try:
            return len(self._tokenizer(text)) <= self.most
        except UserError:  # of packages that are lacking; it is said before it is to speak
            return True

    def unreadable_rows(
        self, script: Script, recipe: Recipe, kept: Callable[[str], str] = lambda said: ""
    ) -> dict[str, str]:
        """Rows that the model cannot read → why; of what is spoken, not of what is written. kept:
        how a text was read before, "" where it was not."""
        from engine.script.pronunciation import language_of_numbers, saying

        say = saying(recipe, language_of_numbers(script))
        said = {row.id: say(row.text) for row in script.rows}
        found = {row: self.unreadable(kept(text) or text) for row, text in said.items()}
        return {row: reason for row, reason in found.items() if reason}

    def divide(
        self,
        script: Script,
        voice_of: Callable[[ScriptRow], str | None],
        fixed: Mapping[str, float],
        say: Callable[[str], str] = lambda text: text,
    ) -> Divided:
        """The script in rows of speakable length. fixed: paces that stay as they are, whatever was
        learned since: those that its project began with. say: what is spoken for a text; a row
        whose figures are long in words is split by them."""
        from engine.script.pace import START, Pace, voice_key
        from engine.script.split import split_script
        from engine.script.split_spoken import split_spoken

        if not self._model:
            divided = split_script(script, longest=self.longest, most=self.most)
            divided = split_spoken(divided, say, longest=self.longest, most=self.most)
            return Divided(divided, fixed, lambda row: START)
        keys: dict[str | None, str] = {}
        paces = dict(fixed)

        def pace_of(row: ScriptRow) -> Pace:
            voice = voice_of(row)
            key = keys.get(voice) or keys.setdefault(voice, voice_key(self._model, voice))
            if key not in paces:
                paces[key] = self._paces.of(key).rate
            return Pace(paces[key])

        room = {"longest": self.longest, "most": self.most}
        divided = split_script(script, pace_of=pace_of, **room)
        divided = split_spoken(divided, say, pace_of=pace_of, fits=self.fits, **room)
        return Divided(divided, paces, pace_of)


def fixed_paces(project: Path) -> dict[str, float]:
    """The paces that the project of this folder began with; {} where there is none yet."""
    try:
        stored = parse_object(read_inner(project, "project.json", JSON_BYTES))["paces"]
        return {str(key): finite(rate) for key, rate in stored.items() if 1 <= rate <= 100}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
