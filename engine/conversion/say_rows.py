"""What `say` makes of its text: rows, in words, of a length that the model takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.documents.language import guess_language
from engine.errors import UserError
from engine.models.fingerprint import model_hash
from engine.script.flow import Line, lines_of
from engine.script.pace import Pace, letters, voice_key
from engine.script.row_limits import Speakable, learned
from engine.script.split import LONGEST, split
from engine.spoken.language import language_of
from engine.spoken.normalise import spoken_as


class Rows:
    """Divides a text by the pace of its voice and the room of the model."""

    def __init__(self, model: Path, voice: str | None, *, numbers: bool) -> None:
        """numbers: figures are spoken in words. Raises UserError for a model that is damaged."""
        paces = learned()
        self._speakable = Speakable(model, LONGEST, paces)
        self._pace: Pace = paces.of(voice_key(model_hash(model), voice))
        self._numbers = numbers
        self.unreadable = self._speakable.unreadable

    @property
    def _room(self) -> float:
        """Letters of a row."""
        return min(self._speakable.longest * self._pace.rate, self._speakable.most)

    def said(self, text: str) -> str:
        """A text as it is spoken."""
        if not self._numbers:
            return text
        return spoken_as(text, language_of(text, guess_language(text)))

    def is_one(self, text: str) -> bool:
        """Whether all of it is one row."""
        return letters(self.said(text).strip()) <= self._room and "\n\n" not in text.strip()

    def check(self, text: str) -> None:
        """Raise UserError for a text with letters that the model cannot read."""
        if reason := self.unreadable(self.said(text)):
            raise UserError(reason)

    def of(self, parts: Iterable[str]) -> Iterator[Line]:
        """The rows of a text that comes in parts, as they are spoken. Raises UserError as `check`
        does, where it meets such a row."""
        for line in lines_of(parts, self._split, guess_language):
            self.check(line.text)
            yield line

    def _split(self, text: str) -> list[str]:
        """Figures are put into words first: a row is as long as it is spoken."""
        return split(
            self.said(text),
            pace=self._pace,
            language=guess_language(text),
            longest=self._speakable.longest,
            most=self._speakable.most,
        )
