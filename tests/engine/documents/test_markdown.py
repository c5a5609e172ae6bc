"""Markdown without its marks."""

from __future__ import annotations

from engine.documents.markdown import read_markdown
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
