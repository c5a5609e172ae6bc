"""What `say` makes of its text: rows, in words, of a length that the model takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.documents.language import guess_language
from engine.errors import UserError
from engine.script.flow import Line
from engine.script.row_limits import Speakable, learned
from engine.script.split import LONGEST
from engine.script.spoken_text import SpokenText


class Rows:
    """Divides a text by the room of the model."""

    def __init__(self, model: Path, voice: str | None, *, numbers: bool) -> None:
        """numbers: figures are spoken in words. Raises UserError for a model that is damaged."""
        speakable = Speakable(model, LONGEST, learned())
        self.unreadable = speakable.unreadable
        self._text = SpokenText(
            guess=guess_language,
            voice=voice,
            longest=speakable.longest,
            most=speakable.most,
            numbers=numbers,
            fits=speakable.fits,
        )
        self.spoken = speakable.spoken

    def said(self, text: str) -> str:
        """A text as it is spoken."""
        return self._text.said(text)

    def is_one(self, text: str) -> bool:
        """Whether all of it can be one row."""
        return self._text.is_one(text)

    def check(self, text: str) -> None:
        """Raise UserError for a text with letters that the model cannot read."""
        self._check(self.said(text))

    def of(self, parts: Iterable[str]) -> Iterator[Line]:
        """The rows of a text that comes in parts, as they are spoken. Raises UserError as `check`
        does, where it meets such a row."""
        for line in self._text.lines(parts):
            self._check(line.text)
            yield line

    def _check(self, said: str) -> None:
        if reason := self.unreadable(said):
            raise UserError(reason)
