"""Programs are found in PATH, never in the current folder."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from engine.system.programs import find_program, leave_current_folder_out

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="system: a program is a file with a mode"
)


def program(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("path", ["", ".", "here", "{tmp}/none:", ":{tmp}/none", "::."])
def test_the_current_folder_is_not_looked_into(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program(tmp_path, "my-cc")
    program(tmp_path / "here", "my-cc")
    monkeypatch.setenv("PATH", path.format(tmp=tmp_path))
    assert find_program("my-cc") is None
    leave_current_folder_out()
    assert shutil.which("my-cc") is None
    assert all(Path(entry).is_absolute() for entry in os.environ["PATH"].split(":"))


def test_the_first_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = program(tmp_path / "later", "cc")
    monkeypatch.setenv("PATH", f"{tmp_path / 'none'}:{tmp_path / 'later'}")
    assert find_program("cc") == later
    first = program(tmp_path / "none", "cc")
    assert find_program("cc") == first
    assert find_program("clang", "cc") == first
    assert find_program("clang") is None
    (tmp_path / "none" / "cc").chmod(0o644)
    assert find_program("cc") == later


def test_who_names_a_folder_means_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CC=./my-compiler is a wish of the user's."""
    monkeypatch.chdir(tmp_path)
    path = program(tmp_path, "my-cc")
    assert find_program("./my-cc") == path
    assert find_program(path) == path
