"""Settings: valid by construction, and the same after a round trip through a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import UserError
from engine.settings import Settings


def valid() -> st.SearchStrategy[Settings]:
    def values(option: Any) -> st.SearchStrategy[Any]:
        if option.metadata["choices"]:
            return st.sampled_from(option.metadata["choices"])
        if isinstance(option.default, bool):
            return st.booleans()
        return st.integers(1, 256)

    return st.builds(Settings, **{o.name: values(o) for o in dataclasses.fields(Settings)})


@given(wanted=valid())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_saved_settings_come_back(wanted: Settings, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    wanted.save(path)
    assert Settings.load(path) == wanted


def test_settings_of_another_version_are_read_as_far_as_they_are_known(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"precision": "int8", "colour": "green"}')
    assert Settings.load(path) == Settings(precision="int8")


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "{", '{"precision": "int4"}', '{"batch_size": "8"}', "\xff\xfe"]
)
def test_a_broken_settings_file_is_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(UserError, match="is no settings file"):
        Settings.load(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"device": "tpu"},
        {"device": "cuda:"},
        {"device": "cuda:x"},
        {"device": "cpu:1"},
        {"precision": "FLOAT32"},
        {"attention": None},
        {"offload": 1},
        {"early_sound": "yes"},
        {"unpadded": "on"},
        {"unpadded": 1},
        {"unpadded": None},
        {"batch_size": 0},
        {"batch_size": 257},
        {"batch_size": True},
        {"batch_size": 2.0},
    ],
)
def test_a_wrong_value_names_the_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings().replace(**wrong)


def test_padding_is_left_out_where_nobody_hears_it_and_where_it_is_asked_for() -> None:
    for precision, automatic in (
        ("float32", False),
        ("bfloat16", True),
        ("float16", False),
        ("int8", True),
        ("int8-weights", False),
    ):
        assert Settings().leaves_out_padding(precision) is automatic
        for asked in (True, False):
            assert Settings(unpadded=asked).leaves_out_padding(precision) is asked


def test_settings_cannot_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().device = "cuda"  # type: ignore[misc]


def test_every_option_explains_itself() -> None:
    for option in dataclasses.fields(Settings):
        assert len(option.metadata["help"]) > 20, option.name
        assert isinstance(option.metadata["exact"], bool), option.name


def test_a_card_of_several_has_its_number(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings(device="cuda:1").save(path)
    assert Settings.load(path).device == "cuda:1"
    choices = {o.name: o.metadata["choices"] for o in dataclasses.fields(Settings)}["device"]
    assert list(choices) == ["auto", "cpu", "cuda", "mps"]  # what is offered
