"""English words by their sounds, for checkpoints that read them so.

A checkpoint whose tokenizer_config.json says `"english": "sounds"` brings pronunciations.txt: lines
of a word and of how it is written by its sounds, in the order of their bytes. Its tokenizer has an
id for each sound, and the words of the list come to it so; any other word comes by its letters,
which it reads, too. The list is looked through where it lies, so a first word costs no time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from engine.errors import UserError
from engine.system.outside import read_outside

NAME = "pronunciations.txt"
BYTES = 16 * 2**20  # of such a list; one of 130 000 words has 3 MB
_WORD = re.compile(r"[a-z][a-z']*")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")  # inside a word nobody pauses
_OWNER = ("'s", "s'")
_HISSING, _VOICELESS = "ꜱᴢʃʒʧʤ", "ᴘᴛᴋꜰθ"  # after which an s has a vowel, and no voice


class Pronunciations:
    """The list of one checkpoint. Any thread."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError for a list that is not there or damaged."""
        path = folder / NAME
        try:
            self._lines = b"\n" + read_outside(path, BYTES).replace(b"\r\n", b"\n")
            self._lines.decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path} is damaged or not there: get the model again") from error
        self.of = lru_cache(maxsize=4096)(self._of)

    def __call__(self, text: str) -> str:
        """A text in the letters of the tokenizer (small ones) → the same, its words by their
        sounds."""
        return _WORD.sub(lambda found: self.of(found[0]) or found[0], _HYPHEN.sub(" ", text))

    def _of(self, word: str) -> str:
        """A word by its sounds; "" where the list has neither it nor whose it is."""
        if known := self._listed(word):
            return known
        owner = (
            self._listed(word.removesuffix("'")[:-1].rstrip("'")) if word.endswith(_OWNER) else ""
        )
        if owner:
            last = owner[-1]
            return owner + ("ᵻᴢ" if last in _HISSING else "ꜱ" if last in _VOICELESS else "ᴢ")
        return ""

    def _listed(self, word: str) -> str:
        wanted = word.encode()
        low, high = 0, len(self._lines)  # a line that begins between them is looked at
        while low < high:
            middle = (low + high) // 2
            start = self._lines.rfind(b"\n", 0, middle + 1) + 1
            end = self._lines.find(b"\n", start)
            end = len(self._lines) if end < 0 else end
            key, _, sounds = self._lines[start:end].partition(b" ")
            if key == wanted:
                return sounds.decode().strip()
            if key < wanted:
                low = end + 1
            else:
                high = start - 1
        return ""
