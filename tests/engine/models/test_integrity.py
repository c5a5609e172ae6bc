"""A folder with a list of hashes; what is held against headers and names is in test_hub.py."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from engine.models import integrity
from engine.models.bark import STARTER


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "voices").mkdir()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "voices" / "a b.npy").write_bytes(b"numbers")
    (tmp_path / "README.md").write_text("of no weight")
    digests = {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in ("config.json", "voices/a b.npy")
    }
    lines = [f"{digest}  {name}\n" for name, digest in digests.items()]
    (tmp_path / integrity.SUMS).write_text("".join(lines))
    return tmp_path


def test_the_starter_voice_is_held_against_its_list() -> None:
    assert integrity.has_hashes(STARTER)
    assert integrity.verify(STARTER) == []


@pytest.mark.parametrize("name", ["config.json", "voices/a b.npy"])
def test_other_content_of_a_right_form_is_found(model: Path, name: str) -> None:
    assert integrity.has_hashes(model)
    assert integrity.verify(model) == []
    (model / name).write_bytes(b"[]")
    assert integrity.verify(model) == [name]
    (model / name).unlink()
    assert integrity.verify(model) == [name]


def test_what_the_list_leaves_out_is_looked_at_by_its_form(model: Path) -> None:
    (model / "README.md").write_text("other words")
    (model / "more.json").write_text("{}")
    assert integrity.verify(model) == []
    assert not integrity.has_hashes(model)
    (model / "more.json").write_text("{")
    assert integrity.verify(model) == ["more.json"]


def test_a_voice_that_the_list_leaves_out_has_no_hash(model: Path) -> None:
    for name in ("other.npy", "other.npz"):
        (model / "voices" / name).write_bytes(b"numbers")
        assert not integrity.has_hashes(model)
        (model / "voices" / name).unlink()
    assert integrity.has_hashes(model)


def test_a_link_that_leads_to_no_hash_has_none(model: Path) -> None:
    (model / integrity.SUMS).unlink()
    (model / "voices" / "a b.npy").unlink()
    (model / "config.json").rename(model / "real.txt")
    (model / "config.json").symlink_to(model / "real.txt")
    assert not integrity.has_hashes(model)


def test_bytes_are_told_and_grow_to_the_length(tmp_path: Path) -> None:
    file, told = tmp_path / "large", list[tuple[int, int]]()
    file.write_bytes(bytes(9_000_000))
    digest = integrity.sha256_of(file, lambda done, total: told.append((done, total)))
    assert digest == hashlib.sha256(bytes(9_000_000)).hexdigest()
    assert len(told) > 2
    assert told == sorted(set(told))
    assert told[-1] == (9_000_000, 9_000_000)


def test_without_a_list_there_are_no_hashes(model: Path) -> None:
    (model / integrity.SUMS).unlink()
    assert integrity.verify(model) == []
    assert not integrity.has_hashes(model)


@pytest.mark.parametrize("lines", ["half of a digest  config.json\n", "\x00", "<html>\n"])
def test_a_damaged_list_is_damage(model: Path, lines: str) -> None:
    with (model / integrity.SUMS).open("a") as file:
        file.write(lines)
    assert integrity.verify(model) == [integrity.SUMS]


def test_a_list_that_cannot_be_read_is_damage(model: Path) -> None:
    (model / integrity.SUMS).unlink()
    (model / integrity.SUMS).mkdir()
    assert integrity.verify(model) == [integrity.SUMS]


def test_what_unpacks_to_far_more_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object) -> None:
        raise AssertionError("it is unpacked")

    with zipfile.ZipFile(tmp_path / "a.bin", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data", bytes(3000))
    assert integrity.verify(tmp_path) == []
    monkeypatch.setattr(integrity, "_UNPACKED", 2999)
    monkeypatch.setattr(zipfile.ZipFile, "testzip", never)
    assert integrity.verify(tmp_path) == ["a.bin"]
