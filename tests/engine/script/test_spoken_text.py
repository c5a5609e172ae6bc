"""What is spoken of a text: its words, its rows, and in which language its figures are."""

from __future__ import annotations

import pytest

from engine.documents.language import guess_language
from engine.script.flow import Line
from engine.script.rows import PARAGRAPH_PAUSE
from engine.script.spoken_text import SpokenText

GERMAN = "Das war der erste Abend, und sie ist nicht mit dem Zug in die Stadt gefahren."


def lines(*parts: str, voice: str | None = None, numbers: bool = True) -> list[Line]:
    text = SpokenText(guess=guess_language, voice=voice, numbers=numbers)
    return list(text.lines(parts))


def test_a_text_is_divided_the_same_however_it_comes() -> None:
    text = "She paid $3.50 in 1999. Nobody in the house knew why.\n\nIt was the 4th of May, 5 p.m."
    whole = lines(text)
    assert [line.text for line in whole] == [
        "She paid three dollars fifty in nineteen ninety-nine.",
        "Nobody in the house knew why.",
        "It was the fourth of May, five p.m.",
    ]
    assert [line.pause for line in whole] == [None, None, PARAGRAPH_PAUSE]
    assert lines(*text) == whole
    assert lines(text[:30], text[30:]) == whole


def test_a_row_is_as_long_as_it_is_spoken() -> None:
    text = "It was 1,234,567, or 1,234,568, or 1,234,569, or 1,234,570 of them."
    assert len(lines(text, numbers=False)) == 1
    assert len(lines(text)) > 1


@pytest.mark.parametrize(
    ("text", "voice", "last"),
    [
        (f"{GERMAN}\n\nKapitel 3", None, "Kapitel drei"),  # as the text before it
        ("Kapitel 3", "v2/de_speaker_1", "Kapitel drei"),
        ("It was all that they had in the year of 12.", "v2/de_speaker_1", "twelve"),
        ("灯台守は海を見ていた。\n\n第3章", None, "第三章"),
        ("Chapter 3", "announcer", "Chapter three"),
    ],
)
def test_figures_are_said_in_the_language_of_the_text(
    text: str, voice: str | None, last: str
) -> None:
    assert last in lines(text, voice=voice)[-1].text


def test_what_is_said_otherwise_is_told_by_sentences() -> None:
    text = "Nobody knew. It was 5 km.\n\nThe end."
    spoken = SpokenText(guess=guess_language)
    assert list(spoken.differences(text)) == [("It was 5 km.", "It was five kilometers.")]
    assert not list(SpokenText(guess=guess_language, numbers=False).differences(text))
