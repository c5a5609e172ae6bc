"""Rows of a text that is still being read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.script.flow import Line, lines_of
from engine.script.rows import PARAGRAPH_PAUSE
from engine.script.split import split

TEXT = (
    "The lamp was lit early that night. Nobody knew why it was so, and nobody asked. It rained.\n\n"
    "In the morning the boats were gone. All of them had left before the tide, said the keeper. "
    "He had seen their lights from the tower."
)


def language(text: str) -> str:
    return "en"


def rows(*parts: str) -> list[Line]:
    return list(lines_of(parts, split, language))


def test_a_whole_text_is_split_as_scripts_are_and_paragraphs_have_their_pause() -> None:
    first, second = TEXT.split("\n\n")
    assert [line.text for line in rows(TEXT)] == [*split(first), *split(second)]
    assert [line.pause for line in rows(TEXT)].count(PARAGRAPH_PAUSE) == 1
    assert rows(TEXT)[len(split(first))].pause == PARAGRAPH_PAUSE


def test_a_sentence_is_given_out_before_the_next_one_is_read() -> None:
    read: list[str] = []

    def parts() -> Iterator[str]:
        for part in ("The lamp was lit early that night.\n", "Nobody knew why it was so.\n"):
            read.append(part)
            yield part

    lines = lines_of(parts(), split, language)
    assert next(lines).text == "The lamp was lit early that night."
    assert len(read) == 1


def test_half_a_sentence_waits_for_its_end() -> None:
    lines = lines_of(
        iter(["The lamp was lit ear", "ly that night. It", " rained."]), split, language
    )
    assert " ".join(line.text for line in lines) == "The lamp was lit early that night. It rained."


@given(st.lists(st.integers(0, len(TEXT)), max_size=5))
def test_no_word_is_lost_wherever_a_text_is_cut(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(TEXT)]
    parts = [TEXT[start:end] for start, end in pairwise(ends)]
    spoken = rows(*parts)
    assert " ".join(line.text for line in spoken).split() == TEXT.split()
