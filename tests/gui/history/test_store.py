"""The history's files: whole, found again, and careful with what is none of theirs."""

from __future__ import annotations

import dataclasses
import errno
import json
import math
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import UserError
from engine.settings import Settings
from engine.system.atomic_files import atomic_folder
from engine.system.processes import own_mark, started
from gui.history.store import History
from tests.failing_disk import FailingDisk
from tests.gui.takes import SAMPLING, make_record, make_take


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "takes")


def test_a_take_is_found_again_with_everything_that_made_it(history: History) -> None:
    take = make_take(1.25)
    record = make_record(take, text="Hello,\n“world”. こんにちは ♪", take=3, numbers=True)
    history.add(record, take)
    (found,) = History(history.folder).scan()
    assert found == record
    assert (found.settings, found.sampling) == (Settings(precision="int8", batch_size=4), SAMPLING)
    assert (found.row.seed, found.row.take, found.row.voice) == (7, 3, "v2/en_speaker_6")
    assert found.real_time_factor == pytest.approx(1.0 / 1.25)  # loading is no work
    again = history.load(found)
    for name in ("audio", "semantic", "coarse", "fine"):
        stored, wanted = getattr(again, name), getattr(take, name)
        assert np.array_equal(stored, wanted)
        assert stored.dtype == wanted.dtype


def test_takes_come_newest_first(history: History) -> None:
    for text in ("one", "two", "three"):
        history.add(make_record(text=text), make_take())
    assert [record.text for record in history.scan()] == ["three", "two", "one"]


def test_a_folder_that_is_not_there_is_an_empty_history(history: History) -> None:
    assert list(history.scan()) == []
    assert history.problems == []
    assert history.size() == 0


def test_infinite_factors_and_silent_takes_survive(history: History) -> None:
    take = make_take(0.0)
    record = make_record(take)
    assert record.real_time_factor == math.inf
    history.add(record, take)
    (found,) = history.scan()
    assert found == record
    assert len(history.load(found).audio) == 0


def stored_facts(history: History, **changes: Any) -> bytes:
    record = make_record()
    history.add(record, make_take())
    path = history.folder / record.id / "take.json"
    stored = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    shutil.rmtree(history.folder / record.id)
    return json.dumps(stored).encode()


RUBBISH: dict[str, Any] = {
    "text": [None, 5, "", "  ", ["a"]],
    "voice": [5, {}],
    "seed": [-1, 2**63, 1.5, "7", None, True],
    "take": [-1, "x"],
    "settings": [None, [], {"precision": "int3"}, {"batch_size": "many"}],
    "sampling": [None, {}, {"semantic": {"temperature": "hot"}, "coarse": {}, "fine": {}}],
    "seconds": [-1, "long", None, float("nan")],
    "stages": [None, [], {"semantic": None}],
    "sample_rate": [0, 24_000.5, 10**9, None],
    "created": ["yesterday", 5, None, "0001-01-01"],
    "host_bytes": [-5, "much"],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in RUBBISH.items() for value in values]
)
def test_a_damaged_take_is_skipped_with_a_sentence(history: History, key: str, value: Any) -> None:
    facts = stored_facts(history, **{key: value})
    history.add(make_record(text="good"), make_take())
    bad = history.folder / "20200101-000000-000000-0"
    bad.mkdir()
    (bad / "take.json").write_bytes(facts)
    assert [record.text for record in history.scan()] == ["good"]
    (problem,) = history.problems
    assert str(bad) in problem
    assert (bad / "take.json").read_bytes() == facts  # left alone


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b" " * 2**21]
)
def test_a_file_that_is_no_record_is_skipped(history: History, content: bytes) -> None:
    bad = history.folder / "20200101-000000-000000-0"
    bad.mkdir(parents=True)
    (bad / "take.json").write_bytes(content)
    assert list(history.scan()) == []
    assert len(history.problems) == 1


def test_strange_names_are_no_takes_and_hidden_ones_are_nobodys(history: History) -> None:
    history.folder.mkdir()
    for name in ("notes.txt", ".DS_Store"):
        (history.folder / name).write_text("mine")
    (history.folder / "20200101-000000-000000-0").mkdir()  # without a take in it
    assert list(history.scan()) == []
    assert len(history.problems) == 2
    with pytest.raises(ValueError, match="no take's id"):
        history.load(make_record(id="../../etc"))


