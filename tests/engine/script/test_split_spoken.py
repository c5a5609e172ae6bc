"""Rows that are too long only in words."""

from __future__ import annotations

from engine.script.pace import letters
from engine.script.rows import Script, ScriptRow
from engine.script.split_spoken import split_spoken

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


def test_rows_that_are_spoken_as_they_are_written_stay() -> None:
    script = Script(title="t", rows=(ScriptRow(id="1", text="so it was " * 50),))
    assert split_spoken(script, lambda text: text, longest=9.0) == script
