"""Takes are kept by what is read: Japanese as moras, where the model wants that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.documents.language import guess_language
from engine.models.fingerprint import model_hash
from engine.script.keys import Keys
from engine.script.maker import identify
from engine.script.pace import Paces
from engine.script.project import Project
from engine.script.reading import as_read
from engine.script.recipe import Maker, Recipe
from engine.script.row_limits import Speakable
from engine.script.rows import Script, ScriptRow
from engine.script.spoken_text import SpokenText
from engine.script.store import Store
from engine.settings import Settings
from engine.spoken import openjtalk
from tests.engine.spoken.moras_model import write_moras_model

MORAS = Maker(model="m", settings={"precision": "float32", "japanese": "moras"})
OTHER = Maker(model="m", settings={"precision": "float32"})


def needs_packages() -> None:
    for package in ("pyopenjtalk", "kanalizer", "onnxruntime"):
        pytest.importorskip(package, reason="python3 main.py set-up --japanese installs it")


def test_another_reading_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def key(maker: Maker, text: str) -> str:
        return Keys(maker, Recipe(), Store(tmp_path)).of(text, "v", 0)

    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にホン", ""))
    before = key(MORAS, "日本"), key(OTHER, "日本"), key(MORAS, "Japan")
    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にッポン", ""))
    after = key(MORAS, "日本"), key(OTHER, "日本"), key(MORAS, "Japan")
    assert before[0] != after[0]
    assert before[1:] == after[1:]
    assert key(MORAS, "|にッポン") == after[0]  # said as it is spelled


def test_without_the_packages_a_text_is_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    openjtalk.spell.cache_clear()
    monkeypatch.setitem(sys.modules, "pyopenjtalk", None)
    assert as_read(MORAS, "日本") == "日本"
    assert as_read(None, "日本") == "日本"


def test_the_checkpoint_says_how_it_is_read(tmp_path: Path) -> None:
    model = write_moras_model(tmp_path / "model")
    script = Script(title="t", kind="text", rows=(ScriptRow(id="1", text="はし"),))
    project = Project.create(tmp_path / "p", script, Recipe())
    made = identify(project, Settings(precision="float32"), model)
    assert made.settings["japanese"] == "moras"
    assert made.model == model_hash(model)
    (model / "tokenizer_config.json").write_text("{}")
    assert "japanese" not in identify(project, Settings(precision="float32"), model).settings


def test_rows_have_room_for_what_is_read(tmp_path: Path) -> None:
    """WWW is three letters and twelve moras: such rows are divided by what the model is given."""
    needs_packages()
    model = write_moras_model(tmp_path / "model")
    limits = Speakable(model, 11.0, Paces(tmp_path / "paces.json"))
    long = "これは" + "WWWと" * 12 + "です。"
    assert not limits.fits(long)
    script = Script(title="t", kind="text", rows=(ScriptRow(id="1", text=long),))
    divided = limits.divide(script, lambda row: None, {}).script.rows
    assert len(divided) > 1
    assert all(limits.fits(row.text) for row in divided)
    assert "".join(row.text for row in divided) == long

    text = SpokenText(guess=guess_language, most=96, fits=limits.fits)
    assert not text.is_one(long)
    lines = [line.text for line in text.lines([long])]
    assert len(lines) > 1
    assert all(map(limits.fits, lines))
    assert SpokenText(guess=guess_language, most=96).is_one(long)
