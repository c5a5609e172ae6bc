"""The store of takes: its list after a crash or on a full disk, what it deletes, what keys are."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.api import SpeechRow
from engine.errors import UserError
from engine.script.quality import measure
from engine.script.store import Store, origin, take_key
from tests.engine.script.speaker import spoken

open_file = Path.open


def refuse(store: Store, *keys: str) -> None:
    """Note refusals: they stand in the list alone."""
    for key in keys:
        store.refuse(key, f"{key} is too long")
        store.keep_refusals()


def noted(folder: Path) -> set[str]:
    """What a store knows that is opened now."""
    store = Store(folder)
    return {key for key in ("one", "two", "three") if key in store}


def test_what_follows_a_line_cut_by_a_crash_is_kept(tmp_path: Path) -> None:
    refuse(Store(tmp_path), "one")
    line = (tmp_path / "takes.jsonl").read_bytes()
    for kept in range(len(line) + 1):
        folder = tmp_path / str(kept)
        folder.mkdir()
        (folder / "takes.jsonl").write_bytes(line[:kept])
        whole = {"one"} if kept >= len(line) - 1 else set()  # only the line feed is gone
        assert noted(folder) == whole
        refuse(Store(folder), "two")
        refuse(Store(folder), "three")
        assert noted(folder) == {"two", "three"} | whole, line[:kept]


@contextmanager
def half_written(path: Path, mode: str) -> Iterator[SimpleNamespace]:
    """A file on a disk that has room for half of what comes."""
    with open_file(path, mode) as file:
        yield SimpleNamespace(write=lambda data: file.write(data[: len(data) // 2]))
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_follows_a_line_cut_by_a_full_disk_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    refuse(store, "one")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", half_written)
        with pytest.raises(UserError, match="no space left on device; free some space"):
            refuse(store, "two")
    refuse(store, "three")
    assert noted(tmp_path) == {"one", "three"}


def test_forgetting_all_takes_deletes_takes_and_their_list_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    take = spoken(SpeechRow(text="Hello there."))
    store.put("abc1", take, measure(take), {}, origin("Hello there.", ""))
    refuse(store, "one")
    others = [tmp_path / name for name in ("script.json", "takes/notes.txt", "takes/ab/voice.wav")]
    for path in others:
        path.touch()
    store.forget_all()
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(others)
    assert len(store) == len(Store(tmp_path)) == 0
    assert store.takes_of(origin("Hello there.", "")) == []


def test_what_a_take_is_of_hangs_on_its_words_and_its_speaker() -> None:
    names = [("a", ""), ("b", ""), ("a", "ANNA"), ("a", "BEN"), ("", "a"), ("\ud800", "")]
    assert len({origin(text, speaker) for text, speaker in names}) == len(names)


def test_a_key_hangs_on_names_and_values_and_not_on_their_order() -> None:
    key = take_key({"text": "é", "take": 1})
    assert key == take_key({"take": 1, "text": "é"})
    others = [{"text": "é", "take": 2}, {"text": "e", "take": 1}, {"text": 1, "take": "é"}]
    assert len({key, take_key({"text": "é"}), *map(take_key, others)}) == 5
