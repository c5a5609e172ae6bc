"""The list of models: what is here, half here and absent; verifying and removing by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine.api import Cancelled
from engine.errors import UserError
from engine.models import bark, catalog, hub
from engine.models import packaged as text
from engine.models.fingerprint import model_hash
from engine.models.info import ModelInfo, Verdict
from tests.hub import COMMIT, git_sha


@pytest.fixture(autouse=True)
def _empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any model."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path / "texts"))
    monkeypatch.setattr(bark, "STARTER", tmp_path / "starter-voice")


def put(name: str, files: dict[str, bytes]) -> Path:
    """Files in the Hub's cache, as its client puts them."""
    folder = hub.repository_folder(name)
    snapshot = folder / "snapshots" / COMMIT
    for part in (snapshot, folder / "blobs", folder / "refs"):
        part.mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text(COMMIT)
    for file, content in files.items():
        blob = folder / "blobs" / git_sha(content)
        blob.write_bytes(content)
        (snapshot / file).symlink_to(blob)
    return snapshot


BARK = {
    "config.json": b'{"model_type": "bark"}',
    "generation_config.json": b"{}",
    "vocab.txt": b"[UNK]",
    "pytorch_model.bin": b"weights",
}


def info(name: str) -> ModelInfo:
    return next(model for model in catalog.models() if model.id == name)


def test_an_empty_machine_knows_what_can_be_had() -> None:
    known = catalog.models()
    assert [model.id for model in known] == [
        *("suno/bark-small", "suno/bark", "smollm2", "whisper-base"),
        "whisper-tiny.en",
    ]
    for model in known:
        assert (model.state, model.folder, model.removable) == ("absent", None, False)
        assert model.size > 50_000_000
        assert model.license in ("MIT", "Apache-2.0")  # by their SPDX names
        assert "/" in model.source
        assert model.resumable == ("/" in model.id)  # pip begins anew


def test_the_starter_voice_is_first_and_stays() -> None:
    (bark.STARTER / "resources").mkdir(parents=True)
    (bark.STARTER / "config.json").write_bytes(BARK["config.json"])
    (bark.STARTER / "generation_config.json").write_text("{}")
    first = catalog.models()[0]
    assert (first.id, first.state, first.folder) == ("starter-voice", "here", bark.STARTER)
    assert first.size == len(BARK["config.json"]) + 2
    assert (first.removable, first.source, first.license) == (False, "", "")
    assert catalog.find_here("starter-voice", "speech") == bark.STARTER
    for name in ("starter-voice", str(bark.STARTER)):
        with pytest.raises(UserError, match="comes with the program"):
            catalog.remove(name)


def test_states_of_a_model_of_the_hub() -> None:
    folder = put("suno/bark-small", BARK)
    here = info("suno/bark-small")
    assert (here.state, here.folder, here.removable) == ("here", folder, True)
    assert here.size >= sum(map(len, BARK.values()))
    assert catalog.find_here("suno/bark-small", "speech") == folder
    assert catalog.verify("suno/bark-small") == Verdict()

    (folder / "pytorch_model.bin").unlink()
    assert info("suno/bark-small").state == "partial"
    assert catalog.verify("suno/bark-small").wrong.endswith("is not complete: download the rest")
    with pytest.raises(UserError, match="not on this machine"):
        catalog.find_here("suno/bark-small", "speech")

    catalog.remove("suno/bark-small")
    assert info("suno/bark-small").state == "absent"
    with pytest.raises(UserError, match="nothing to verify"):
        catalog.verify("suno/bark-small")


def test_damage_is_named() -> None:
    folder = put("suno/bark-small", BARK)
    (folder / "vocab.txt").resolve().write_bytes(b"other")
    assert catalog.verify("suno/bark-small").wrong == (
        "suno/bark-small is damaged (vocab.txt): remove it and download it again"
    )
    names = [f"{number}.json" for number in range(6)]
    folder = put("suno/bark", dict.fromkeys(names, b"{}"))
    for name in names:
        (folder / name).unlink()
        (folder / name).write_bytes(b"{")
    five = "0.json, 1.json, 2.json, 3.json, 4.json"
    assert f"damaged ({five} and more):" in catalog.verify("suno/bark").wrong
    (folder / "5.json").write_bytes(b"{}")
    assert f"damaged ({five}):" in catalog.verify("suno/bark").wrong


