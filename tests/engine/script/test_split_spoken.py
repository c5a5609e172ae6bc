"""Rows that are too long only in words."""

from __future__ import annotations

import pytest

from engine.script.pace import letters
from engine.script.rows import Script, ScriptRow
from engine.script.split_spoken import split_spoken
from engine.spoken.normalise import spoken_as

LONG = "The sum was $1,234,567.89, and of that $987,654.32 went to them, and $246,913.57 to us."


def say(text: str) -> str:
    return "".join("seven " if letter.isdigit() else letter for letter in text)


def test_a_row_whose_words_are_too_long_is_split_between_its_words() -> None:
    rows = (ScriptRow(id="1", text=LONG), ScriptRow(id="2", text="It was."))
    script = Script(title="t", rows=rows)
    divided = split_spoken(script, say, longest=9.0)
    texts = [row.text for row in divided.rows]
    assert len(texts) > 2
    assert " ".join(texts) == f"{LONG} It was."
    assert all(letters(say(text)) <= 9.0 * 14 for text in texts)
    assert split_spoken(divided, say, longest=9.0) == divided


@pytest.mark.parametrize("text", ["299,792,458 m/s", "It is 299,792,458 m/s, they say."])
def test_a_number_that_no_row_can_hold_ends_rows_where_it_is_grouped(text: str) -> None:
    script = Script(title="t", rows=(ScriptRow(id="1", text=text),))
    divided = split_spoken(script, lambda text: spoken_as(text, "en"), most=96)
    texts = [row.text for row in divided.rows]
    assert " ".join(texts) == spoken_as(text, "en")
    assert all(letters(spoken_as(one, "en")) <= 96 for one in texts)
    assert any(one.endswith(("million", "thousand")) for one in texts[:-1])
    again = split_spoken(divided, lambda text: spoken_as(text, "en"), most=96)
    assert again == divided


def test_rows_that_are_spoken_as_they_are_written_stay() -> None:
    script = Script(title="t", rows=(ScriptRow(id="1", text="so it was " * 50),))
    assert split_spoken(script, lambda text: text, longest=9.0) == script


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("The well was 18.5", "m deep.", "The well was | 18.5 m deep."),
        ("It is in Vol.", "3 of the works.", "It is in | Vol. 3 of the works."),
        (
            "The fort measured 170 x",
            "131 m and so on.",
            "The fort measured | 170 x 131 m and so on.",
        ),
        ("It had 5", "men.", "It had 5 | men."),  # which is said the same
        ("149,597,870", "km from it.", "149,597,870 km | from it."),
    ],
)
def test_a_number_stays_with_what_it_is_spoken_by(first: str, second: str, whole: str) -> None:
    rows = tuple(ScriptRow(id=str(n), text=text) for n, text in enumerate((first, second)))
    script = Script(title="t", rows=rows)
    found = split_spoken(script, lambda text: spoken_as(text, "en"))
    assert " | ".join(row.text for row in found.rows) == whole
    for apart in (
        script.replace(kind="subtitles"),
        script.replace(rows=(rows[0], rows[1].replace(pause=0.7))),
    ):
        assert split_spoken(apart, lambda text: spoken_as(text, "en")) == apart
