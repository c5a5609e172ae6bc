"""Models by content: what counts of a file, small or large. Voices: tests/engine/script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.models.fingerprint import model_hash

LARGE = 3 * 2**20 + 5  # bytes; what is larger than 1 MiB is not read whole

Hash = Callable[..., str]


@pytest.fixture
def hash_of(tmp_path: Path) -> Hash:
    """The hash of a folder of these files: name → content."""
    made: list[Path] = []

    def hash_of(files: dict[str, bytes]) -> str:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(folder)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return model_hash(folder)

    return hash_of


def test_neither_the_folder_nor_what_else_is_in_it_counts(hash_of: Hash) -> None:
    files = {"config.json": b"{}", "vocab.txt": b"a", "model.safetensors": b"w"}
    assert hash_of(files) == hash_of(files)
    assert hash_of(files) == hash_of({**files, "README.md": b"words", "voice.npz": b"sound"})


def test_the_order_in_which_a_disk_lists_files_does_not_count(
    hash_of: Hash, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.json": b"{}", "b.json": b"[]", "c.json": b"0"}
    before, glob = hash_of(files), Path.glob
    for reverse in (False, True):
        monkeypatch.setattr(
            Path, "glob", lambda path, what, order=reverse: sorted(glob(path, what), reverse=order)
        )
        assert hash_of(files) == before


@pytest.mark.parametrize("size", [2**20 + 1, 2 * 2**20, LARGE])
def test_the_size_of_a_large_file_counts_where_all_its_blocks_are_equal(
    size: int, hash_of: Hash
) -> None:
    """A model of zeros, and one cut off or padded: every block that is looked at is the same."""
    hashes = {hash_of({"a.bin": bytes(size + more)}) for more in (0, 1, 4096, 100_000)}
    assert len(hashes) == 4


@pytest.mark.parametrize("size", [1, 1000, 2**20 - 1, 2**20])
def test_every_byte_of_a_small_file_counts(size: int, hash_of: Hash) -> None:
    content = np.random.default_rng(0).bytes(size)
    whole = hash_of({"a.json": content})
    for place in {0, size // 3, size - 1}:
        changed = bytearray(content)
        changed[place] ^= 1
        assert hash_of({"a.json": bytes(changed)}) != whole, place


def test_the_ends_and_the_middle_of_a_large_file_count(hash_of: Hash) -> None:
    content = np.random.default_rng(0).bytes(LARGE)
    whole = hash_of({"a.bin": content})
    for place in (0, 4095, 64 * (LARGE - 4096) // 127, LARGE - 4096, LARGE - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        assert hash_of({"a.bin": bytes(changed)}) != whole, place


@pytest.mark.parametrize("large", [False, True])
def test_what_belongs_to_which_file_counts(large: bool, hash_of: Hash) -> None:
    one, two = ((letter * (LARGE if large else 9)).encode() for letter in "ab")
    hashes = {
        hash_of({"a.bin": one, "b.bin": two}),
        hash_of({"a.bin": two, "b.bin": one}),
        hash_of({"a.bin": one, "c.bin": two}),
        hash_of({"a.bin": one + two}),
    }
    assert len(hashes) == 4


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "model.safetensors", "model.bin"])
def test_each_kind_of_file_counts(name: str, hash_of: Hash) -> None:
    assert len({hash_of({name: b"one"}), hash_of({name: b"two"}), hash_of({})}) == 3


def test_a_file_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").touch()

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("engine.models.fingerprint.open_outside", refuse)
    with pytest.raises(UserError, match="cannot be read: permission denied"):
        model_hash(tmp_path)
