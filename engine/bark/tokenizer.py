"""Text → the ids that the semantic stage reads. No framework is imported."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from engine.bark.config import read_json
from engine.errors import UserError


class TextTokenizer:
    """Text → word piece ids, as transformers' BarkProcessor makes them (no special tokens)."""

    def __init__(self, folder: Path) -> None:
        try:
            if (folder / "tokenizer.json").exists():
                self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
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
        """Ids of the text, without a limit."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def _word_pieces(folder: Path) -> Tokenizer:
    """The BERT tokenizer of a checkpoint that ships only its vocabulary."""
    from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer

    options = folder / "tokenizer_config.json"
    stored = read_json(options) if options.exists() else {}
    lowercase = bool(stored.get("do_lower_case", True))
    wrapped = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=lowercase)
    return wrapped._tokenizer  # the plain Tokenizer inside the convenience class
