"""What a recipe and a maker say of themselves in words."""

from __future__ import annotations

import pytest

from engine.script.selection import Maker


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"precision": "float32"}, "float32"),
        ({"precision": "int8", "arithmetic": "int8-avx512vnni"}, "int8-avx512vnni"),
        ({"precision": "int8", "unpadded": True}, "int8, unpadded"),
        ({"precision": "int8", "unpadded": False, "early_sound": True}, "int8"),
    ],
)
def test_how_it_computes_is_said_in_words(settings: dict[str, object], words: str) -> None:
    maker = Maker(model="a" * 40, settings=settings, voices={}, name="bark-small")
    assert maker.settings_in_words() == words
    assert maker.in_words() == f"bark-small (aaaaaaaa), {words}"
