"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.system.atomic_files import (
    atomic_file,
    atomic_folder,
    check_writable,
    remove_leftovers,
    write_atomically,
)
from engine.system.processes import own_mark
from tests.conftest import ROOT


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with atomic_file(path) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"older")
    with pytest.raises(KeyboardInterrupt), atomic_file(path) as file:
        file.write(b"newer")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_the_longest_name_is_written_and_what_was_left_of_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / ("語" * 84 + ".md")  # 255 bytes, and the temporary file has a longer name
    write_atomically(path, b"all of it")
    assert path.read_bytes() == b"all of it"
    with pytest.raises(UserError, match="its name is too long"):
        write_atomically(path.with_name("語" * 86), b"")
    (tmp_path / f".{'語' * 50}.abcd1234.part").touch()  # by a killed process
    remove_leftovers(tmp_path, {path.name})
    assert list(tmp_path.iterdir()) == [path]


def test_the_data_is_on_the_disk_before_the_name_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a power cut could leave an empty file under the name of the older one."""
    done: list[tuple[str, int, bytes]] = []
    sync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        (new,) = tmp_path.glob("*.part")
        done.append(("sync", os.fstat(handle).st_ino, new.read_bytes()))
        sync(handle)

    def named(source: Path, target: Path) -> None:
        done.append(("name", Path(source).stat().st_ino, Path(source).read_bytes()))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", named)
    path = tmp_path / "a"
    write_atomically(path, b"data")
    assert done == [(what, path.stat().st_ino, b"data") for what in ("sync", "name")]


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_a_process_killed_in_the_middle_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"older")
    code = (
        "import sys; from pathlib import Path; from engine.system.atomic_files import atomic_file\n"
        f"with atomic_file(Path({str(path)!r})) as file:\n"
        "    file.write(b'newer'); file.flush(); print('half', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert path.read_bytes() == b"older"


def test_leftovers_of_these_names_go_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with atomic_file(path):
        (alive,) = tmp_path.iterdir()
    alive.write_bytes(b"half")  # of a process that is at work: this one
    machine, _, start = own_mark().split("-")
    left = alive.with_name(alive.name.replace(start, f"{int(start, 16) + 1:x}"))  # before it
    elsewhere = alive.with_name(alive.name.replace(machine, f"{int(machine, 16) ^ 1:04x}"))
    for path in (left, elsewhere, tmp_path / ".c.wav.abcd1234.part"):  # the last one of 0.1.0
        path.write_bytes(b"half")
    others = [alive.name, elsewhere.name]
    others += [".b.wav.x1.part", "xa.wav.x1.part", ".a.wav.x1.txt", ".a.x1.part", ".a.wav.part"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / left.name).touch()
    remove_leftovers(tmp_path, {"a.wav", "c.wav"})
    assert {path.name for path in tmp_path.iterdir()} == {"a.wav", "below", *others}
    assert (tmp_path / "below" / left.name).exists()
    remove_leftovers(tmp_path / "nowhere", {"a.wav"})  # nothing to remove is no error


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX rights")
def test_a_result_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomically(tmp_path / "ours", b"")
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")]
    assert rights[0] == rights[1]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"older")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write_atomically(tmp_path / "link", b"newer")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"newer"


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX devices")
def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="not a plain file"):
        write_atomically(tmp_path / "pipe", b"data")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no folder .*nowhere; make it first"):
        write_atomically(tmp_path / "nowhere" / "a", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="system: has no /dev/full")
def test_a_disk_that_fills_up_is_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="no space left on device; free some space"),
        atomic_file(tmp_path / "a"),
        Path("/dev/full").open("wb") as full,
    ):
        full.write(b"data")
    assert list(tmp_path.iterdir()) == []


def test_check_writable_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"older")
    check_writable(path)
    assert path.read_bytes() == b"older"


def test_check_writable_refuses_what_cannot_be_written(tmp_path: Path) -> None:
    for bad in (tmp_path, tmp_path / "nowhere" / "a"):
        with pytest.raises(UserError, match="cannot write"):
            check_writable(bad)


# ── folders ───────────────────────────────────────────────────────────────────────────────────


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "new") as folder:
        (folder / "a").write_bytes(b"data")
        assert not (tmp_path / "new").exists()
    assert (tmp_path / "new" / "a").read_bytes() == b"data"
    assert list(tmp_path.iterdir()) == [tmp_path / "new"]


def test_an_error_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), atomic_folder(tmp_path / "new") as folder:
        (folder / "a").touch()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a").touch()
    (tmp_path / "file").touch()
    for name in ("old", "file"):
        with pytest.raises(UserError, match="exists already"), atomic_folder(tmp_path / name):
            raise AssertionError("nothing may be made")
    assert (tmp_path / "old" / "a").exists()
    (tmp_path / "empty").mkdir()
    with atomic_folder(tmp_path / "empty") as folder:
        (folder / "a").touch()
    assert (tmp_path / "empty" / "a").exists()


def test_a_finished_file_is_looked_at_before_it_takes_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    seen: list[tuple[bytes, bytes]] = []
    with atomic_file(path, lambda new: seen.append((new.read_bytes(), path.read_bytes()))) as file:
        file.write(b"new")
    assert seen == [(b"new", b"old")]

    def refuse(new: Path) -> None:
        raise UserError("no")

    with pytest.raises(UserError, match="no"), atomic_file(path, refuse) as file:
        file.write(b"newer")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]
