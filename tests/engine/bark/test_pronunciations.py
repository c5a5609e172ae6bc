"""English words by their sounds, where a checkpoint reads them so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from transformers import BarkProcessor

from engine.bark.pronunciations import NAME, Pronunciations
from engine.bark.tokenizer import TextTokenizer
from engine.errors import UserError
from engine.models.fingerprint import model_hash
from tests.engine.spoken.moras_model import write_moras_model

LIST = {
    "a": "ɐ", "bus": "ʙˈʌꜱ", "cat": "ᴋˈæᴛ", "hello": "ʜəʟˈᴏ", "it's": "ɪᴛꜱ", "keep": "ᴋˈᴉᴘ",
    "keeper": "ᴋˈᴉᴘəɹ", "well": "ᴡˈɛʟ", "zoo": "ᴢˈᴜ",
}  # fmt: skip


def write_list(folder: Path, words: dict[str, str] = LIST, end: str = "\n") -> Path:
    lines = sorted(f"{word} {sounds}".encode() for word, sounds in words.items())
    (folder / NAME).write_bytes(end.encode().join(lines))
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A checkpoint that reads moras, and English by its sounds."""
    folder = write_list(write_moras_model(tmp_path / "model"))
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"english": "sounds"}))
    return folder


def pieces(folder: Path, text: str) -> list[str]:
    """Signs, letters and moras of a text."""
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    names = {number: piece for piece, number in vocabulary["model"]["vocab"].items()}
    return [names[number].removeprefix("##") for number in TextTokenizer(folder)(text)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_word_of_a_list_is_found_and_no_other(tmp_path: Path, end: str) -> None:
    words = Pronunciations(write_list(tmp_path, end=end))
    assert {word: words.of(word) for word in LIST} == LIST
    for other in ("", "aa", "b", "ca", "cats", "hell", "hello ", "keepers", "zoos", "zzz"):
        assert words.of(other) == ""


def test_a_list_of_one_word_and_an_empty_one(tmp_path: Path) -> None:
    assert Pronunciations(write_list(tmp_path, {"me": "ᴍᴉ"})).of("me") == "ᴍᴉ"
    assert Pronunciations(write_list(tmp_path, {})).of("me") == ""


def test_whose_something_is_ends_in_an_s_that_fits(tmp_path: Path) -> None:
    words = Pronunciations(write_list(tmp_path))
    assert words.of("cat's") == "ᴋˈæᴛꜱ"
    assert words.of("keeper's") == "ᴋˈᴉᴘəɹᴢ"
    assert words.of("bus's") == "ʙˈʌꜱᵻᴢ"
    assert words.of("keepers'") == "ᴋˈᴉᴘəɹᴢ"
    assert words.of("it's") == "ɪᴛꜱ"  # as the list has it
    assert words.of("dog's") == words.of("'s") == words.of("s'") == ""


def test_transformers_makes_the_same_of_what_is_written(model: Path) -> None:
    processor = BarkProcessor.from_pretrained(model)
    tokenizer = TextTokenizer(model)
    for text in ("Hello, well-Xqua keeper's!", "|はシお. hello", "Hello"):
        made = processor(tokenizer.written(text))
        assert made["input_ids"][0][made["attention_mask"][0] > 0].tolist() == tokenizer(text)
    assert tokenizer.written("Hello, 2") == "ʜəʟˈᴏ, two"


def test_what_the_list_has_not_is_spelled(model: Path) -> None:
    assert "".join(pieces(model, "Hello, Xqua!")) == "ʜəʟˈᴏ,xqua!"
    assert pieces(model, "Keep")[0:2] == ["ᴋ", "ˈᴉ"]  # a stress and its vowel are one


def test_inside_a_word_nobody_pauses(model: Path) -> None:
    assert pieces(model, "well-keeper") == pieces(model, "well keeper")
    assert "-" in pieces(model, "well - keeper")


def test_accents_and_curly_apostrophes_are_no_other_words(model: Path) -> None:
    assert pieces(model, "HÉLLO") == pieces(model, "hello")
    assert pieces(model, "it’s") == pieces(model, "it's")


def test_english_beside_moras_comes_by_its_sounds(model: Path) -> None:
    assert "".join(pieces(model, "|はシお. hello")) == "はシお.ʜəʟˈᴏ"


def test_a_checkpoint_that_does_not_ask_is_given_letters(tmp_path: Path) -> None:
    folder = write_list(write_moras_model(tmp_path / "model"))
    assert "".join(pieces(folder, "Hello")) == "hello"


def test_letters_that_nobody_says_are_those_of_the_text(model: Path) -> None:
    assert TextTokenizer(model).lost("hello λ") == "λ"


@pytest.mark.parametrize("content", [None, b"hello \xff\n"])
def test_a_list_that_is_damaged_or_not_there_is_told(model: Path, content: bytes | None) -> None:
    (model / NAME).unlink()
    if content is not None:
        (model / NAME).write_bytes(content)
    with pytest.raises(UserError, match=f"{NAME} is damaged or not there: get the model again"):
        TextTokenizer(model)


def test_another_list_is_another_model(model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(model, other)
    assert model_hash(other) == model_hash(model)
    write_list(other, LIST | {"hello": "ʜˈɛʟᴏ"})
    assert model_hash(other) != model_hash(model)
