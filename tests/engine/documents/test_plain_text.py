"""Chapters, speakers, pauses and voices in prose."""

from __future__ import annotations

import pytest

from engine.documents.plain_text import read_text
from engine.script.rows import CHAPTER_PAUSE, PARAGRAPH_PAUSE


def test_paragraphs_chapters_and_their_pauses() -> None:
    script = read_text(
        "Before.\n\nChapter 1\n\nFirst.\n\nSecond.\n\n* * *\n\nThird.\n\nChapter Two: End\n\nX.",
        "Book",
    )
    assert [(row.text, row.chapter, row.heading, row.pause) for row in script.rows] == [
        ("Before.", 0, False, None),
        ("Chapter 1", 1, True, CHAPTER_PAUSE),
        ("First.", 1, False, CHAPTER_PAUSE),
        ("Second.", 1, False, PARAGRAPH_PAUSE),
        ("Third.", 1, False, CHAPTER_PAUSE),
        ("Chapter Two: End", 2, True, CHAPTER_PAUSE),
        ("X.", 2, False, CHAPTER_PAUSE),
    ]
    assert script.chapters == ("", "Chapter 1", "Chapter Two: End")
    assert [row.line for row in script.rows] == [1, 3, 5, 7, 11, 13, 15]
    assert [row.id for row in script.rows][:2] == ["0001", "0002"]


def test_a_book_that_begins_with_its_first_chapter_has_no_part_before() -> None:
    script = read_text("Chapter 1\n\nOne.\n\nChapter 2\n\nTwo.", "b")
    assert script.chapters == ("Chapter 1", "Chapter 2")
    assert [row.chapter for row in script.rows] == [0, 0, 1, 1]


@pytest.mark.parametrize("line", ["Chapter and verse were quoted.", "Part of me", "Book now! " * 9])
def test_a_sentence_is_no_chapter(line: str) -> None:
    assert read_text(line, "t").chapters == ("",)


def test_lines_that_an_editor_broke_are_joined() -> None:
    wrapped = (
        "It was the best of times, it was the worst of times, it was the\n"
        "age of wisdom, it was the age of foolishness, it was the epoch\n"
        "of belief, it was the epoch of incredulity."
    )
    assert [row.text for row in read_text(wrapped, "t").rows] == [wrapped.replace("\n", " ")]


def test_lines_that_end_something_are_rows() -> None:
    assert [row.text for row in read_text("Hello.\nGood morning!\nBye.", "t").rows] == [
        "Hello.",
        "Good morning!",
        "Bye.",
    ]


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────
