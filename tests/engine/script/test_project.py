"""The folder of a project: what is removed of it, voice files, its format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow

SCRIPT = Script(title="t", rows=(ScriptRow(id="a", text="So."), ScriptRow(id="b", text="So.")))


def test_half_written_files_of_a_killed_run_go_and_nothing_else(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p", SCRIPT)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    ours = ["p/.script.json.x1.part", "p/takes/ab/.ab1.npz.x1.part", "p/voices/.v.npz.x1.part"]
    others = ["p/notes.part", "p/takes/ab/x.part", "p/.notes.txt", ".song.wav.x1.part"]
    for name in (*ours, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with project.rendering():
        left = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert left - {tmp_path / "p" / ".owner"} == before | {tmp_path / name for name in others}


def test_nothing_is_removed_while_another_run_is_at_work(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p", SCRIPT)
    with project.rendering():
        half = tmp_path / "p" / ".script.json.x1.part"
        half.touch()
        with pytest.raises(UserError, match="another run"), Project(tmp_path / "p").rendering():
            raise AssertionError("two at work")
        assert half.exists()


def test_voice_files_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        np.savez(tmp_path / str(number) / "anna.npz", semantic_prompt=np.full(3, number))
    project = Project.create(tmp_path / "p", SCRIPT)
    for speaker, number in (("A", 1), ("B", 2), ("C", 1)):
        project.set_voice(speaker, str(tmp_path / str(number) / "anna.npz"))
    names = [str(Project(tmp_path / "p").voices[speaker]) for speaker in "ABC"]
    assert names[0] == names[2] != names[1]
    for name, number in zip(names, (1, 2, 1), strict=True):
        own = tmp_path / "p" / name
        assert own.read_bytes() == (tmp_path / str(number) / "anna.npz").read_bytes()
    assert len(list((tmp_path / "p" / "voices").iterdir())) == 2


@pytest.mark.parametrize(("format", "opens"), [(1, True), (2, False)])
def test_a_folder_of_a_newer_program_is_left_alone(
    format: int, opens: bool, tmp_path: Path
) -> None:
    Project.create(tmp_path / "p", SCRIPT)
    head = tmp_path / "p" / "project.json"
    head.write_text(json.dumps({**json.loads(head.read_text()), "format": format}))
    if opens:
        assert Project(tmp_path / "p").script == SCRIPT
    else:
        with pytest.raises(UserError, match="newer Bark Studio"):
            Project(tmp_path / "p")


def test_a_choice_is_on_the_disk_when_it_was_made(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p", SCRIPT)
    project.reroll_all(["a", "b"])
    again = Project(tmp_path / "p")
    assert [again.choice(row) for row in "ab"] == [project.choice(row) for row in "ab"]
    assert json.loads((tmp_path / "p" / "choices.json").read_text()).keys() == {"a", "b"}
