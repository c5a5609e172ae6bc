"""Where checkpoints come from: folders, and the real Hub client against a Hub of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.models import bark
from tests.conftest import ROOT
from tests.engine.bark.tiny import write_checkpoint
from tests.hub import Hub

FILES = {
    "config.json": b"{}",
    "generation_config.json": b"{ }",
    "vocab.txt": b"[UNK]",
    "README.md": b"words",
    "pytorch_model.bin": b"a pickle",
    "speaker_embeddings/one.npy": b"a voice",
}


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub({**FILES, "model.safetensors": b"weights"})
    yield hub
    hub.close()


def get(name: str, address: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """`main.py models get`: the Hub's address is read when its client is imported."""
    environment = {**os.environ, "HF_ENDPOINT": address, "HF_HOME": str(cache)}
    environment.pop("HF_HUB_OFFLINE", None)
    return subprocess.run(
        [sys.executable, "main.py", "models", "get", name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_a_model_is_downloaded_once_and_only_what_speaking_needs(hub: Hub, tmp_path: Path) -> None:
    first = get("small/bark", hub.address, tmp_path)
    assert first.returncode == 0, first.stderr
    folder = Path(first.stdout.strip())
    wanted = {"config.json", "generation_config.json", "vocab.txt", "model.safetensors"}
    assert {path.name for path in folder.iterdir()} == wanted
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    hub.asked.clear()
    again = get("small/bark", hub.address, tmp_path)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert not any("small/bark" in asked for asked in hub.asked)


def test_weights_in_a_pickle_are_taken_where_there_are_no_others(hub: Hub, tmp_path: Path) -> None:
    del hub.files["model.safetensors"]
    done = get("small/bark", hub.address, tmp_path)
    assert (Path(done.stdout.strip()) / "pytorch_model.bin").read_bytes() == b"a pickle"


def test_an_unknown_model_is_a_sentence(hub: Hub, tmp_path: Path) -> None:
    done = get("nobody/nothing", hub.address, tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "bark-studio: the Hub has no open model nobody/nothing: check its name\n"
    )


def test_what_cannot_be_an_id_is_a_sentence(tmp_path: Path) -> None:
    done = get("two words", "http://127.0.0.1:9", tmp_path)
    assert done.returncode == 2
    assert "check its name" in done.stderr


def test_no_network_is_a_sentence(hub: Hub, tmp_path: Path) -> None:
    hub.files.pop("model.safetensors")
    hub.files.pop("pytorch_model.bin")
    half = get("small/bark", hub.address, tmp_path)  # leaves a part of the model in the cache
    hub.close()
    gone = get("small/bark", hub.address, tmp_path)
    never = get("other/bark", hub.address, tmp_path)
    assert half.returncode == 2
    assert "small/bark is no Bark model: it lacks what speaking needs" in half.stderr
    for done in (gone, never):
        assert done.returncode == 2
        assert "connect to the network" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr


def test_a_folder_is_itself(tmp_path: Path) -> None:
    assert bark.find(str(tmp_path)) == tmp_path


@pytest.mark.parametrize(
    "name", ["nowhere", "./nowhere", "~/nowhere", "./nowhere/here", "/nowhere/here", "a/b/c", ""]
)
def test_neither_folder_nor_id_is_a_sentence(name: str) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        bark.find(name)


# ── presets of a model from the Hub ───────────────────────────────────────────────────────────

READ_PRESET = """
import sys
from pathlib import Path
from engine.bark.config import read_config
from engine.bark.voices import read_preset
from engine.errors import UserError
from engine.models.bark import find
from engine.models.hub import fetch_file

folder = find("small/bark")
try:
    print(read_preset(folder, sys.argv[1], read_config(folder), fetch_file).fine.shape)
except UserError as error:
    print(error)
"""


def test_a_preset_is_fetched_when_it_is_first_used(tmp_path: Path) -> None:
    """A model is downloaded without its hundreds of voices; the one that is wanted comes alone,
    and once."""
    write_checkpoint(tmp_path / "tiny")
    files = {
        path.relative_to(tmp_path / "tiny").as_posix(): path.read_bytes()
        for path in (tmp_path / "tiny").rglob("*")
        if path.is_file()
    }
    listed = json.loads(files["speaker_embeddings_path.json"])
    listed["v1/gone"] = {key: f"speaker_embeddings/{key}.npy" for key in listed["v1/anna"]}
    listed["v1/bob"] = {key: f"speaker_embeddings/bob_{key}.npy" for key in listed["v1/anna"]}
    for key in listed["v1/bob"]:
        files[listed["v1/bob"][key]] = files[listed["v1/anna"][key]]
    files["speaker_embeddings_path.json"] = json.dumps(listed).encode()
    hub = Hub(files)
    environment = {**os.environ, "HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "cache")}
    environment.pop("HF_HUB_OFFLINE", None)

    def read(name: str) -> str:
        command = [sys.executable, "-c", READ_PRESET, name]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    try:
        assert read("v1/anna") == "(4, 80)"
        assert any("anna_fine_prompt.npy" in asked for asked in hub.asked)
        assert not any("bob_" in asked for asked in hub.asked)
        assert "the voice v1/gone lacks its file" in read("v1/gone")
    finally:
        hub.close()
    assert read("v1/anna") == "(4, 80)"  # from the cache, without a network
    assert "not on this machine and the Hub did not give it" in read("v1/bob")


def test_only_a_checkpoint_is_removed(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one").write_text("")
    with pytest.raises(UserError, match="no Bark checkpoint"):
        bark.remove(tmp_path / "photos")
    assert (tmp_path / "photos" / "one").exists()
    write_checkpoint(tmp_path / "new")
    bark.remove(tmp_path / "new")
    assert not (tmp_path / "new").exists()
