"""Who may write what is loaded, and what a crash leaves of it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from engine.system import compiled_code
from engine.system.compiled_code import keep, make_private, read, remove, seal, why_open
from engine.system.processes import own_mark

posix = pytest.mark.skipif(sys.platform == "win32", reason="system: it has no modes of files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    assert make_private(folder) == ""
    return folder


def kept(folder: Path, data: bytes = b"code") -> Path:
    keep(folder / "library", data)
    return folder / "library"


# ── folders ───────────────────────────────────────────────────────────────────────────────────


@posix
def test_what_is_made_is_ours_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        assert make_private(tmp_path / "one" / "two") == ""
    finally:
        os.umask(umask)
    for made in ("one", "one/two"):
        assert (tmp_path / made).stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.parametrize("mode", [0o777, 0o707, 0o702, 0o1777])
def test_a_folder_that_others_write_in_is_not_trusted(folder: Path, mode: int) -> None:
    """A sticky folder neither: others cannot take our files there, and can put theirs."""
    folder.chmod(mode)
    assert "others may write" in make_private(folder)


@posix
def test_a_folder_above_counts_as_well(folder: Path) -> None:
    """Who may write there can rename the folder and put another in its place."""
    folder.parent.chmod(0o777)
    assert "others may write" in why_open(folder)
    folder.parent.chmod(0o1777)  # as /tmp: there they cannot
    assert why_open(folder) == ""


@posix
def test_a_group_with_others_in_it_is_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o770)
    monkeypatch.setattr(compiled_code, "_is_own_group", lambda group, user: False)
    assert "a group may write" in why_open(folder)
    monkeypatch.setattr(compiled_code, "_is_own_group", lambda group, user: True)
    assert why_open(folder) == ""


@posix
def test_the_group_of_one_user_is_the_user() -> None:
    """Debian, Fedora and others give each user a group, and then all of it may write."""
    import grp
    import pwd

    who = pwd.getpwuid(os.geteuid())
    alone = grp.getgrgid(who.pw_gid).gr_name == who.pw_name
    assert compiled_code._is_own_group(who.pw_gid, who.pw_uid) == alone
    other = next(group.gr_gid for group in grp.getgrall() if group.gr_gid not in (0, who.pw_gid))
    assert not compiled_code._is_own_group(other, who.pw_uid)


@posix
def test_a_folder_of_somebody_else_is_not_trusted(folder: Path) -> None:
    ours = os.geteuid()
    if ours == 0:
        os.chown(folder, 65534, 65534)
        assert "another user" in why_open(folder)
    else:
        assert "another user" in why_open(folder, user=ours + 1)


@posix
def test_links_are_followed_by_who_may_change_them(folder: Path, tmp_path: Path) -> None:
    """A home on another disk is nothing bad; a link through a folder of everybody is."""
    (tmp_path / "home").symlink_to(folder)
    assert why_open(tmp_path / "home") == ""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    (shared / "middle").symlink_to(folder)
    (tmp_path / "first").symlink_to(shared / "middle")
    assert "others may write" in why_open(tmp_path / "first")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    assert why_open(tmp_path / "round" / "x") != ""


def test_a_folder_that_cannot_be_made_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in make_private(tmp_path / "file" / "cache")


# ── files ─────────────────────────────────────────────────────────────────────────────────────


@posix
def test_a_file_comes_back_and_is_ours_alone(folder: Path) -> None:
    path = kept(folder)
    assert read(path) == b"code"
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    assert len(list(folder.iterdir())) == 2


def hash_of(path: Path) -> Path:
    return path.with_name("library.sha256")


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"cod"),
        lambda path: path.write_bytes(b"c0de"),
        lambda path: path.unlink(),
        lambda path: hash_of(path).unlink(),
        lambda path: hash_of(path).write_bytes(b""),
        lambda path: hash_of(path).write_bytes(b"\xff" * 64),
    ],
)
def test_what_is_not_whole_is_not_read(folder: Path, harm: Callable[[Path], Any]) -> None:
    path = kept(folder)
    harm(path)
    assert read(path) is None
    keep(path, b"new")
    assert read(path) == b"new"


@posix
def test_what_others_may_write_is_not_read(folder: Path) -> None:
    path = kept(folder)
    for file in (path, hash_of(path)):
        file.chmod(0o602)
        assert read(path) is None
        file.chmod(0o620)
        assert read(path) is None
        file.chmod(0o600)
    assert read(path) == b"code"


@posix
def test_links_and_pipes_are_not_read(folder: Path, tmp_path: Path) -> None:
    path = kept(folder)
    moved = path.rename(tmp_path / "elsewhere")
    path.symlink_to(moved)
    assert read(path) is None
    path.unlink()
    os.mkfifo(path)
    assert read(path) is None  # and nobody waits for a writer


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_nothing_that_is_trusted(
    folder: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    owner: Any = Path if call == "replace" else os
    monkeypatch.setattr(owner, call, full)
    with pytest.raises(OSError, match="No space"):
        kept(folder)
    assert read(folder / "library") is None
    assert list(folder.iterdir()) == []


def test_a_crash_between_file_and_hash_is_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(folder)
    write = compiled_code._write
    monkeypatch.setattr(
        compiled_code, "_write", lambda p, d: None if compiled_code.is_hash(p) else write(p, d)
    )
    keep(path, b"newer")
    assert read(path) is None


def test_what_another_program_wrote_is_sealed(folder: Path) -> None:
    path = folder / "library"
    path.write_bytes(b"theirs")
    path.chmod(0o644)
    assert read(path) is None
    seal(path)
    assert read(path) == b"theirs"
    remove(path)
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_half_written_goes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what another process is writing stays."""
    kept(folder)  # makes the folder
    marks = {"dead": f"{own_mark()[:5]}3fffffff-1", "elsewhere": "zzzz-1-1"}
    for who in ("dead", "elsewhere"):
        monkeypatch.setattr(compiled_code, "own_mark", lambda who=who: marks[who])
        with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
            patch.setattr(Path, "replace", Mock(side_effect=OSError("killed")))
            patch.setattr(Path, "unlink", Mock(side_effect=OSError("killed")))
            compiled_code._write(folder / "library", b"half")
    monkeypatch.setattr(compiled_code, "own_mark", own_mark)
    assert len(list(folder.glob(".library.*.part"))) == 2
    keep(folder / "library", b"whole")
    (left,) = folder.glob(".library.*.part")
    assert marks["elsewhere"] in left.name
    assert read(folder / "library") == b"whole"
