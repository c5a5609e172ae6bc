"""How long a row may be: the room of the model, the pace of its voices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.models.bark import STARTER
from engine.models.fingerprint import model_hash
from engine.script.pace import START, Paces, letters, voice_key
from engine.script.row_limits import Speakable, fixed_paces, learned
from engine.script.rows import Script, ScriptRow

SENTENCE = (
    "It was a bright cold day in the spring of that year, and the people of the little town had "
    "come together in the market place to hear what the mayor would say about the new road."
)
SCRIPT = Script(title="t", rows=(ScriptRow(id="1", text=SENTENCE),))


def divide(model: Path | None, paces: Paces, fixed: dict[str, float]) -> list[str]:
    divided = Speakable(model, 11.0, paces).divide(SCRIPT, lambda row: "joe", fixed)
    return [row.text for row in divided.script.rows]


def test_no_row_has_more_letters_than_the_model_takes(tmp_path: Path) -> None:
    speakable = Speakable(STARTER, 11.0, Paces(tmp_path / "p.json"))
    assert speakable.most == 96
    rows = divide(STARTER, Paces(tmp_path / "p.json"), {})
    assert " ".join(rows) == SENTENCE
    assert all(letters(row) <= 96 for row in rows)
    # Without a model, only the seconds count, and nothing is known of its voices.
    unknown = Speakable(None, 11.0, Paces(tmp_path / "p.json"))
    divided = unknown.divide(SCRIPT, lambda row: "joe", {})
    assert (divided.paces, divided.pace_of(SCRIPT.rows[0])) == ({}, START)
    assert max(map(letters, divide(None, Paces(tmp_path / "p.json"), {}))) > 96


def test_a_slow_voice_has_shorter_rows_and_a_project_keeps_its_pace(tmp_path: Path) -> None:
    paces = Paces(tmp_path / "p.json")
    key = voice_key(model_hash(STARTER), "joe")
    before = Speakable(STARTER, 11.0, paces).divide(SCRIPT, lambda row: "joe", {})
    assert before.paces == {key: START.rate}
    paces.learn({key: [(SENTENCE, letters(SENTENCE) / 5.0)] * 60})
    after = Speakable(STARTER, 11.0, paces).divide(SCRIPT, lambda row: "joe", {})
    assert after.paces[key] == pytest.approx(5.4, abs=0.2)
    assert len(after.script.rows) > len(before.script.rows)
    assert after.pace_of(SCRIPT.rows[0]).rate == after.paces[key]
    assert divide(STARTER, paces, dict(before.paces)) == [r.text for r in before.script.rows]


@pytest.mark.parametrize("head", ["", "[]", "{}", '{"paces": 3}', '{"paces": {"a": "x"}}'])
def test_a_folder_without_paces_has_none(tmp_path: Path, head: str) -> None:
    (tmp_path / "project.json").write_text(head)
    assert fixed_paces(tmp_path) == {}
    assert fixed_paces(tmp_path / "nothing") == {}


def test_only_paces_of_speech_count(tmp_path: Path) -> None:
    stored = {"slow": 1, "slower": 0.9, "normal": 14.5, "fast": 100, "faster": 100.1}
    (tmp_path / "project.json").write_text(json.dumps({"paces": stored}))
    assert fixed_paces(tmp_path) == {"slow": 1.0, "normal": 14.5, "fast": 100.0}


def test_what_was_learned_is_kept_in_the_programs_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert learned().path.name == "paces.json"
