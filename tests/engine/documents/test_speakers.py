"""Who speaks in a dialogue, and what only looks like a name."""

from __future__ import annotations

import pytest

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


def test_a_name_needs_evidence() -> None:
    assert speakers(["Anna: a", "BOB: b", "see: c", "Time 10:30", "http://x", "A: d"]) == {"BOB"}
    assert speakers(["BOB: b", "It rained."]) == frozenset()
    assert speakers(["BOB: b"], is_script=True) == {"BOB"}
    assert speakers(["Anna: a", "Anna: b", "张三：你好", "张三：再见"]) == {"Anna", "张三"}
    assert split_speaker("BOB: b\nc", frozenset({"BOB"})) == ("BOB", "b\nc")
    assert split_speaker("EVE: b", frozenset({"BOB"})) == ("", "EVE: b")


@pytest.mark.parametrize(
    "text",
    [
        "IMPORTANT: Switch it off.\n\nThen open the lid.\n\nDANGER: High voltage.",
        "NOTE: one.\n\nNOTE: two.\n\nWARNING: three.",
        "Ingredients: flour.\n\nIngredients: salt.",
        "TO: Anna\n\nFROM: Ben\n\nSUBJECT: The boat",
        "Step 1: open.\n\nStep 2: wait.",
        "注意：熱い。\n\n注意：重い。",
        "He said: no.\n\nHe said: yes.",
    ],
)
def test_warnings_and_lists_are_text(text: str) -> None:
    script = read_text(text, "t")
    assert [row.text for row in script.rows] == text.split("\n\n")
    assert script.speakers == ("",)


def test_who_speaks_once_in_a_dialogue_is_a_speaker_and_once_in_prose_is_none() -> None:
    lines = ["Wood Elf: I run. But know this: no.", "Stormcloak: Good.", "Wood Elf: Yes."]
    assert spoken(read_text("\n".join(lines), "t")) == [
        ("Wood Elf", "I run. But know this: no."), ("Stormcloak", "Good."), ("Wood Elf", "Yes."),
    ]  # fmt: skip
    prose = "\n\n".join([*lines, *["It was dark, and nobody came."] * 3])
    assert read_text(prose, "t").speakers == ("Wood Elf", "")
    parts = "Serves: four\n\nFlour: 200 grams\n\nSugar: 100 grams"
    assert read_text(parts, "t").speakers == ("",)


def test_japanese_dialogues() -> None:
    lines = [
        "太郎「おはよう。」",
        "花子（眠そうに）「もう昼よ。」",
        "太郎「え？」",
        "花子「『え』だ。」",
    ]
    script = read_text("\n\n".join(lines), "t")
    assert spoken(script) == [
        ("太郎", "おはよう。"),
        ("花子", "もう昼よ。"),
        ("太郎", "え？"),
        ("花子", "『え』だ。"),
    ]
    assert script.rows[1].direction == "眠そうに"
    story = "彼は「おはよう。」\n\n彼は「もう昼だ。」\n\n「はい。」"
    assert read_text(story, "t").speakers == ("",)
