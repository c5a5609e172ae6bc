"""Markdown without its marks."""

from __future__ import annotations

import pytest

from engine.documents.markdown import read_markdown
from engine.documents.reading import Reading
from engine.script.rows import LeftOut
from tests.engine.documents.samples import spoken


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
        "picture",
        "quoted twice",
        "one",
        "two",
        "1. three",
        "a, b",
        "c, d",
        "html [laughs]",
        "end",
    ]
    assert script.notes == ("Left out: 1 block of code.",)
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


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("これは**とても大事**な灯台です。明日は*必ず*戻ります。",
         ["これはとても大事な灯台です。明日は必ず戻ります。"]),
        ("这是**粗体**文字，**“引用”**也是。", ["这是粗体文字，“引用”也是。"]),
        ("これは**「重要」**なことです。", ["これは「重要」なことです。"]),
        ("Un**believ**able weather, and `code`here.", ["Unbelievable weather, and codehere."]),
        ("See [Mercury](https://x.org/Mercury_(planet)) tonight.", ["See Mercury tonight."]),
        ("An [array\\[0\\]](https://x.org) and [![build](https://x.org/b)](https://x.org/r) badge.",
         ["An array[0] and build badge."]),
        ("Link [with [nested] brackets](https://x.org) ends.",
         ["Link with [nested] brackets ends."]),
        ("See <https://example.org/x> there.", ["See there."]),
        ("Run this:\n\n    for (i = 0;)\n    {}\n\nThen rest.", ["Run this:", "Then rest."]),
        ("a\n\n~~~~sh\n```\nx\n~~~~\n\nb", ["a", "b"]),
        ("<style>\n.red { color: red; }\n</style>\n\n<script>\nvar a = 1;\n</script>\n\n"
         "<details>\n<summary>More</summary>\nHidden part.\n</details>\n\nText &amp; end.",
         ["More", "Hidden part.", "Text & end."]),
        ("See [[The Quay]], [[quay#top|the pier]] and ![[rope.png]].",
         ["See The Quay, the pier and rope.png."]),
        ("> [!WARNING]\n> Hot water.", ["Hot water."]),
        ("!!! note \"Mind\"\n    The gap.", ["Mind", "The gap."]),
        (":::warning\nHot.\n:::", ["Hot."]),
        ("A word{.red} and [two words]{#id .x}.", ["A word and two words."]),
        ("Quay\n:   Where boats lie.", ["Quay", "Where boats lie."]),
        ("It is ==very== loud, 2*3*4 times.", ["It is very loud, 2*3*4 times."]),
        ("3. three\n4. four", ["3. three", "4. four"]),
        ("<ruby>灯台<rt>とうだい</rt></ruby>へ。", ["とうだいへ。"]),
        ("| a | b |\n|---|---|\n| c<br>d | **e** |", ["a, b", "c d, e"]),
        ("# Title {#title}\n\ntext", ["Title", "text"]),
        ("> " * 300 + "deep", ["deep"]),
        ("- " * 300 + "deep", ["deep"]),
        ("+++\ntitle = 1\n+++\n\ntext", ["text"]),
    ],
)  # fmt: skip
def test_what_is_spoken_of_markdown(text: str, spoken: list[str]) -> None:
    assert [row.text for row in read_markdown(text, "t").rows] == spoken


NOTES = (
    "Lit in March.[^1] Never out.[^b]\n\n[^1]: Port book, folio 12.\n[^b]: And more.\n\n# Two\n\n"
    "End.\n"
)


def test_notes_are_left_out_or_spoken_at_the_end_of_the_chapter() -> None:
    script = read_markdown(NOTES, "t")
    assert [row.text for row in script.rows] == ["Lit in March. Never out.", "Two", "End."]
    assert script.notes == ("Left out: 2 notes.",)
    assert script.left_out == (LeftOut("notes", 2, ("Port book, folio 12.", "And more.")),)
    spoken_notes = read_markdown(NOTES, "t", Reading(notes=True))
    assert [row.text for row in spoken_notes.rows] == [
        "Lit in March. Never out.", "Port book, folio 12.", "And more.", "Two", "End.",
    ]  # fmt: skip
    assert spoken_notes.notes == ()


def test_chapters_are_the_shallowest_headings_that_repeat() -> None:
    assert read_markdown("# Book\n\n## One\n\na\n\n## Two\n\nb", "t").chapters == (
        "Book",
        "One",
        "Two",
    )
    text = "# One\n\n## a\n\nx\n\n## b\n\ny\n\n# Two\n\nz"
    assert read_markdown(text, "t").chapters == ("One", "Two")
    parts = "# Part One\n\n## I\n\nx\n\n## II\n\ny\n\n# Part Two\n\n## III\n\nz"
    assert read_markdown(parts, "t").chapters == ("Part One", "I", "II", "Part Two", "III")
