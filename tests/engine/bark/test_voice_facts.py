"""What a checkpoint says of its voices, and who speaks in place of those that it had."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.api import VoiceFacts
from engine.bark.config import read_config
from engine.bark.engine import BarkEngine
from engine.bark.voice_facts import read_voice_facts
from engine.bark.voices import find_voice, presets
from engine.errors import UserError
from engine.models.fingerprint import voice_hash
from engine.settings import Settings
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import request


def test_a_voice_of_an_earlier_edition_is_spoken_by_another(
    make: Make,
) -> None:
    other = make()
    config = read_config(other.folder)
    about = {"joe": {"instead": "v1/anna"}, "v1/anna": {"instead": "eve"}, "sam": {"instead": "x"}}
    (other.folder / "voices.json").write_text(json.dumps(about))
    voice, own = (find_voice(name, other.folder, config) for name in ("joe", "v1/anna"))
    assert voice is not None
    assert own is not None
    assert np.array_equal(voice.fine, own.fine)
    assert voice_hash("joe", other.folder) == voice_hash("v1/anna", other.folder)
    assert list(presets(other.folder)) == ["v1/anna"]  # it is not listed
    with pytest.raises(UserError, match="no voice 'sam'"):
        find_voice("sam", other.folder, config)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a": 3, "b": {"languages": 3, "kind": "dog", "instead": []}}', "\xff"]
)
def test_what_says_nothing_of_voices_is_no_damage(text: str, tmp_path: Path) -> None:
    (tmp_path / "voices.json").write_bytes(text.encode("latin1"))
    assert read_voice_facts(tmp_path) == {}


def test_what_is_said_of_voices(tmp_path: Path) -> None:
    about = {"a": {"languages": ["en", "../x", 3], "kind": "man", "more": 1}, "b": {}}
    (tmp_path / "voices.json").write_text(json.dumps(about))
    assert read_voice_facts(tmp_path) == {"a": VoiceFacts(languages=("en",), kind="man")}


def test_whoever_asks_for_a_voice_of_an_earlier_edition_is_told(make: Make) -> None:
    other = make()
    (other.folder / "voices.json").write_text(json.dumps({"joe": {"instead": "v1/anna"}}))
    engine = BarkEngine(other.folder, Settings(precision="float32"))
    notes = [engine.generate(request("Hello.", voice=v)).notes for v in ("joe", "v1/anna")]
    assert notes == [
        ("the voice joe is of an earlier edition of this model: v1/anna speaks in its place",),
        (),
    ]
    engine.close()