def test_keys_of_another_version_are_ignored(history: History) -> None:
    """0.1.0 said figures as they are written."""
    facts = stored_facts(history, mood="cheerful", settings={"precision": "int8", "warp": 9})
    folder = history.folder / "20200101-000000-000000-0"
    folder.mkdir()
    (folder / "take.json").write_bytes(facts)
    (found,) = history.scan()
    assert found.settings == Settings(precision="int8")
    assert not found.numbers


@pytest.mark.parametrize("code", [errno.EIO, errno.EMFILE, errno.EACCES])
def test_what_the_disk_does_not_give_now_is_not_called_damaged(
    code: int, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record()
    history.add(record, make_take())
    disk = FailingDisk(history.folder / record.id)
    with disk.failing(0, code), pytest.raises(UserError, match="try again"):
        history.load(record)
    for call in range(3):
        with disk.failing(call, code):
            found = list(history.scan())
        assert found == [record] or "cannot be read now" in history.problems[0]
    assert len(history.load(record).audio)


def test_what_a_killed_process_left_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "20260101-000000-000000-0"):
        (alive,) = tmp_path.iterdir()
        start = own_mark().split("-")[2]
        dead = alive.with_name(alive.name.replace(start, f"{int(start, 16) + 1:x}"))
        others = [tmp_path / name for name in (".song.x1.part", "20260101-000000-000000-1.part")]
        for folder in (dead, *others):
            (folder / "within").mkdir(parents=True)
        History(tmp_path)
        assert not dead.exists()
        assert all(folder.exists() for folder in (alive, *others))


@pytest.mark.parametrize("damage", ["gone", "cut", "text", "pickle", "shape"])
def test_a_sound_that_is_damaged_is_a_sentence(history: History, damage: str) -> None:
    record, take = make_record(), make_take()
    history.add(record, take)
    path = history.folder / record.id / "take.npz"
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(whole[:-2000])
    elif damage == "text":
        path.write_text("no sound")
    elif damage == "pickle":
        np.savez(path, audio=np.array([{}]), semantic=[1], coarse=[[1]], fine=[[1]])
    else:
        np.savez(path, audio=np.zeros((2, 9)), semantic=[1], coarse=[[1]], fine=[[1]])
    with pytest.raises(UserError, match="remove it from the history"):
        history.load(record)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(UserError, match="no space left"):
        history.add(make_record(), make_take())
    assert list(history.folder.iterdir()) == []


def test_removing_is_undone_until_the_next_start(history: History) -> None:
    records = [make_record(text=text) for text in ("one", "two")]
    for record in records:
        history.add(record, make_take())
    history.remove(records[0])
    assert [record.text for record in history.scan()] == ["two"]
    history.bring_back(records[0])
    assert len(list(history.scan())) == 2
    history.remove(records[1])
    later = History(history.folder)
    assert [record.text for record in later.scan()] == ["one"]
    assert later.size() < 2 * 60_000  # of half a second each
    with pytest.raises(UserError):
        later.bring_back(records[1])


def test_another_window_leaves_what_this_one_may_undo(history: History) -> None:
    record = make_record()
    history.add(record, make_take())
    history.remove(record)
    removed = history.folder / ".removed"
    host = own_mark().partition("-")[0]
    parent = f"{host}-{os.getppid():x}-{started(os.getppid()) or 0:x}"
    (removed / own_mark()).rename(removed / parent)  # as if the window beside this one had done it
    (removed / f"{host}-{os.getpid():x}-1").mkdir()  # a process that has ended
    (removed / record.id).mkdir()  # by version 0.1.0
    later = History(history.folder)
    assert list(later.scan()) == []
    assert [path.name for path in removed.iterdir()] == [parent]
    (removed / parent).rename(removed / own_mark())
    later.bring_back(record)
    assert list(later.scan()) == [record]


def test_a_favourite_is_remembered(history: History) -> None:
    record = make_record()
    history.add(record, make_take())
    history.change(dataclasses.replace(record, favourite=True))
    (found,) = history.scan()
    assert found.favourite