def test_other_models_of_the_cache_are_listed_by_kind() -> None:
    put("somebody/my-bark", BARK)
    put("gpt2/tiny", {"config.json": b'{"model_type": "gpt2"}'})
    put("some/picture-model", {"config.json": b'{"model_type": "clip"}'})
    put("broken/one", {"config.json": b"[]"})
    known = {model.id: model for model in catalog.models()}
    assert known["somebody/my-bark"].kind == "speech"
    assert known["gpt2/tiny"].kind == "text"
    assert "some/picture-model" not in known
    assert "broken/one" not in known
    assert [model.kind for model in catalog.models()] == [
        *["speech"] * 3,
        *["text"] * 2,
        *["listening"] * 2,
    ]


def test_text_models_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "own.gguf").write_bytes(b"GGUF" + bytes(96))
    for name in (".DS_Store", ".half.gguf", "notes.txt"):
        (tmp_path / "texts" / name).write_text("")
    (tmp_path / "texts" / "llama").mkdir()
    (tmp_path / "texts" / "llama" / "config.json").write_text('{"model_type": "llama"}')
    assert (info("own.gguf").kind, info("own.gguf").size) == ("text", 100)
    assert info("llama").state == "here"
    assert info("llama").removable
    assert not info("smollm2").removable
    texts = [model.id for model in catalog.models() if model.kind == "text"]
    assert texts == ["smollm2", "llama", "own.gguf"]
    assert catalog.find_here("llama", "text") == tmp_path / "texts" / "llama"
    assert catalog.verify("own.gguf").wrong.startswith("own.gguf is damaged")
    catalog.remove("own.gguf")
    catalog.remove("llama")
    left = {path.name for path in (tmp_path / "texts").iterdir()}
    assert left == {".DS_Store", ".half.gguf", "notes.txt"}


def test_the_packaged_text_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "texts" / Path(text.PACKAGED["smollm2"].member).name
    file.parent.mkdir()
    file.write_bytes(b"GGUF, but another")
    assert (info("smollm2").state, info("smollm2").size) == ("here", 17)
    assert [model.id for model in catalog.models() if model.kind == "text"] == ["smollm2"]
    assert catalog.verify("smollm2").wrong.startswith("smollm2 is damaged")
    with pytest.raises(Cancelled):
        catalog.verify("smollm2", _stop)
    catalog.remove("smollm2")
    assert info("smollm2").state == "absent"
    with pytest.raises(UserError, match="offline"):
        catalog.download("smollm2")


def _stop(done: int, total: int) -> None:
    raise Cancelled


def test_a_folder_of_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "photo.json").write_text(json.dumps({}))
    with pytest.raises(UserError, match="no Bark checkpoint"):
        catalog.remove(str(own))
    assert own.exists()
    for name, content in BARK.items():
        (own / name).write_bytes(content)
    assert catalog.verify(str(own)).wrong.startswith(f"{own} is damaged (pytorch_model.bin)")
    (own / "pytorch_model.bin").unlink()
    (own / "model.safetensors").write_bytes(b"\2\0\0\0\0\0\0\0{}")
    assert catalog.verify(str(own)) == Verdict(hashed=False)
    catalog.remove(str(own))
    assert not own.exists()


def test_a_model_is_found_by_its_content_wherever_it_lies(tmp_path: Path) -> None:
    folder = put("somebody/my-bark", BARK)
    content = model_hash(folder)
    for name in ("", "gone/away", "no name"):
        assert catalog.find_content(content, name) == folder
    shutil.copytree(folder, tmp_path / "own")
    assert catalog.find_content(content, str(tmp_path / "own")) == tmp_path / "own"
    assert catalog.find_content("0" * 64, "somebody/my-bark") is None


def test_what_the_system_does_not_remove_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("suno/bark-small", BARK)
    shutil.copytree(put("somebody/my-bark", BARK), tmp_path / "own")
    (tmp_path / "texts" / "llama").mkdir(parents=True)
    (tmp_path / "texts" / "llama" / "config.json").write_text('{"model_type": "llama"}')

    def refuse(*arguments: object, **how: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    for name in ("suno/bark-small", str(tmp_path / "own"), "llama"):
        with pytest.raises(UserError, match=r"^cannot remove .*: permission denied; close what"):
            catalog.remove(name)


def test_damage_of_the_starter_voice_is_no_matter_of_a_download() -> None:
    bark.STARTER.mkdir()
    (bark.STARTER / "config.json").write_bytes(BARK["config.json"])
    (bark.STARTER / "SHA256SUMS").write_text(f"{'0' * 64}  config.json\n")
    assert catalog.verify("starter-voice").wrong == (
        "starter-voice is damaged (config.json): get the program again"
    )


def test_nothing_is_downloaded_by_looking() -> None:
    """The Hub's client is not even imported: the list is asked for on the window's thread."""
    import subprocess
    import sys

    code = (
        "import sys; from engine.models import catalog; catalog.models()\n"
        "assert not {'torch', 'tensorflow', 'huggingface_hub'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
