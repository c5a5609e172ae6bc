"""Writer: one text while it is written, with its end and its stop strings."""

from __future__ import annotations

from collections.abc import Iterable

from engine.text.growing import Growing
from engine.text.tokenizer import Tokenizer


class Writer:
    """One text while it is written: holds back what may still change or become a stop string.

    longest: most tokens; full: the ending when they are reached. tokens: what has been written,
    without the end token. length: the end token included. ending: see Text.endings; "" goes on.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        prompt: list[int],
        *,
        longest: int,
        full: str = "length",
        stop: tuple[str, ...] = (),
        ends: tuple[int, ...] = (),
    ) -> None:
        self.tokens: list[int] = []
        self.length = 0
        self.ending = ""
        self._longest, self._full, self._stop, self._ends = longest, full, stop, ends
        # Characters of a stop string that may be settled before its last one comes.
        self._reach = max((len(each) for each in stop), default=1) - 1
        # A few tokens of the prompt, because some tokenizers drop a space at the very beginning.
        self._growing = Growing(tokenizer, prompt[-4:])
        self._shown = 0

    @property
    def text(self) -> str:
        """The whole text; up to the first stop string, when there is one."""
        text = self._growing.text
        return text[: self._stop_in(text)]

    def write(self, tokens: Iterable[int]) -> str:
        """Append tokens, up to the end of the text; returns the new text that is certain."""
        end: int | None = None
        for token in tokens:
            self.length += 1
            if token in self._ends:
                self.ending = "end"
                break
            start = max(0, self._growing.settled - self._reach)  # no stop string lies before
            self.tokens.append(token)
            self._growing.add(token)
            if self._stop:
                place = self._stop_in(self._growing.since(start))
                if place is not None:
                    self.ending, end = "stop", start + place
                    break
            if self.length == self._longest:
                self.ending = self._full
                break
        new = self._growing.since(self._shown)
        if end is None and not self.ending:
            end = self._growing.certain
            end -= self._begun(self._growing.since(max(0, end - self._reach)), end)
        if end is not None:
            new = new[: max(0, end - self._shown)]
        self._shown += len(new)
        return new

    def _stop_in(self, text: str) -> int | None:
        places = [place for stop in self._stop if (place := text.find(stop)) >= 0]
        return min(places, default=None)

    def _begun(self, text: str, end: int) -> int:
        """How many characters at the end of the certain text may be the beginning of a stop string.

        text: from `_reach` characters before that end on.
        """
        text = text[: min(end, self._reach)]
        held = (
            length
            for stop in self._stop
            for length in range(min(len(stop) - 1, len(text)), 0, -1)
            if text.endswith(stop[:length])
        )
        return max(held, default=0)
