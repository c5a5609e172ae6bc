"""Who speaks in a dialogue, and what only looks like a name."""

from __future__ import annotations

from engine.documents.plain_text import read_text
from engine.documents.speakers import speakers, split_speaker
from tests.engine.documents.samples import spoken


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
