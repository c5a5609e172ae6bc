"""Heard against meant, word by word, and the verdict in words."""

from __future__ import annotations

import pytest

from engine.listening.alignment import ADDED, MISSING, REPEATED, SAME, WRONG, Comparison, compare
from engine.listening.heard import Heard, Word
from engine.listening.verdict import Outcome, Tolerance, fault, outcome, tolerance


def heard(text: str, language: str = "en") -> Heard:
    return Heard(words=(Word(f" {text}", 0.0, 1.0),), language=language)


def compared(meant: str, found: str, language: str = "en") -> Comparison:
    return compare(meant, heard(found, language))


def said(meant: str, found: str, language: str = "en") -> str:
    return "; ".join(fault(outcome(compared(meant, found, language)), tolerance(language)))


def test_every_kind_of_difference() -> None:
    meant = "the harbour was lit all night long"
    for found, kinds in (
        (meant, {}),
        ("the harbour was left all night long", {WRONG: ["lit"]}),
        ("the was lit all night long", {MISSING: ["harbour"]}),
        ("the harbour was lit all through night long", {ADDED: ["through"]}),
        ("the harbour was lit was lit all night long", {REPEATED: ["was", "lit"]}),
        ("the harbour was lit all night", {MISSING: ["long"]}),
        ("the harbour was lit all nightlong", {}),  # words are cut otherwise
        ("", {MISSING: meant.split()}),
    ):
        comparison = compared(meant, found)
        for kind in (WRONG, MISSING, ADDED, REPEATED):
            assert comparison.words(kind) == kinds.get(kind, []), (found, kind)
        assert comparison.errors == sum(map(len, kinds.values()))


def test_steps_cover_both_rows_once() -> None:
    comparison = compared("one two three four", "one too four five")
    assert comparison.steps[0].meant == (0, 1)
    assert comparison.steps[-1].meant[1] == 4
    assert comparison.steps[-1].heard[1] == 4
    for before, after in zip(comparison.steps, comparison.steps[1:], strict=False):
        assert before.meant[1] == after.meant[0]
        assert before.heard[1] == after.heard[0]
    assert comparison.steps[0].kind == SAME


def test_the_longest_run_and_the_missing_end() -> None:
    comparison = compared("a b c d e f", "a x y d")
    assert (comparison.errors, comparison.run, comparison.missing_end) == (4, 2, 2)
    assert compared("a b c", "a b c").run == 0
    assert compared("a b c", "").missing_end == 3


@pytest.mark.parametrize(
    ("meant", "found", "words"),
    [
        ("the harbour was lit all night by the lamp", "the was all night by the lamp",
         "2 of 9 words not heard: harbour, lit"),
        ("we walked along the river until dark", "we walked along the river until dark", ""),
        ("we walked along the long river until it was dark", "we walked along the long river "
         "until it was bark", ""),  # a recogniser errs, too
        ("we walked along the long river until it was dark", "we walked along the long river "
         "until it was", "1 of 10 words not heard: dark"),
        ("the dog barks", "the dog barks the dog barks", "says once more: the, dog, barks"),
        ("the dog barks", "", "no word is heard"),
        ("one two three four five six", "a b c d e f",
         "6 of 6 words not heard: one, two, three, four and 2 more"),
        ("the dog barks at the gate", "the dog barks at the gate thank you for watching",
         "heard besides: thank, you, for, watching"),
    ],
)  # fmt: skip
def test_the_verdict_in_words(meant: str, found: str, words: str) -> None:
    assert said(meant, found) == words


def test_japanese_is_compared_by_reading_and_character() -> None:
    for meant, found, wrong in (
        ("今日は雨です", "きょうはあめです", 0),
        ("きょうは雨です", "今日は雨です", 0),
        ("カメラを見る", "かめらを見る", 0),
        ("今日は雨です", "今日は雪です", 1),
    ):
        assert compared(meant, found, "ja").errors == wrong, (meant, found)
    assert said("今日は雨です", "今日は雪です", "ja") == ""  # homophones are written otherwise
    assert said("今日は雨が降ります", "そうですか", "ja").startswith("9 of 9 words not heard")


def test_a_bound_can_be_chosen() -> None:
    found = Outcome(meant=10, heard=10, errors=2, run=1, words=("2 of 10 words not heard",))
    assert fault(found, tolerance("en")) == found.words
    assert fault(found, tolerance("en", 0.2)) == ()
    assert fault(Outcome(meant=10, heard=9, errors=1, run=1), Tolerance(error=0.0)) == ()
    assert fault(Outcome(meant=0, heard=3, errors=3), tolerance("en")) == ()  # nothing was meant
