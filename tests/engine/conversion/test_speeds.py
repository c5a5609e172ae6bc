"""How fast a machine was the last time: remembered by model and settings, told with its error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.conversion.speeds import Speeds, way
from engine.conversion.summary import account, in_words
from engine.settings import Settings


def test_the_last_speed_counts_and_forty_are_kept(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "user" / "speeds.json")
    assert speeds.of("a") is None
    speeds.learn("a", 30.0, 10.0)
    speeds.learn("a", 20.0, 10.0)
    assert Speeds(speeds.path).of("a") == 2.0
    for refused in (("", 1.0, 1.0), ("b", 0.0, 1.0), ("b", 1.0, 0.0)):
        speeds.learn(*refused)
    assert json.loads(speeds.path.read_text()) == {"a": 2.0}
    for number in range(40):
        speeds.learn(str(number), 1.0, 1.0)
    assert speeds.of("a") is None
    assert speeds.of("0") == 1.0


@pytest.mark.parametrize("rubbish", ["", "[]", "{", '{"a": "fast"}', '{"a": -1}', '{"a": null}'])
def test_rubbish_counts_as_nothing(tmp_path: Path, rubbish: str) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    speeds.path.write_text(rubbish)
    assert speeds.of("a") is None
    speeds.learn("a", 1.0, 2.0)
    assert speeds.of("a") == 0.5


def test_a_way_is_the_model_by_content_and_its_settings(tmp_path: Path) -> None:
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(f'{{"value": {text}}}')
        (tmp_path / name / "model.safetensors").write_bytes(text.encode())
    settings = Settings()
    first = way(tmp_path / "a", settings)
    assert first == way(tmp_path / "b", settings) != ""
    assert way(tmp_path / "c", settings) != first
    assert way(tmp_path / "a", settings.replace(precision="bfloat16")) != first


def test_the_error_of_a_prediction_is_told() -> None:
    total = account([], 1.0)
    assert "predicted" not in in_words(total)
    for work, words in ((246.0, "23% more"), (100.0, "50% less"), (200.2, "as predicted")):
        told = in_words({**total, "predicted_work": 200.0, "seconds_of_work": work})
        assert f"; 3:20 of work was predicted, it took {int(work) // 60}:" in told
        assert told.endswith(words)
