"""The text of tokens that come one by one: each decodes the last few, not all that came before."""

from __future__ import annotations

from itertools import dropwhile

from engine.text.tokenizer import UNFINISHED, Tokenizer

_CONTEXT = 4  # tokens before new ones that are decoded with them: some decoders drop a first space
_TRIES = 8  # places looked at for one behind which the text is settled
_WINDOW = 32  # tokens that are decoded again before the first of them are settled


class Growing:
    """The same text, to the character, as `Tokenizer.decode` gives for all tokens together.

    before: the tokens that come before it, whose text is none of it. A decoder that is not known to
    look at neighbours alone gets all tokens every time.
    """

    def __init__(self, tokenizer: Tokenizer, before: list[int]) -> None:
        self._tokenizer = tokenizer
        self._pieces: list[str] = []  # that no further token changes
        self._settled = 0  # characters of these
        self._tail = list(before)
        self._skip = len(tokenizer.decode(before))  # characters of the tail that are not new
        self._open = ""  # what the tail adds to the pieces
        self._limit = _WINDOW

    @property
    def text(self) -> str:
        """All of it."""
        return "".join([*self._pieces, self._open])

    @property
    def settled(self) -> int:
        """How many characters of the text no token can change any more."""
        return self._settled

    @property
    def certain(self) -> int:
        """How many are certain: neither half a character, nor bytes that more of them may spoil."""
        kept = list(dropwhile(self._tokenizer.hidden.__contains__, reversed(self._tail)))[::-1]
        if len(kept) == len(self._tail):
            text = self._open
        else:
            text = self._tokenizer.decode(kept)[self._skip :]
        return self._settled + len(text.rstrip(UNFINISHED))

    def since(self, start: int) -> str:
        """The text from a character on."""
        parts, at = [self._open], self._settled
        for piece in reversed(self._pieces):
            if at <= start:
                break
            parts.append(piece)
            at -= len(piece)
        return "".join(reversed(parts))[start - at :]

    def add(self, token: int) -> None:
        """One more token."""
        self._tail.append(token)
        self._open = self._tokenizer.decode(self._tail)[self._skip :]
        if len(self._tail) > self._limit and self._tokenizer.local:
            self._settle()

    def _settle(self) -> None:
        """Decode what is settled no more. That is what stands before a whole character's end, if a
        token of text stands there: a byte may still become another character with the next one."""
        end = len(self._tail)
        for cut in range(end, max(end - _TRIES, _CONTEXT), -1):
            if self._tail[cut - 1] in self._tokenizer.hidden:
                continue
            text = self._tokenizer.decode(self._tail[:cut])[self._skip :]
            if text.endswith(UNFINISHED) or not self._open.startswith(text):
                continue
            self._pieces.append(text)
            self._settled += len(text)
            context = self._tail[cut - _CONTEXT : cut]
            self._tail = self._tail[cut - _CONTEXT :]
            self._skip = len(self._tokenizer.decode(context))
            self._open = self._open[len(text) :]
            self._limit = _WINDOW
            return
        self._limit = 2 * end
