"""Chapters, speakers, pauses and voices in prose."""

from __future__ import annotations

import pytest

from engine.script.read_text import cut_tags, read_markdown, read_text, speakers, split_speaker
from engine.script.rows import CHAPTER_PAUSE, PARAGRAPH_PAUSE, Script


def spoken(script: Script) -> list[tuple[str, str]]:
    return [(row.speaker, row.text) for row in script.rows]


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


def test_who_speaks() -> None:
    script = read_text(
        "It began.\n\nANNA: Hello.\nHow are you?\nMrs. Brown (softly): Fine.\n\n"
        "Mrs. Brown: And you?\n\nThen he said: no.\nNote: a note.",
        "t",
    )
    assert spoken(script) == [
        ("", "It began."),
        ("ANNA", "Hello."),
        ("ANNA", "How are you?"),
        ("Mrs. Brown", "Fine."),
        ("Mrs. Brown", "And you?"),
        ("", "Then he said: no."),
        ("", "Note: a note."),
    ]
    assert [row.direction for row in script.rows][3:5] == ["softly", ""]
    assert script.rows[4].pause is None  # in a dialogue a blank line is no pause


def test_a_name_needs_capitals_or_a_second_line() -> None:
    assert speakers(["Anna: a", "BOB: b", "see: c", "Time 10:30", "http://x", "A: d"]) == {"BOB"}
    assert speakers(["Anna: a", "Anna: b", "张三：你好", "张三：再见"]) == {"Anna", "张三"}
    assert split_speaker("BOB: b\nc", frozenset({"BOB"})) == ("BOB", "b\nc")
    assert split_speaker("EVE: b", frozenset({"BOB"})) == ("", "EVE: b")


def test_pauses_and_voices_cut_a_text() -> None:
    assert list(cut_tags("a [pause 0.8] b[pause: 500ms][pause]c [laughs]")) == [
        ("a", None, None),
        ("b", None, 0.8),
        ("c [laughs]", None, 1.5),
    ]
    assert list(cut_tags("[voice: v2/en_speaker_6] a [voice:none] b")) == [
        ("a", "v2/en_speaker_6", None),
        ("b", "", None),
    ]
    assert list(cut_tags("[pause 2,5 s]")) == [("", None, 2.5)]
    assert list(cut_tags("[pause 999999]a")) == [("a", None, 600.0)]
    assert list(cut_tags("[pauses] [voices] [pause for a while]")) == [
        ("[pauses] [voices] [pause for a while]", None, None)
    ]


def test_a_voice_lasts_until_the_next_one() -> None:
    script = read_text("a\n\n[voice: v]\n\nb\n\nc [voice: w] d [voice: none] e", "t")
    assert [(row.text, row.voice) for row in script.rows] == [
        ("a", None), ("b", "v"), ("c", "v"), ("d", "w"), ("e", None),
    ]  # fmt: skip


def test_a_wanted_pause_wins_over_the_usual_one() -> None:
    script = read_text("a\n\n[pause 0.2]\n\nb\n\nc", "t")
    assert [row.pause for row in script.rows] == [None, 0.2, PARAGRAPH_PAUSE]


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


def test_markdown_loses_its_marks() -> None:
    script = read_markdown(
        "---\ntitle: x\n---\n\n# The *Book*\n\nSome **bold**, _slanted_ and `typed` words with a "
        "[link](http://x.y/z) and 2*3*4 snake_case\\* &amp; ~~more~~.\nA second line.[^1]\n\n"
        "![picture](p.png)\n\n> quoted\n> twice\n\n- one\n- [x] two\n1. three\n\n"
        "```py\ncode = 1\n```\n\n| a | b |\n|---|:-:|\n| c | d |\n\n<!-- hidden\n\nlines -->"
        "<b>html</b> [laughs] [pause 1] end\n\n[ref]: http://x.y\n",
        "b",
    )
    assert [row.text for row in script.rows] == [
        "The Book",
        "Some bold, slanted and typed words with a link and 2*3*4 snake_case* & more. "
        "A second line.",
        "quoted twice",
        "one",
        "two",
        "three",
        "a, b",
        "c, d",
        "html [laughs]",
        "end",
    ]
    assert script.notes == ("A block of code was left out.",)
    assert script.rows[-1].pause == 1.0
    assert script.rows[1].line == 7


def test_markdown_chapters() -> None:
    script = read_markdown(
        "One\n===\na\n\nTwo\n---\nb\n\n### Small\nc\n\n***\n\nd\n\n## Three ##\n", "t"
    )
    assert script.chapters == ("One", "Two", "Three")
    assert [(row.text, row.chapter, row.heading) for row in script.rows] == [
        ("One", 0, True), ("a", 0, False), ("Two", 1, True), ("b", 1, False),
        ("Small", 1, True), ("c", 1, False), ("d", 1, False), ("Three", 2, True),
    ]  # fmt: skip


def test_markdown_speakers() -> None:
    script = read_markdown("**ANNA:** Hello\nthere.\n**BOB:** Hi.\n", "t")
    assert spoken(script) == [("ANNA", "Hello there."), ("BOB", "Hi.")]


def test_an_open_fence_and_an_open_comment_end_with_the_text() -> None:
    assert [row.text for row in read_markdown("a\n\n<!-- b\n\n```\nc", "t").rows] == ["a", "<!-- b"]
