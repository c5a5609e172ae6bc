"""Words of strangers, shown as what they are."""

from __future__ import annotations

import pytest

from engine.system.shown import shown


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("plain é 灯台 \n\t🏴 שלום\u200f", "plain é 灯台 \n\t🏴 שלום\u200f"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\rb\x7f\x9b", "a\\x0db\\x7f\\x9b"),
        ("annex\u202egpj.exe", "annex\\u202egpj.exe"),
        ("\u2066\u2069", "\\u2066\\u2069"),
        ("\udcff.txt", "\\udcff.txt"),
    ],
)
def test_hidden_characters_are_escapes(text: str, visible: str) -> None:
    assert shown(text) == visible
