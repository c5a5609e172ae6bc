"""Division: the rows in which a text will be spoken, in words, and how long they will be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.info import ModelFacts
from gui.studio.backend import Backend

if TYPE_CHECKING:  # the window is up before a text is divided
    from engine.script.flow import Line
    from engine.script.spoken_text import SpokenText

_SHOWN = 20  # sentences that are said otherwise than they are written


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a text. rows: as it will be spoken. seconds, tokens: of each row; tokens are
    empty while no model is there to count them. lost: letters that the model cannot read. language:
    of the text, "" where nobody can tell. otherwise: sentences that are said otherwise than they
    are written, as they are said. lacking: why what speaks cannot read the text, a sentence."""

    rows: tuple[str, ...]
    seconds: tuple[float, ...]
    tokens: tuple[int, ...]
    lost: str = ""
    language: str = ""
    otherwise: tuple[str, ...] = ()
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a text is divided by. numbers: figures and abbreviations are said in words."""

    model: str
    facts: ModelFacts | None
    voice: str | None
    numbers: bool

    @property
    def moras(self) -> bool:
        """Whether the model is given Japanese as kana with accents."""
        return self.facts is not None and self.facts.moras


def count(backend: Backend, chosen: Chosen, text: str) -> Figures:
    """Split a text into rows and measure them. Errand thread."""
    rows = tuple(line.text for line in lines_of(text, chosen))
    tokens: tuple[int, ...] = ()
    lost = lacking = ""
    if chosen.facts is not None:
        try:
            tokens = tuple(backend.count_tokens(chosen.model, row) for row in rows)
            lost = backend.lost(chosen.model, "\n".join(rows))
        except UserError as error:
            if not chosen.moras:
                raise
            lacking = str(error)  # packages that read Japanese
    pace = backend.pace(chosen.model, chosen.voice)
    from engine.documents.language import guess_language

    seconds = tuple(pace.seconds(row) for row in rows)
    otherwise = tuple(said for _, said in islice(_spoken(chosen).differences(text), _SHOWN))
    if chosen.moras and not lacking:
        from engine.spoken.openjtalk import as_moras

        read = tuple(as_moras(row) for row in rows[:_SHOWN])
        otherwise = read if read != rows[:_SHOWN] else otherwise
    return Figures(rows, seconds, tokens, lost, guess_language(text), otherwise, lacking)


def lines_of(text: str, chosen: Chosen) -> tuple[Line, ...]:
    """The rows that a text is spoken in, none too long for the model, as `say` divides it."""
    return tuple(line for line in _spoken(chosen).lines([text]) if line.text.strip())


def _spoken(chosen: Chosen) -> SpokenText:
    from engine.documents.language import guess_language
    from engine.script.split import room
    from engine.script.spoken_text import SpokenText

    longest, most = room(chosen.facts)

    def fits(said: str) -> bool:
        from engine.spoken.moras import length
        from engine.spoken.openjtalk import as_moras

        try:
            return length(as_moras(said)) <= most
        except UserError:  # of packages that are lacking
            return True

    return SpokenText(
        guess=guess_language,
        voice=chosen.voice,
        longest=longest,
        most=most,
        numbers=chosen.numbers,
        fits=fits if chosen.moras else lambda said: True,
    )
