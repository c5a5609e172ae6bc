"""A node looks whether it can help, and says why not."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

import engine
from engine.cluster.actor import Actor, Cannot, Lacks, keep_model
from engine.cluster.classes import choose
from engine.cluster.orders import Task
from engine.errors import UserError
from engine.models.fingerprint import model_hash
from engine.settings import Settings


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "model"
    (folder / "voices").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(bytes(range(256)))
    (folder / "voices" / "anna.npy").write_bytes(b"anna")
    return folder


def pieces_of(model: Path) -> list[tuple[str, str, list[bytes]]]:
    pieces = []
    for path in sorted(path for path in model.rglob("*") if path.is_file()):
        data = path.read_bytes()
        name, half = path.relative_to(model).as_posix(), len(data) // 2
        pieces.append((name, hashlib.sha256(data).hexdigest(), [data[:half], data[half:]]))
    return pieces


def task(model: Path, place: Path, **changes: object) -> Task:
    values = {"version": engine.__version__, "model": model_hash(model), "place": place}
    return Task(**{**values, "name": "nobody's", **changes})  # type: ignore[arg-type]


def test_another_version_is_refused(model: Path) -> None:
    answer = Actor(task(model, model, version="9.9"), 1).prepare()
    words = f"has Bark Studio {engine.__version__}, and this is 9.9: install the same version there"
    assert answer == Cannot(words)


@pytest.mark.slow
def test_another_arithmetic_is_refused(model: Path) -> None:
    tokens = {"precision": "bfloat16", "arithmetic": "bfloat16-abacus"}
    answer = Actor(task(model, model, tokens=tokens), 1).prepare()
    assert isinstance(answer, Cannot)
    assert (
        "this project is spoken in bfloat16-abacus, and this machine computes in" in answer.reason
    )


def test_a_model_that_is_not_here_is_lacked_and_kept_when_it_comes(
    model: Path, tmp_path: Path
) -> None:
    actor = Actor(task(model, tmp_path / "nowhere"), 1)
    assert actor.prepare() == Lacks()
    kept = keep_model(model_hash(model), pieces_of(model), lambda piece: piece)
    assert model_hash(kept) == model_hash(model)
    assert (kept / "voices" / "anna.npy").read_bytes() == b"anna"
    assert not list(kept.parent.glob(".part-*"))
    assert keep_model(model_hash(model), pieces_of(model), lambda piece: piece) == kept


def test_another_model_at_the_same_place_is_not_taken(model: Path) -> None:
    asked = task(model, model)
    (model / "config.json").write_text("{ }")
    assert Actor(asked, 1).prepare() == Lacks()


@pytest.mark.parametrize("name", ["../away.json", "/tmp/away.json"])
def test_what_comes_is_checked_and_stays_inside(model: Path, name: str) -> None:
    pieces = pieces_of(model)
    with pytest.raises(UserError, match="what came is another one"):
        keep_model(model_hash(model), pieces[1:], lambda piece: piece)
    with pytest.raises(UserError, match=r"anna\.npy came damaged"):
        keep_model(model_hash(model), pieces, lambda piece: piece.replace(b"na", b""))
    with pytest.raises(UserError, match="leaves the model's folder"):
        keep_model(model_hash(model), [(name, "", [b"x"])], lambda piece: piece)


def test_a_model_that_is_whole_stays_where_it_is(model: Path, tmp_path: Path) -> None:
    """Another card of the same machine may have brought it, and speak with it."""
    hashed = model_hash(model)
    kept = keep_model(hashed, pieces_of(model), lambda piece: piece)
    before = (kept / "config.json").stat().st_ino
    assert keep_model(hashed, pieces_of(model), lambda piece: piece) == kept
    assert (kept / "config.json").stat().st_ino == before

    def faster(part: Path, folder: Path) -> None:
        shutil.copytree(part, folder)  # the other one
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    shutil.rmtree(kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", faster)
        keep_model(hashed, pieces_of(model), lambda piece: piece)
    assert model_hash(kept) == hashed
    assert not list(kept.parent.glob(".part-*"))


def test_a_package_that_is_lacking_is_named(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def settings(self: Actor) -> Settings:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(Actor, "_settings", settings)
    answer = Actor(task(model, model), 1).prepare()
    assert answer == Cannot("lacks torch: set Bark Studio up there")


def test_a_new_project_takes_the_class_that_most_nodes_have() -> None:
    fast, middle, plain = ("int8", "int8-a"), ("bfloat16", "bfloat16-a"), ("float32", "")
    settings = Settings(precision="auto")
    here = {"a": [fast, middle, plain], "b": [middle, plain], "c": [fast, middle, plain]}
    assert choose(settings, here) == (*middle, [])
    only = {"a": [fast], "b": [middle], "c": [fast]}
    assert choose(settings, only) == (*fast, ["b"])
    with pytest.raises(UserError, match="no machine of the cluster can compute in int8"):
        choose(Settings(precision="int8"), {"a": []})
