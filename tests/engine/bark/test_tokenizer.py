"""What a tokenizer keeps of a text."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from engine.bark.readable import unreadable
from engine.bark.tokenizer import TextTokenizer
from engine.models.bark import STARTER

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write_tokenizer(folder: Path, alphabet: str, *, drops: bool) -> TextTokenizer:
    """One that knows these letters; others it drops, or their whole words become unknown."""
    pieces = ["[UNK]", *alphabet, *(f"##{letter}" for letter in alphabet)]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    steps = [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    if drops:
        from tokenizers import Regex

        steps.append(normalizers.Replace(Regex(f"[^{alphabet}]"), " "))
    made.normalizer = normalizers.Sequence(steps)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    folder.mkdir(exist_ok=True)
    made.save(str(folder / "tokenizer.json"))
    return TextTokenizer(folder)


@pytest.fixture(params=[True, False], ids=["drops", "unknown"])
def latin(request: pytest.FixtureRequest, tmp_path: Path) -> TextTokenizer:
    return write_tokenizer(tmp_path / "model", LETTERS + "0123456789", drops=request.param)


def test_a_letter_that_nobody_says_is_found(latin: TextTokenizer) -> None:
    assert latin.lost("Hello there, 9 cafés! — “ﬁn” 😀") == ""
    assert set("今日はです") <= set(latin.lost("今日は Hello です。"))
    assert latin.lost("λ λ") == "λ"


def test_whole_words_are_lost_where_one_letter_is_unknown(tmp_path: Path) -> None:
    tokenizer = write_tokenizer(tmp_path / "model", LETTERS, drops=False)
    assert tokenizer.lost("a ßb c") == "ßb"
    assert tokenizer.lost("a1 b") == "a1"  # also in ASCII


def test_the_sentence_says_which_letters_what_is_read_and_what_to_get(latin: TextTokenizer) -> None:
    assert unreadable(latin, "Hello.") == ""
    sentence = unreadable(latin, "音声生成を試してみましょうか、")
    assert sentence == (
        "the model cannot read 音声生成を試してみまょう…: it reads Latin letters; get "
        "suno/bark-small, which reads most alphabets, or spell these words in the pronunciations"
    )


def test_a_model_that_knows_kana_is_not_told_to_be_another(tmp_path: Path) -> None:
    kana = "あいのはカスへ"
    tokenizer = write_tokenizer(tmp_path / "model", LETTERS + "0123456789" + kana, drops=True)
    assert unreadable(tokenizer, "はい") == ""
    assert unreadable(tokenizer, "はい、日") == (
        "the model cannot read 日: it reads Latin, kana letters; spell these words in the "
        "pronunciations"
    )


@pytest.mark.skipif(not STARTER.is_dir(), reason="the starter voice is not here: check it out")
def test_the_starter_voice_loses_what_its_own_tokenizer_drops() -> None:
    tokenizer = TextTokenizer(STARTER)
    letters = [chr(code) for code in range(0x21, 0x250) if chr(code).isalnum()]
    assert tokenizer.lost("".join(letters)) == "".join(
        letter for letter in letters if not tokenizer(letter)
    )
    kana = [chr(code) for code in (*range(0x3040, 0x3100), 0x4ECA) if chr(code).isalnum()]
    assert all(bool(tokenizer.lost(letter)) != bool(tokenizer(letter)) for letter in kana)
