"""What a window asks of the recognisers of this machine. No package for listening is imported."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from engine.conversion.hearing import Hearers
from engine.models import catalog, recognisers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.script.hearings import Hearing


class Listening:
    """Implements gui.studio.backend.Listening."""

    def __init__(self, hearers: Hearers) -> None:
        self._hearers = hearers

    def has_packages(self) -> bool:
        """Whether what is needed to listen is installed."""
        return find_spec("faster_whisper") is not None

    def recognisers(self) -> tuple[str, ...]:
        """The names of those that are here."""
        return tuple(m.id for m in catalog.models() if m.kind == "listening" and m.state == "here")

    def content(self, name: str) -> str:
        """The hash of one, by which a recipe names it. Raises UserError."""
        return recognisers.content(recognisers.find(name))

    def hear(self, name: str, text: str, audio: NDArray[np.float32], rate: int) -> Hearing:
        """What one hears of a take. text: as it is written. audio: float32 (samples,) at rate Hz.
        Raises UserError."""
        from engine.documents.language import guess_language
        from engine.listening.windows import for_ears
        from engine.script.hearings import Hearing
        from engine.script.recipe import Recipe
        from engine.spoken.language import language_of

        listener = self._hearers.of(Recipe(listen=self.content(name), listener=name))
        assert listener is not None
        language = language_of(text, guess_language(text))
        with listener.turn:
            (heard,) = listener.recogniser.hear([for_ears(audio, rate)], language)
        return Hearing.of(text, heard)

    def stop(self) -> None:
        """End what is being heard."""
        self._hearers.close()
