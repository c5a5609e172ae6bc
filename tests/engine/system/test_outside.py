"""Files of strangers: plain ones, of a bounded size."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.system.outside import Unfit, look_outside, open_outside, read_outside


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    (tmp_path / "link").symlink_to(path)
    assert read_outside(path, 5) == read_outside(tmp_path / "link", 5) == b"12345"
    assert look_outside(path) == 5
    with pytest.raises(Unfit, match=r"a has 5 bytes, and files of its kind have at most 4 bytes"):
        read_outside(path, 4)


def test_a_file_of_holes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with path.open("wb") as file:
        file.truncate(8 * 2**30)
    with pytest.raises(UserError, match=r"has 8 GB, and files of its kind have at most 64 MB"):
        read_outside(path, 64 * 2**20)


@pytest.mark.skipif(os.name == "nt", reason="system: Windows has no such files")
def test_what_is_no_plain_file_is_waited_for_by_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "socket"))
    for path, kind in (
        (tmp_path / "pipe", "a named pipe"),
        (tmp_path / "socket", "a socket"),
        (Path("/dev/zero"), "a device"),
    ):
        for read in (look_outside, lambda path: read_outside(path, 10)):
            with pytest.raises(Unfit, match=f"{path} is {kind}: only plain files are read"):
                read(path)


def test_folders_and_absent_files_are_the_systems_errors(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_outside(tmp_path, 10)
    for name in ("none", "a\0b", "\ud800"):  # no file has a name like the last two
        with pytest.raises(FileNotFoundError), open_outside(tmp_path / name):
            pass
