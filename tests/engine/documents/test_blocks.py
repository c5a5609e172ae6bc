"""What lasts from one row to the next."""

from __future__ import annotations

from engine.documents.plain_text import read_text
from engine.script.rows import PARAGRAPH_PAUSE


def test_a_voice_lasts_until_the_next_one() -> None:
    script = read_text("a\n\n[voice: v]\n\nb\n\nc [voice: w] d [voice: none] e", "t")
    assert [(row.text, row.voice) for row in script.rows] == [
        ("a", None), ("b", "v"), ("c", "v"), ("d", "w"), ("e", None),
    ]  # fmt: skip


def test_a_wanted_pause_wins_over_the_usual_one() -> None:
    script = read_text("a\n\n[pause 0.2]\n\nb\n\nc", "t")
    assert [row.pause for row in script.rows] == [None, 0.2, PARAGRAPH_PAUSE]
