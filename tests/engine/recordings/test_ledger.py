"""What a project has written is known by name and content, wherever its folder lies."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath

import pytest

from engine.errors import UserError
from engine.recordings.ledger import NAME, Ledger
from engine.recordings.plan import Delivery
from engine.recordings.write import Deliverer
from engine.script.project import Project
from tests.engine.recordings.test_write import make, rows

ABOUT = {
    "digest": "d",
    "seconds": 1.0,
    "loudness": -18.0,
    "peak": -1.0,
    "notes": [],
    "places": {"r": [0.0, 1.0]},
}
A = PurePosixPath("x/a.wav")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def wrote(ledger: Ledger, name: PurePosixPath, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    ledger.note(name, path, ABOUT)


def test_a_file_is_ours_as_long_as_its_content_is(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wrote(ledger, A, path, b"one")
    wrote(ledger, A, tmp_path / "b.wav", b"two!")  # the same name in another folder
    for known in (ledger, Ledger(tmp_path)):
        assert known.owns(A, path)
        assert known.owns(A, tmp_path / "b.wav")
        assert not known.owns(PurePosixPath("a.wav"), path)
        assert not known.owns(A, tmp_path / "c.wav")
        assert not known.owns(A, tmp_path)
    path.write_bytes(b"on3")
    assert not ledger.owns(A, path)
    path.write_bytes(b"two!")
    assert ledger.owns(A, path)


def test_size_and_time_save_reading_it_but_give_nothing_away(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    wrote(ledger, A, path, b"one")
    stat = path.stat()
    path.write_bytes(b"uno")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert ledger.find(A, path) is not None  # looks the same
    assert not ledger.owns(A, path)  # before it is replaced, it is read
    path.write_bytes(b"one")
    os.utime(path, ns=(1, 1))
    found = ledger.find(A, path)  # a copy
    assert found is not None
    assert found.about == ABOUT


def test_lists_are_noted_once(ledger: Ledger, tmp_path: Path) -> None:
    name = PurePosixPath("a.srt")
    for data in (b"1", b"1", b"2", b"1"):
        ledger.note_data(name, data)
    assert len(list(filter(None, (tmp_path / NAME).read_bytes().splitlines()))) == 2
    (tmp_path / "a.srt").write_bytes(b"1")
    assert Ledger(tmp_path).owns(name, tmp_path / "a.srt")


def test_a_file_of_no_time_is_read_before_it_is_ours(ledger: Ledger, tmp_path: Path) -> None:
    """A list is noted without a time: one of 1970 or before and equal size is not so ours."""
    name, path = PurePosixPath("a.srt"), tmp_path / "a.srt"
    ledger.note_data(name, b"ours")
    ledger.adopt(PurePosixPath("b.srt"), b"ours")
    for known in (ledger, Ledger(tmp_path)):
        for time in (0, -1):
            path.write_bytes(b"them")
            os.utime(path, ns=(time, time))
            assert known.find(name, path) is None
            path.write_bytes(b"ours")
            os.utime(path, ns=(time, time))
            assert known.find(name, path) is not None
    path.write_bytes(b"them")
    os.utime(path, ns=(0, 0))
    assert ledger.find(PurePosixPath("b.srt"), path) is None


def test_a_line_of_0_1_0_counts_where_its_folder_was_moved(tmp_path: Path) -> None:
    path = tmp_path / "out" / "x" / "a.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    stat = path.stat()
    for folder in ("/home/anna/out/", "C:\\Users\\anna\\out\\"):
        place = folder + ("x\\a.wav" if "\\" in folder else "x/a.wav")
        line = {"path": place, "stamp": [stat.st_size, stat.st_mtime_ns], **ABOUT}
        (tmp_path / "delivered.jsonl").write_text(json.dumps(line))
        ledger = Ledger(tmp_path)
        assert ledger.owns(A, path)
        assert not ledger.owns(PurePosixPath("y/a.wav"), path)
    os.utime(path, ns=(1, 1))  # 0.1.0 noted no content
    assert not ledger.owns(A, path)


def test_what_is_damaged_counts_as_not_written(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wrote(ledger, A, path, b"one")
    good = (tmp_path / NAME).read_bytes().strip()
    line = json.loads(good)
    bad = [
        {**line, "sha256": "../../home"},
        {**line, "sha256": 7},
        {**line, "size": "x"},
        {**line, "file": None},
        {key: value for key, value in line.items() if key != "places"},
        {"path": "/a.wav", **ABOUT},
        {"path": "/a.wav", "stamp": [1], **ABOUT},
        [],
        None,
    ]
    for broken in (*(json.dumps(values).encode() for values in bad), b"\xff{", good[:-1]):
        (tmp_path / NAME).write_bytes(broken)
        assert not Ledger(tmp_path).owns(A, path)
        (tmp_path / NAME).write_bytes(broken + b"\n" + good)
        assert Ledger(tmp_path).owns(A, path)


@pytest.mark.skipif(os.name != "posix", reason="system: needs symbolic links")
def test_a_ledger_that_is_a_link_is_not_written_through(ledger: Ledger, tmp_path: Path) -> None:
    shell = tmp_path / ".profile"
    shell.write_text("start")
    (tmp_path / NAME).symlink_to(shell)
    with pytest.raises(UserError, match="is a link"):
        ledger.note_data(A, b"x")
    assert shell.read_text() == "start"


def test_numbers_are_those_of_the_same_folder_and_name(ledger: Ledger) -> None:
    for name in ("a (2).wav", "a (3).wav", "a (x).wav", "x/a (4).wav", "a (2).takes.json", "a.wav"):
        ledger.note_data(PurePosixPath(name), b"x")
    assert ledger.numbers() == {
        PurePosixPath("a.wav"): [3, 2],
        PurePosixPath("x/a.wav"): [4],
        PurePosixPath("a.takes.json"): [2],
    }


def test_the_text_is_noted_and_what_was_adopted(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_bytes(b"cues")
    ledger.adopt(PurePosixPath("a.srt"), b"cues")
    assert not (tmp_path / NAME).exists()
    for source in ("/x/a.txt", "/x/a.txt", "/x/b.txt"):
        ledger.keep(source)
    again = Ledger(tmp_path)
    assert again.source == "/x/b.txt"
    assert again.owns(PurePosixPath("a.srt"), tmp_path / "a.srt")
    assert len((tmp_path / NAME).read_bytes().split(b"\n\n")) == 3


def test_a_project_that_somebody_else_has_is_exported_and_nothing_is_put_into_it(
    tmp_path: Path,
) -> None:
    make(tmp_path, rows("The lamp is lit, and all is well."))
    ours = Project.open(tmp_path / "p", "window")
    theirs = Project.open(tmp_path / "p", "window")
    assert theirs.read_only
    before = {path: path.read_bytes() for path in (tmp_path / "p").rglob("*") if path.is_file()}
    deliverer = Deliverer(theirs, Delivery(out=tmp_path / "out"))
    (recording,) = deliverer.write_all(theirs.states())
    assert recording.path.exists()
    (again,) = deliverer.write_all(theirs.states())  # what it wrote itself is its own
    assert again.reused
    after = {path: path.read_bytes() for path in (tmp_path / "p").rglob("*") if path.is_file()}
    assert after == before
    Deliverer(ours, Delivery(out=tmp_path / "elsewhere")).write_all(ours.states())
    assert (tmp_path / "p" / "delivered.jsonl").exists()
    for project in (ours, theirs):
        project.close()
