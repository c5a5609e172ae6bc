"""Text → the ids that the semantic stage reads. No framework is imported.

A checkpoint whose tokenizer_config.json says `"japanese": "moras"` is given Japanese as moras with
pitch (engine/spoken/moras.py): text with kana or kanji goes through OpenJTalk first. A text that
begins with `|` is spelled that way already, and left as it is but for that sign. One that says
`"english": "sounds"` is given the English words that its list has by their sounds
(pronunciations.py).
"""

from __future__ import annotations

import string
from functools import cached_property
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from engine.bark.config import read_json
from engine.bark.pronunciations import Pronunciations
from engine.errors import UserError
from engine.spoken.openjtalk import SPELLED, as_moras, spell
from engine.system.outside import TOKENIZER_BYTES, look_outside, read_outside
from engine.system.panics import panics_as_errors, told_of_tokenizer
from engine.system.untrusted_tokenizer import tokenizer_from


class TextTokenizer:
    """Text → word piece ids, as transformers' BarkProcessor makes them (no special tokens).

    moras: whether it reads Japanese as moras.
    """

    def __init__(self, folder: Path) -> None:
        self.moras = reads_moras(folder)
        self._words = Pronunciations(folder) if _asks(folder, "english", "sounds") else None
        try:
            if (folder / "tokenizer.json").exists():
                self._tokenizer = _described(folder / "tokenizer.json")
            elif (folder / "vocab.txt").exists():
                self._tokenizer = _word_pieces(folder)
            else:
                raise UserError(
                    f"{folder} has no tokenizer (tokenizer.json or vocab.txt): get the model again"
                )
        except UserError:
            raise
        except Exception as error:  # the library raises bare Exception for a damaged file
            raise UserError(f"the tokenizer in {folder} is damaged: get the model again") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @property
    def size(self) -> int:
        """Word pieces of the vocabulary."""
        return int(self._tokenizer.get_vocab_size())

    def __call__(self, text: str) -> list[int]:
        """Ids of the text, without a limit. Raises UserError as `spoken`."""
        return list(self._encode(self.written(text)).ids)

    def written(self, text: str) -> str:
        """The text that word pieces are made of: Japanese in moras, English words by their sounds,
        where the checkpoint asks for that. BarkProcessor makes the same pieces of it. Raises
        UserError as `spoken`."""
        spoken = self.spoken(text)
        if self.moras:
            spoken = spoken.removeprefix(SPELLED)
        return spoken if self._words is None else self._words(self._normal(spoken))

    def spoken(self, text: str) -> str:
        """The text as it is read: Japanese as moras, after `|`; any other text as it is.

        Raises UserError for Japanese where the packages that read it are not installed.
        """
        return as_moras(text) if self.moras else text

    def lost(self, text: str) -> str:
        """The letters of a text that no word piece stands for, each once: nobody will say them.
        Raises UserError as `spoken`."""
        if text.isascii() and self._ascii:
            return ""
        if self.moras and (spoken := self.spoken(text)).startswith(SPELLED):
            written = "" if text.lstrip().startswith(SPELLED) else spell(text)[1]
            return written + self._lost(spoken.removeprefix(SPELLED))
        return self._lost(text)

    def _lost(self, text: str) -> str:
        encoding = self._encode(text)
        kept = bytearray(len(text))
        unknown = self._tokenizer.token_to_id("[UNK]")
        for piece, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            if piece != unknown:
                kept[start:end] = b"\1" * (end - start)
        missing = [letter for letter, is_kept in zip(text, kept, strict=False) if not is_kept]
        return "".join(dict.fromkeys(letter for letter in missing if letter.isalnum()))

    @cached_property
    def _ascii(self) -> bool:
        """Whether all letters and digits of ASCII are known, alone and within a word."""
        letters = string.ascii_letters + string.digits
        sample = " ".join((letters, *letters))
        pieces = self._encode(sample)
        kept = {at for start, end in pieces.offsets for at in range(start, end)}
        everything = all(at in kept or letter == " " for at, letter in enumerate(sample))
        return everything and self._tokenizer.token_to_id("[UNK]") not in pieces.ids

    def _normal(self, text: str) -> str:
        """In the letters of the vocabulary."""
        with told_of_tokenizer():
            normalizer = self._tokenizer.normalizer
            return text if normalizer is None else str(normalizer.normalize_str(text))

    def _encode(self, text: str) -> Encoding:
        with told_of_tokenizer():
            return self._tokenizer.encode(text, add_special_tokens=False)


def reads_moras(folder: Path) -> bool:
    """Whether a checkpoint wants Japanese as moras. Raises UserError for a damaged file."""
    return _asks(folder, "japanese", "moras")


def _asks(folder: Path, language: str, way: str) -> bool:
    """Whether a checkpoint says that it is given a language in that way."""
    options = folder / "tokenizer_config.json"
    return options.exists() and read_json(options).get(language) == way


def _described(path: Path) -> Tokenizer:
    return tokenizer_from(read_outside(path, TOKENIZER_BYTES))


def _word_pieces(folder: Path) -> Tokenizer:
    """The BERT tokenizer of a checkpoint that ships only its vocabulary."""
    from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer

    look_outside(folder / "vocab.txt", TOKENIZER_BYTES)
    options = folder / "tokenizer_config.json"
    stored = read_json(options) if options.exists() else {}
    lowercase = bool(stored.get("do_lower_case", True))
    with panics_as_errors():
        wrapped = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=lowercase)
    return wrapped._tokenizer  # the plain Tokenizer inside the convenience class
