"""What is said of how takes are made, here and on another machine."""

from __future__ import annotations

from engine.script.maker import token_settings, token_settings_in
from engine.settings import Settings


def test_another_class_of_arithmetic_is_said_under_the_same_names() -> None:
    settings = Settings()
    plain = token_settings(settings.replace(precision="float32"))
    assert plain["precision"] == "float32"
    assert "arithmetic" not in plain  # it is the same everywhere
    assert token_settings_in(settings, "float32", "") == plain
    other = token_settings_in(settings, "int8", "int8-avx512vnni")
    assert other.keys() == {*plain, "arithmetic"}
    assert (other["precision"], other["arithmetic"]) == ("int8", "int8-avx512vnni")
