"""When each word of a text sounds."""

from __future__ import annotations

import itertools

import pytest

from engine.listening.heard import Heard, Word
from engine.listening.times import word_times


def heard(*words: tuple[str, float, float], language: str = "en") -> Heard:
    return Heard(words=tuple(Word(f" {text}", *time) for text, *time in words), language=language)


def test_words_have_the_time_of_what_was_heard_for_them() -> None:
    found = word_times(
        "The harbour, lit!", heard(("the", 0.1, 0.3), ("harbor", 0.3, 0.9), ("lit", 1.0, 1.4)), 0, 2
    )
    assert [w.text for w in found] == ["The ", "harbour, ", "lit!"]
    assert [w.start for w in found] == pytest.approx([0.1, 0.3, 1.0])
    assert [w.end for w in found] == pytest.approx([0.3, 0.9, 1.4])


def test_what_was_not_heard_lies_between() -> None:
    found = word_times("one two three four", heard(("one", 0.1, 0.5), ("four", 1.1, 1.5)), 0.0, 1.6)
    assert [w.start for w in found] == pytest.approx([0.1, 0.5, 0.8, 1.1])
    assert [w.end for w in found] == pytest.approx([0.5, 0.8, 1.1, 1.5])
    nothing = word_times("one two", heard(), 0.2, 1.0)
    assert [w.start for w in nothing] == pytest.approx([0.2, 0.6])
    assert [w.end for w in nothing] == pytest.approx([0.6, 1.0])


def test_a_figure_has_the_time_of_all_its_words() -> None:
    said = heard(("in", 0.1, 0.2), ("nineteen", 0.2, 0.8), ("99", 0.8, 1.4), ("so", 1.5, 1.7))
    found = word_times("In 1999 so", said, 0, 2)
    assert [(w.text, w.start, w.end) for w in found] == [
        ("In ", 0.1, 0.2),
        ("1999 ", 0.2, 1.4),
        ("so", 1.5, 1.7),
    ]


def test_characters_of_a_language_without_spaces() -> None:
    found = word_times("雨だ。", heard(("雨", 0.1, 0.5), ("だ", 0.5, 0.7), language="ja"), 0, 1)
    assert [(w.text, w.start, w.end) for w in found] == [("雨", 0.1, 0.5), ("だ。", 0.5, 0.7)]


def test_no_word_begins_before_the_one_in_front_of_it() -> None:
    for words in (
        [("b", 0.5, 0.6), ("a", 0.1, 0.2), ("d", 0.3, 0.2)],
        [("a", 0.9, 1.5), ("c", 0.95, 1.0)],
        [("x", 0.0, 0.0), ("d", 3.0, 4.0)],
    ):
        found = word_times("a b c d", heard(*words), 0.0, 1.0)
        assert "".join(word.text for word in found) == "a b c d"
        for before, after in itertools.pairwise(found):
            assert before.start <= before.end <= after.start + 1e-9, words
