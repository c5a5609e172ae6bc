"""The store of takes: its list after a crash or on a full disk, what it deletes, what keys are."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.api import SpeechRow
from engine.errors import UserError
from engine.script import store as store_module
from engine.script.quality import Measures, measure
from engine.script.store import DamagedTake, Store, origin, take_key
from tests.engine.script.speaker import spoken

REFUSALS = (
    errno.EIO,
    errno.EMFILE,
    errno.ENFILE,
    errno.EACCES,
    errno.EPERM,
    errno.ENOMEM,
    errno.ESTALE,
    errno.EINVAL,
)
ONE, TWO, THREE = ("1" * 40, "2" * 40, "3" * 40)


def refuse(store: Store, *keys: str) -> None:
    """Note refusals: they stand in the list alone."""
    for key in keys:
        store.refuse(key, f"{key} is too long")
        store.keep_refusals()


def noted(folder: Path) -> set[str]:
    """What a store knows that is opened now."""
    store = Store(folder)
    return {key for key in (ONE, TWO, THREE) if key in store}


def test_what_follows_a_line_cut_by_a_crash_is_kept(tmp_path: Path) -> None:
    refuse(Store(tmp_path), ONE)
    line = (tmp_path / "takes.jsonl").read_bytes()
    for kept in range(len(line) + 1):
        folder = tmp_path / str(kept)
        folder.mkdir()
        (folder / "takes.jsonl").write_bytes(line[:kept])
        whole = {ONE} if kept >= len(line) - 1 else set()  # only the line feed is gone
        assert noted(folder) == whole
        refuse(Store(folder), TWO)
        refuse(Store(folder), THREE)
        assert noted(folder) == {TWO, THREE} | whole, line[:kept]


@contextmanager
def half_written(folder: Path, name: str, flags: int, mode: str) -> Iterator[SimpleNamespace]:
    """A file on a disk that has room for half of what comes."""
    with (folder / name).open(mode) as file:
        write = SimpleNamespace(write=lambda data: file.write(data[: len(data) // 2]))
        write.fileno = file.fileno
        yield write
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_follows_a_line_cut_by_a_full_disk_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    refuse(store, ONE)
    with monkeypatch.context() as patch:
        patch.setattr("engine.system.inner_files._opened", half_written)
        with pytest.raises(UserError, match="no space left on device; free some space"):
            refuse(store, TWO)
    refuse(store, THREE)  # and what could not be noted before
    assert noted(tmp_path) == {ONE, TWO, THREE}


def test_forgetting_all_takes_deletes_takes_and_their_list_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    take = spoken(SpeechRow(text="Hello there."))
    store.put(TWO, take, measure(take), {}, origin("Hello there.", ""))
    refuse(store, ONE)
    others = [tmp_path / name for name in ("script.json", "takes/notes.txt", "takes/22/voice.wav")]
    others += [tmp_path / f"takes/22/{TWO}.npz.damaged", tmp_path / "takes/22/22.npz"]
    for path in others:
        path.touch()
    store.forget_all()
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {
        *others,
        tmp_path / "takes.jsonl",
    }
    assert len(store) == len(Store(tmp_path)) == 0
    assert store.takes_of(origin("Hello there.", "")) == []


def kept(folder: Path, key: str = ONE) -> Path:
    """A take in a store; its file."""
    take = spoken(SpeechRow(text="Hello there."))
    store = Store(folder)
    store.put(key, take, measure(take), {"text": "Hello there."}, origin("Hello there.", ""))
    return store.path(key)


def with_note(path: Path, **changes: object) -> None:
    """Change what a take's file says of itself."""
    with np.load(path) as archive:
        arrays = dict(archive)
    note = json.loads(arrays["note"].tobytes())
    arrays["note"] = np.frombuffer(json.dumps({**note, **changes}).encode(), dtype=np.uint8)
    np.savez(path, **arrays)


@pytest.mark.parametrize("code", REFUSALS, ids=errno.errorcode.get)
@pytest.mark.parametrize("listed", [True, False])
def test_a_take_that_the_disk_does_not_give_stays(
    code: int, listed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path)
    before = path.read_bytes()
    if not listed:
        (tmp_path / "takes.jsonl").unlink()
    read = store_module.read_inner

    def refused(folder: Path, name: str, *most: int) -> bytes:
        if name.endswith(".npz"):
            raise MemoryError if code == errno.ENOMEM else OSError(code, os.strerror(code))
        return read(folder, name, *most)

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "read_inner", refused)
        store = Store(tmp_path)
        for ask in (store.audio, store.load):
            with pytest.raises(UserError, match="it stays") as told:
                ask(ONE)
            assert not isinstance(told.value, DamagedTake)
        assert (ONE in store) is listed
        assert bool(store.withheld(ONE)) is not listed
        if not listed:  # nothing is made in its place
            with pytest.raises(UserError, match="it stays"):
                store.put(ONE, spoken(SpeechRow(text="No.")), Measures(), {})
    assert path.read_bytes() == before
    assert len(Store(tmp_path).audio(ONE)[0])


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", None])
def test_a_damaged_take_is_set_aside_and_never_over_another(
    content: bytes | None, tmp_path: Path
) -> None:
    found = set()
    for _ in range(3):
        path = kept(tmp_path)
        found.add(damaged := path.read_bytes()[:700] if content is None else content)
        path.write_bytes(damaged)
        store = Store(tmp_path)
        with pytest.raises(DamagedTake, match="made anew"):
            store.audio(ONE)
        assert ONE not in store
        assert not path.exists()
    aside = [path.with_name(f"{path.name}.damaged{n}") for n in ("", "-2", "-3")]
    assert {path.read_bytes() for path in aside} == found
    assert len(Store(tmp_path)) == 0


