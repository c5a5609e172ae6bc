"""Chapters, speakers, pauses and voices in prose."""

from __future__ import annotations

import pytest

from engine.documents.plain_text import read_text
from engine.documents.read import read_string
from engine.script.rows import CHAPTER_PAUSE, PARAGRAPH_PAUSE, LeftOut
from engine.script.split import split_script


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


def rows(text: str) -> list[tuple[str, bool]]:
    return [(row.text, row.heading) for row in read_text(text, "t").rows]


@pytest.mark.parametrize(
    ("text", "chapters"),
    [
        ("CHAPTER I.\nDown to the Quay\n\na.\n\nCHAPTER II.\nThe Rope\n\nb.",
         ("CHAPTER I. Down to the Quay", "CHAPTER II. The Rope")),
        ("Chapter I. LAYING PLANS\n\na.\n\nChapter II. WAGING WAR\n\nb.",
         ("Chapter I. LAYING PLANS", "Chapter II. WAGING WAR")),
        ("I: Loomings\n\na.\n\nII. The Carpet-Bag\n\nb.", ("I: Loomings", "II. The Carpet-Bag")),
        ("1. The Quay\n\na.\n\n2. The Black Bird\n\nb.", ("1. The Quay", "2. The Black Bird")),
        ("1\n\na.\n\n2\n\nb.", ("1", "2")),
        ("a.\n\nII.\n\nb.", ("", "II.")),
        ("บทที่ ๑ ท่าเรือ\n\nก\n\nบทที่ ๒\n\nข", ("บทที่ ๑ ท่าเรือ", "บทที่ ๒")),
        ("第一章　縄\n\nあ。\n\n第十二話\n\nい。", ("第一章\u3000縄", "第十二話")),
        ("Chapitre premier\n\na.\n\nKapitel Drei\n\nb.", ("Chapitre premier", "Kapitel Drei")),
        ("第壹章 开始\n\n一。\n\n第两百一十八章 结束\n\n二。",
         ("第壹章 开始", "第两百一十八章 结束")),
        ("Chapter.001 Start\n\na.\n\nChapter.002 Next\n\nb.",
         ("Chapter.001 Start", "Chapter.002 Next")),
        ("Chapter 1 The Quay\n\na.\n\nCh. 2\n\nb.", ("Chapter 1 The Quay", "Ch. 2")),
        ("Chapter 3 was long.\n\nChapter 4 Ends here.\n\nChapter 5 is next\n\na.", ("",)),
        ("Act natural.\n\nHe did.\n\nPart ways.\n\nChapter closed.", ("",)),
        ("1. Open the valve.\n\n2. Wait for the hiss.\n\n3. Close it.", ("",)),
        ("I\n\nam here.", ("",)),
        ("# 1 is not a chapter\n\na.", ("",)),
        ("Part one of me\nwants to stay here.\n\nb.", ("",)),
    ],
)  # fmt: skip
def test_what_is_a_chapter(text: str, chapters: tuple[str, ...]) -> None:
    assert read_text(text, "t").chapters == chapters


def test_words_that_are_cut_at_the_end_of_a_line_are_whole() -> None:
    text = (
        "The _lamp_ was lit early that even-\ning, and the boats came home along the wes-\n"
        "tern shore, as they had always done before. A well-known man saw it, a well-\n"
        "known one, and the war of 1914-\n18 was far away."
    )
    assert rows(text) == [(
        "The lamp was lit early that evening, and the boats came home along the western shore, as "
        "they had always done before. A well-known man saw it, a well-known one, and the war of "
        "1914- 18 was far away.", False
    )]  # fmt: skip


@pytest.mark.timeout(20)
def test_a_word_without_an_end_is_no_hang() -> None:
    """A search that may begin within it takes the square of its length."""
    lines = ["The western shore was dark, and the boats came home late from wes-"] * 4
    long = "x" * 300_000
    text = "\n".join([*lines, f"{long}-", "tern", long])
    assert long in read_string(text, "t").rows[0].text


def test_pictures_of_gutenberg_are_left_out_and_counted() -> None:
    script = read_text("One.\n\n[Illustration: The quay\nat noon]\n\nTwo.", "t")
    assert [row.text for row in script.rows] == ["One.", "Two."]
    assert script.left_out == (LeftOut("pictures", 1, ("[Illustration: The quay at noon]",)),)


def test_a_danda_ends_a_sentence() -> None:
    text = "यह एक किताब है। वह घर गया। " * 12
    script = split_script(read_string(text, "t"))
    assert len(script.rows) > 1
    assert all(row.text.endswith("।") for row in script.rows)
