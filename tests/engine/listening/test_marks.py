"""Words that are marked where something else was heard."""

from __future__ import annotations

from engine.listening.heard import Heard, Word
from engine.listening.marks import MarkedWord, marked_words, place_of, places


def heard(text: str, language: str = "en") -> Heard:
    pieces = text.split() if language == "en" else list(text)
    space = " " if language == "en" else ""
    words = (Word(f"{space}{piece}", n, n + 1) for n, piece in enumerate(pieces))
    return Heard(words=tuple(words), language=language)


def shown(words: tuple[MarkedWord, ...]) -> list[tuple[str, str, str]]:
    return [(word.text, word.kind, word.heard) for word in words if word.kind != "same"]


def test_what_was_heard_otherwise_is_marked_and_all_else_is_the_text() -> None:
    text = "The harbour, was lit all night."
    words = marked_words(text, heard("the hammer was all all night"), 0.0, 6.0)
    own = [word for word in words if word.kind not in ("added", "repeated")]
    assert "".join(word.text for word in own) == text
    assert shown(words) == [("harbour, ", "wrong", "hammer"), ("lit ", "wrong", "all")]
    assert [word.start for word in own[:2]] == [0.0, 1.0]
    missing = marked_words(text, heard("the was lit night"), 0.0, 6.0)
    assert shown(missing) == [("harbour, ", "missing", ""), ("all ", "missing", "")]


def test_words_that_were_not_meant_stand_where_they_were_heard() -> None:
    words = marked_words("Good night.", heard("well good night now"), 0.5, 6.0)
    assert [word.text for word in words] == ["well ", "Good ", "night.", "now "]
    assert [word.kind for word in words] == ["added", "same", "same", "added"]
    assert [word.start for word in words] == [1.0, 1.0, 2.0, 6.0]
    again = marked_words("Good night.", heard("good good night"), 0.0, 3.0)
    assert shown(again) == [("good ", "repeated", "good")]


def test_marks_are_those_of_the_verdict() -> None:
    money = "It costs twelve dollars and fifty cents."
    assert shown(marked_words(money, heard("it costs $12.50"), 0.0, 3.0)) == []
    assert shown(marked_words("雨が降る", heard("あめがふる", "ja"), 0.0, 5.0)) == []
    other = marked_words("雨が降る。", heard("雨だ", "ja"), 0.0, 5.0)
    assert "".join(word.text for word in other if word.kind != "added") == "雨が降る。"
    assert shown(other)
    assert shown(marked_words("one two", heard(""), 0.0, 1.0)) == [
        ("one ", "missing", ""),
        ("two", "missing", ""),
    ]
    assert marked_words("", heard("one"), 0.0, 1.0) == (
        MarkedWord("one ", 1.0, 1.0, "added", "one"),
    )


def test_where_a_word_stands_in_its_text() -> None:
    text = "On  and\non, he said."
    found = Heard(words=(Word(" On and on, um, he said.", 0.0, 1.0),))
    words = marked_words(text, found, 0.0, 1.0)
    stand = [place_of(text, words, number) for number in range(len(words))]
    assert [text[first:last] for first, last in stand] == ["On", "and", "on,", "", "he", "said."]
    assert places("so so", ["so ", "no ", "so"]) == [(0, 2), (2, 2), (3, 5)]