@pytest.mark.parametrize(
    "arrays",
    [
        {"audio": np.zeros((2, 5), np.float32)},
        {"audio": np.zeros(5, np.int16)},
        {"coarse_prompt": np.zeros(5, np.int32)},
        {"sample_rate": np.zeros(5, np.int32)},
        {"note": np.frombuffer(b"[]", np.uint8)},
        {"note": np.frombuffer(b"{", np.uint8)},
        {"audio": np.array(["x"], object)},
    ],
)
def test_a_take_of_other_arrays_is_damaged(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    path = kept(tmp_path)
    with np.load(path) as archive:
        np.savez(path, **{**archive, **arrays})
    with pytest.raises(DamagedTake):
        Store(tmp_path).load(ONE)
    assert path.with_name(f"{path.name}.damaged").exists()


@pytest.mark.parametrize("listed", [True, False])
def test_a_take_of_a_newer_program_is_left_alone(listed: bool, tmp_path: Path) -> None:
    path = kept(tmp_path)
    with_note(path, format=2)
    before = path.read_bytes()
    line = json.loads((tmp_path / "takes.jsonl").read_text())
    (tmp_path / "takes.jsonl").write_text(json.dumps({**line, "format": 2, "beauty": 9}) + "\n")
    if not listed:
        (tmp_path / "takes.jsonl").unlink()
    store = Store(tmp_path)
    assert ONE not in store
    assert "newer Bark Studio" in store.withheld(ONE)
    assert store.problems == (store.withheld(ONE),)
    with pytest.raises(UserError, match="newer Bark Studio"):
        store.put(ONE, spoken(SpeechRow(text="No.")), Measures(), {})
    store.forget_all()
    assert path.read_bytes() == before


def test_takes_and_lines_without_a_number_are_of_the_first_program(tmp_path: Path) -> None:
    path = kept(tmp_path)
    with np.load(path) as archive:
        arrays = dict(archive)
    note = json.loads(arrays["note"].tobytes())
    del note["format"]
    np.savez(path, **{**arrays, "note": np.frombuffer(json.dumps(note).encode(), np.uint8)})
    line = json.loads((tmp_path / "takes.jsonl").read_text())
    del line["format"]
    (tmp_path / "takes.jsonl").write_text(json.dumps(line) + "\n")
    assert len(Store(tmp_path).audio(ONE)[0])


def test_what_is_to_be_kept_is_not_forgotten(tmp_path: Path) -> None:
    kept(tmp_path)
    other = kept(tmp_path, TWO)
    store = Store(tmp_path)
    store.forget_all(keep={TWO})
    assert not store.path(ONE).exists()
    assert other.exists()
    for known in (store, Store(tmp_path)):
        assert TWO in known
        assert ONE not in known
        assert known.takes_of(origin("Hello there.", "")) == [TWO]


def test_a_store_that_may_not_be_written_changes_nothing(tmp_path: Path) -> None:
    path = kept(tmp_path)
    path.write_bytes(b"damaged")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    def refuse() -> None:
        raise UserError("it is another's")

    store = Store(tmp_path, refuse)
    take = spoken(SpeechRow(text="No."))
    store.refuse(THREE, "too long")
    for change in (
        lambda: store.put(TWO, take, measure(take), {}),
        lambda: store.forget_all(),
        lambda: store.keep_refusals(),
        lambda: store.audio(ONE),
    ):
        with pytest.raises(UserError, match="another's"):
            change()
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    "key", ["../../home/my-voice", "a" * 39, "A" * 40, "1" * 40 + "\n", 7, None]
)
def test_what_is_no_key_names_nothing(key: object, tmp_path: Path) -> None:
    outside = tmp_path / "home" / "my-voice.npz"
    outside.parent.mkdir()
    outside.write_bytes(b"a voice")
    folder = tmp_path / "x" / "p"
    folder.mkdir(parents=True)
    (folder / "takes.jsonl").write_text(json.dumps({"key": key, "refused": "so"}) + "\n")
    store = Store(folder)
    assert len(store) == 0
    store.forget_all()
    with pytest.raises((ValueError, TypeError)):
        store.path(key)  # type: ignore[arg-type]
    assert outside.read_bytes() == b"a voice"


@pytest.mark.parametrize(
    "what", ["takes", f"takes/{ONE[:2]}", f"takes/{ONE[:2]}/{ONE}.npz", "takes.jsonl"]
)
def test_no_link_in_a_store_is_followed(what: str, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    kept(theirs)
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    ours = tmp_path / "ours"
    (ours / what).parent.mkdir(parents=True)
    (ours / what).symlink_to(theirs / what)
    with pytest.raises(UserError, match="is a link: a project holds none"):
        Store(ours)
    (ours / what).unlink()
    store = Store(ours)
    (ours / what).parent.mkdir(parents=True, exist_ok=True)
    (ours / what).symlink_to(theirs / what)  # meanwhile
    take = spoken(SpeechRow(text="No."))
    with pytest.raises(UserError, match="is a link"):
        store.put(ONE, take, measure(take), {})
    assert {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()} == before


def test_what_a_take_is_of_hangs_on_its_words_and_its_speaker() -> None:
    names = [("a", ""), ("b", ""), ("a", "ANNA"), ("a", "BEN"), ("", "a"), ("\ud800", "")]
    assert len({origin(text, speaker) for text, speaker in names}) == len(names)


def test_a_key_hangs_on_names_and_values_and_not_on_their_order() -> None:
    key = take_key({"text": "é", "take": 1})
    assert key == take_key({"take": 1, "text": "é"})
    others = [{"text": "é", "take": 2}, {"text": "e", "take": 1}, {"text": 1, "take": "é"}]
    assert len({key, take_key({"text": "é"}), *map(take_key, others)}) == 5
