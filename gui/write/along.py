"""Along: a text that is being written, sentence by sentence to whoever speaks."""

from __future__ import annotations

from engine.documents.language import guess_language
from engine.script.flow import closed


class Along:
    """Holds back what is not a whole sentence yet."""

    def __init__(self) -> None:
        self._waiting = ""

    def add(self, text: str) -> str:
        """More of the text; the sentences that are whole now, or ""."""
        self._waiting += text
        end = closed(self._waiting, guess_language)
        whole, self._waiting = self._waiting[:end], self._waiting[end:]
        return whole.strip()

    def end(self) -> str:
        """The text ends here: what is left of it."""
        rest, self._waiting = self._waiting, ""
        return rest.strip()
