"""`convert` with the real engine and a tiny checkpoint of random weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import main
from engine.bark.engine import BarkEngine
from engine.conversion.owners import PROJECT
from engine.errors import UserError
from engine.models.fingerprint import model_hash, voice_hash
from engine.script.maker import identify, token_settings, token_settings_in
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.rows import Script, ScriptRow
from engine.script.selection import Recipe
from engine.settings import Settings
from tests.engine.bark import tiny

# A row of this checkpoint holds 20 word pieces of one letter.
TEXT = "ANNA: she says it all.\n\nBEN: he does not.\n\nANNA: so what.\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny.write_checkpoint(folder)
    return folder


def convert(model: Path, source: Path, out: Path, *options: str) -> int:
    command = ["convert", str(source), "--out", str(out), "--model", str(model)]
    sampling = ["--takes", "1", "--temperature", "1"]
    return main.main([*command, *sampling, *options])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "talk.txt"
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize("history", ["constant", "continue"])
def test_a_run_in_parts_ends_with_the_bytes_of_a_whole_one(
    history: str, model: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In float32 a row's tokens do not depend on the rows that it is spoken with."""
    options = ("--history", history, "--speaker", "BEN=v1/anna", "--format", "wav-float")
    assert convert(model, source, tmp_path / "whole", *options) in (0, 3)
    # The same in two runs: half of the takes are lost in between.
    assert convert(model, source, tmp_path / "parts", *options) in (0, 3)
    folder = tmp_path / "parts" / f"talk{PROJECT}"
    for number, path in enumerate(sorted((folder / "takes").rglob("*.npz"))):
        if number % 2:
            path.unlink()
    (tmp_path / "parts" / "talk.wav").unlink()
    capsys.readouterr()
    assert convert(model, source, tmp_path / "parts", *options, "--batch-size", "3") in (0, 3)
    assert " 0 takes made" not in capsys.readouterr().err
    whole, parts = ((tmp_path / name / "talk.wav").read_bytes() for name in ("whole", "parts"))
    assert whole == parts
    listed = json.loads((tmp_path / "whole" / "talk.takes.json").read_text())
    assert len(listed["rows"]) == 3
    assert all(row["hash"] for row in listed["rows"])


def test_a_take_is_a_voice_and_can_be_decoded_again(model: Path, tmp_path: Path) -> None:
    settings = Settings()
    rows = tuple(ScriptRow(id=str(i), text=f"row {i}") for i in range(3))
    project = Project.create(tmp_path / "p", Script(title="t", rows=rows), Recipe(takes=1))
    engine = BarkEngine(model, settings)
    renderer = Renderer(lambda request: engine, lambda p: identify(p, settings, model))
    rendering = renderer.generate(RenderRequest(project=project))
    assert rendering.made == 3
    take = project.store.load(str(rendering.states[1].key))
    assert take.audio.dtype == np.float32
    assert len(take.semantic)
    assert take.fine.shape[0] == 4
    assert rendering.metrics.stages["semantic"] > 0


def test_a_row_too_long_for_the_model_is_left_out(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "abcdefghijklmnopqrstuvwxyz " * 3  # pieces of one letter
    (tmp_path / "a.csv").write_text(f"id,text\nr1,hello there\nr2,{long}\n")
    options = ("--per", "row", "--longest", "14")
    assert convert(model, tmp_path / "a.csv", tmp_path / "out", *options) == 3
    assert "row r2: the text is " in capsys.readouterr().err
    assert (tmp_path / "out" / "a-r1.wav").exists()
    assert not (tmp_path / "out" / "a-r2.wav").exists()


# ── what speaks, by content ───────────────────────────────────────────────────────────────────


def test_a_model_is_known_by_its_content(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(model, copy)
    assert model_hash(copy) == model_hash(model)
    weights = next(copy.glob("*.safetensors"))
    weights.write_bytes(bytes(255 - byte for byte in weights.read_bytes()))
    assert model_hash(copy) != model_hash(model)
    shutil.copy(next(model.glob("*.safetensors")), weights)
    assert model_hash(copy) == model_hash(model)
    (copy / "tokenizer.json").write_text("{}")
    assert model_hash(copy) != model_hash(model)


def test_a_large_model_is_known_by_its_blocks(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    hashes = set()
    for number in range(3):
        (tmp_path / "model.safetensors").write_bytes(random.bytes(3 * 2**20 + number))
        hashes.add(model_hash(tmp_path))
    assert len(hashes) == 3


def test_a_voice_is_known_by_its_content(model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **tiny.make_voice(seed=1))
    np.savez(tmp_path / "b.npz", **tiny.make_voice(seed=2))
    hashes = [voice_hash(str(tmp_path / name), model) for name in ("a.npz", "b.npz")]
    hashes.append(voice_hash("v1/anna", model))
    assert len(set(hashes)) == 3
    for missing in ("v1/nobody", str(tmp_path / "c.npz")):
        with pytest.raises(UserError, match=r"no voice"):
            voice_hash(missing, model)


def test_settings_that_change_tokens_count_as_they_are_here() -> None:
    same = [Settings(), Settings(batch_size=3), Settings(kernel="torch")]
    assert len({str(token_settings(settings)) for settings in same}) == 1
    assert token_settings(Settings(long_window=True)) != token_settings(Settings())
    assert token_settings(Settings(precision="auto"))["precision"] != "auto"


def test_padding_counts_as_it_is_in_a_precision() -> None:
    """A take of int8 without padding is not one with it, however either was asked for."""
    for precision, automatic in (("float32", False), ("int8", True)):
        settings = Settings(precision=precision)
        known = token_settings(settings)
        assert known["unpadded"] is automatic
        assert known == token_settings(settings.replace(unpadded=automatic))
        assert known != token_settings(settings.replace(unpadded=not automatic))
        word = str(known.get("arithmetic", ""))
        assert token_settings_in(Settings(), precision, word) == known
