"""`convert` on a project that a window has, and what --fresh leaves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import main
from engine.cli import models
from engine.engines import Engines
from engine.errors import UserError
from engine.script.project import Project
from tests.engine.script.speaker import Speaker


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    speaker = Speaker()
    monkeypatch.setattr(Engines, "_build", lambda self, request: speaker)
    monkeypatch.setattr(models, "find_model", lambda name: Path("model"))
    return speaker


def convert(folder: Path, *options: str) -> int:
    (folder / "a.txt").write_text("These are some words to speak.\n\nAnd these are some others.")
    return main.main(["convert", str(folder / "a.txt"), "--out", str(folder / "out"), *options])


def test_what_a_window_has_is_left_alone_unless_it_is_taken(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(tmp_path) == 0
    folder = tmp_path / "out" / "a.project"
    window = Project.open(folder, "window")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert convert(tmp_path, "--seed", "7", "--remake") == 2
    assert "is open in another window since" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    asked = ("--seed", "7", "--fresh", "--take-over")
    assert convert(tmp_path, *asked) == 0
    with pytest.raises(UserError, match="was taken over elsewhere"):
        window.reroll("0001")
    assert Project.open(folder, "window").read_only == ""  # the run has given it back


def test_fresh_leaves_the_takes_of_locked_rows(tmp_path: Path, speaker: Speaker) -> None:
    assert convert(tmp_path) == 0
    project = Project(tmp_path / "out" / "a.project")
    locked, other = project.states()
    project.lock(locked.id)
    time = project.store.path(str(locked.key)).stat().st_mtime_ns
    speaker.requests.clear()
    assert convert(tmp_path, "--fresh") == 0
    assert project.store.path(str(locked.key)).stat().st_mtime_ns == time
    assert [row.text for row in speaker.rows] == ["And these are some others."]
    project.store.path(str(locked.key)).unlink()
    speaker.requests.clear()
    assert convert(tmp_path) == 3  # it is listed, and not made again by itself
    assert speaker.rows == []
    assert other.key is not None


@pytest.mark.skipif(os.name != "posix", reason="system: needs links")
def test_nothing_is_written_through_a_link_in_a_project(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(tmp_path) == 0
    folder = tmp_path / "out" / "a.project"
    theirs = tmp_path / "profile"
    for name in ("delivered.jsonl", "script.json", "project.json", "takes.jsonl"):
        theirs.write_text("export PATH=/usr/bin\n")
        (folder / name).rename(folder / "kept")
        (folder / name).symlink_to(theirs)
        speaker.requests.clear()
        assert convert(tmp_path, "--seed", "9", "--remake") == 2, name
        assert "is a link: a project holds none" in capsys.readouterr().err
        assert theirs.read_text() == "export PATH=/usr/bin\n"
        (folder / name).unlink()
        (folder / "kept").rename(folder / name)
    assert convert(tmp_path, "--seed", "9", "--remake") == 0
