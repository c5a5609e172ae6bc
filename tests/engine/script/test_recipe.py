"""What a recipe and a maker say of themselves in words."""

from __future__ import annotations

import pytest

from engine.script.recipe import Maker, Recipe


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


def test_a_name_is_no_part_of_what_a_maker_is() -> None:
    named = Maker(model="a" * 40, name="bark-small")
    assert named == Maker(model="a" * 40)
    assert named != Maker(model="b" * 40, name="bark-small")
    assert Maker(model="0123456789").model_in_words() == "01234567"  # as beside a name


def test_bounds_of_takes() -> None:
    for takes in (1, 100):
        assert Recipe(takes=takes).tries == takes
    for takes in (0, 101):
        with pytest.raises(ValueError, match=f"1 to 100 takes, not {takes}"):
            Recipe(takes=takes)
