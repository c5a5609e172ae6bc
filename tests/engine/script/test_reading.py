"""Takes are kept by what is read: Japanese as moras, where the model wants that."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from engine.documents.language import guess_language
from engine.errors import UserError
from engine.models.fingerprint import model_hash
from engine.script.keys import Keys
from engine.script.maker import identify
from engine.script.pace import Paces
from engine.script.project import Project
from engine.script.reading import Readings, as_read
from engine.script.recipe import Maker, Recipe
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.row_limits import Speakable
from engine.script.rows import Script, ScriptRow
from engine.script.spoken_text import SpokenText
from engine.script.store import Store
from engine.settings import Settings
from engine.spoken import openjtalk
from tests.engine.script.speaker import Speaker
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


def test_a_reading_is_kept_with_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にホン", ""))
    readings = Readings(tmp_path)
    for maker, text in ((MORAS, "日本"), (MORAS, "日本"), (MORAS, "Japan"), (OTHER, "京都")):
        readings.keep(maker, text)
    (line,) = (tmp_path / "readings.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {"text": "日本", "read": "|にホン", "by": openjtalk.by_whom()}

    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にッポン", ""))
    again = Readings(tmp_path)
    assert again.of(MORAS, "日本") == "|にホン"
    assert again.of(MORAS, "日本だ") == "|にッポン"
    assert again.of(OTHER, "日本") == "日本", "for this one it is no reading"
    assert again.differing(MORAS, ["日本"]) == 0, "the same packages are not asked again"
    monkeypatch.setattr("engine.script.reading.by_whom", lambda: "others")
    assert again.differing(MORAS, ["日本", "日本だ", "Japan"]) == 1
    assert again.differing(OTHER, ["日本"]) == 0

    before = Keys(MORAS, Recipe(), Store(tmp_path), readings=again)
    old = before.of("日本", "v", 0)
    again.forget()
    assert not (tmp_path / "readings.jsonl").exists()
    after = Keys(MORAS, Recipe(), Store(tmp_path), readings=again)
    before.lend(after)
    assert after.of("日本", "v", 0) != old, "what was forgotten is not lent either"
    assert Readings(tmp_path).of(MORAS, "日本") == "|にッポン"


def test_a_project_that_is_opened_says_what_stays_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にホン", ""))
    rows = tuple(ScriptRow(id=str(i), text=text) for i, text in enumerate(("日本へ。", "Home.")))
    project = Project.create(tmp_path / "p", Script(title="t", rows=rows), Recipe())
    speaker = Speaker()
    Renderer(lambda _: speaker, lambda _: MORAS).generate(RenderRequest(project=project))
    assert {row.text for row in speaker.rows} == {"|にホン", "Home."}
    keys = [state.key for state in project.states()]

    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にッポン", ""))
    for module in ("reading", "pin"):
        monkeypatch.setattr(f"engine.script.{module}.by_whom", lambda: "another dictionary")
    opened = Project.open(tmp_path / "p", "window")
    assert [state.key for state in opened.states()] == keys
    assert opened.read("日本へ。") == "|にホン"
    (note,) = opened.notes
    assert note.endswith("now by another dictionary: 1; have all rows spoken anew to change that.")

    opened.reroll("0")  # another take of the same moras
    Renderer(lambda _: speaker, lambda _: MORAS).generate(RenderRequest(project=opened))
    assert speaker.rows[-1].text == "|にホン"
    opened.set_recipe(Recipe(replacements="/(/==x"))  # no pattern
    opened.close()
    again = Project.open(tmp_path / "p", "window")
    assert not again.notes
    again.speak_anew(MORAS, Recipe())
    assert again.read("日本へ。") == "|にッポン"
    again.close()


def test_damaged_readings_count_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openjtalk, "spell", lambda text: ("にホン", ""))
    whole = json.dumps({"text": "日", "read": "|ひ", "by": "x"})
    silent = json.dumps({"text": "本", "read": "| ", "by": "x"})
    other = json.dumps({"text": "本", "read": "rm", "by": "x"})
    number = json.dumps({"text": "本", "read": 7, "by": "x"})
    lines = (whole, silent, other, number, "[]", "{}", "\0", whole.replace("ひ", "ふ"), whole[:-9])
    (tmp_path / "readings.jsonl").write_text("\n".join(lines), encoding="utf-8")
    readings = Readings(tmp_path)
    assert readings.of(MORAS, "日") == "|ひ", "the first one counts"
    assert readings.of(MORAS, "本") == "|にホン"
    readings.keep(MORAS, "本")  # behind a line that was cut off
    assert Readings(tmp_path).kept(MORAS, "本") == "|にホン"

    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "linked"
    folder.mkdir()
    (folder / "readings.jsonl").symlink_to(precious)
    with pytest.raises(UserError):
        Readings(folder).keep(MORAS, "本")
    assert precious.read_text() == "mine"


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
