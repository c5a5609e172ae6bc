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
from engine.system.atomic_files import atomic_file, check_writable, write_atomically
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
