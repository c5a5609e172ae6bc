"""The folder of a project: what is removed of it, voice files, its format."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.script import project_files
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import Rendering, RenderRequest
from engine.script.rows import Script, ScriptRow
from engine.script.selection import Choice, Maker, Recipe
from engine.script.store import DamagedTake
from tests.engine.script.speaker import Speaker

WORDS = Script(
    title="t",
    rows=tuple(ScriptRow(id=row, text=f"These are the words of row {row}.") for row in "ab"),
)
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


def test_a_voice_file_that_a_row_names_goes_with_the_project(tmp_path: Path) -> None:
    row = ScriptRow(id="a", text="So.", voice=str(tmp_path / "Anna.NPZ"))
    with (tmp_path / "Anna.NPZ").open("wb") as file:
        np.savez(file, semantic_prompt=np.arange(3))
    Project.create(tmp_path / "p", Script(title="t", rows=(row,)))
    voice = (tmp_path / "Anna.NPZ").read_bytes()
    (tmp_path / "Anna.NPZ").unlink()
    own = Project(tmp_path / "p").voice_of(row)
    assert own is not None
    assert (tmp_path / "p" / own).read_bytes() == voice


def test_what_is_said_follows_the_recipe(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p", SCRIPT, Recipe(replacements="Tom==Thomas"))
    for name in ("Thomas", "Tommy"):
        project.set_recipe(Recipe(replacements=f"Tom=={name}"))
        assert project.said("Tom sits.") == f"{name} sits."


@pytest.mark.parametrize(("format", "opens"), [(1, True), (2, True), (3, False)])
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


# ── damage ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def spoken_project(tmp_path: Path) -> Path:
    """A project with takes, choices and a voice of its own."""
    np.savez(tmp_path / "anna.npz", semantic_prompt=np.arange(3))
    project = Project.create(
        tmp_path / "p", WORDS, Recipe(seed=7), {"": "anna", "BEN": str(tmp_path / "anna.npz")}
    )
    render(project)
    project.lock("b")
    return project.folder


def render(project: Project) -> Rendering:
    speaker = Speaker()
    maker = Maker(model="m", voices={"anna": "1"})
    return Renderer(lambda request: speaker, lambda project: maker).generate(
        RenderRequest(project=project)
    )


RUBBISH = [b"", b"{", b"[1]", b"\xff\xfe", b"null", b"[" * 100_000]


@pytest.mark.parametrize("rubbish", [*RUBBISH, b"{}"])
def test_a_damaged_head_costs_what_it_said_alone(rubbish: bytes, spoken_project: Path) -> None:
    (spoken_project / "project.json").write_bytes(rubbish)
    project = Project.open(spoken_project, "run")
    assert project.script == WORDS
    assert project.state("b").status == "locked"
    assert len(project.store) == 2
    assert project.recipe == Recipe()
    assert any("project.json of this project is damaged" in note for note in project.notes)
    assert (spoken_project / "project.json.damaged").read_bytes() == rubbish
    project.close()
    assert Project(spoken_project).notes == []  # it is said once


def test_what_can_be_read_of_a_head_is_kept(spoken_project: Path) -> None:
    head = spoken_project / "project.json"
    stored = json.loads(head.read_text())
    head.write_text(json.dumps({**stored, "recipe": {"takes": "many"}}))
    project = Project(spoken_project)
    assert project.voices == Project(spoken_project).voices
    assert project.voices[""] == "anna"
    assert project.maker is not None
    assert project.recipe == Recipe()
    assert not head.with_name("project.json.damaged").exists()  # it was only looked at
    project.set_voice("", "ben")
    assert json.loads(head.with_name("project.json.damaged").read_text())["recipe"]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_damaged_choices_are_set_aside(rubbish: bytes, spoken_project: Path) -> None:
    for times in range(2):
        (spoken_project / "choices.json").write_bytes(rubbish)
        project = Project.open(spoken_project, "run")
        assert [state.status for state in project.states()] == ["good", "good"]
        assert any("are not locked" in note for note in project.notes)
        project.close()
        aside = "choices.json.damaged" + ("-2" if times else "")
        assert (spoken_project / aside).read_bytes() == rubbish


def test_one_damaged_choice_costs_no_other(spoken_project: Path) -> None:
    path = spoken_project / "choices.json"
    stored = json.loads(path.read_text())
    bad = [{"key": "../../x", "locked": True}, {"start": -1}, {"take": "1"}, {"locked": 1}, 7, None]
    for number, choice in enumerate(bad):
        path.write_text(json.dumps({**stored, f"x{number}": choice}))
        project = Project(spoken_project)
        assert project.state("b").status == "locked"
        assert project.choice(f"x{number}") == Choice()
        assert project.notes


@pytest.mark.parametrize("rubbish", [*RUBBISH, b"{}", None])
@pytest.mark.parametrize("text", [True, False])
def test_a_damaged_script_is_read_anew_or_told_by_its_takes(
    rubbish: bytes | None, text: bool, spoken_project: Path, tmp_path: Path
) -> None:
    source = tmp_path / "text.txt"
    if text:
        source.write_text("x")
    (spoken_project / "source.json").write_text(json.dumps({"file": str(source), "sha256": "1"}))
    if rubbish is None:
        (spoken_project / "script.json").unlink()
    else:
        (spoken_project / "script.json").write_bytes(rubbish)
    project = Project.open(spoken_project, "run", rebuild=lambda path: WORDS)
    if text:
        assert project.script == WORDS
    else:
        assert {row.text for row in project.script.rows} == {row.text for row in WORDS.rows}
        assert [row.id for row in project.script.rows] == ["0001", "0002"]
    assert any("script.json of this project is" in note for note in project.notes)
    assert Project(spoken_project).script == project.script  # it is on the disk again
    assert (spoken_project / "script.json.damaged").exists() is (rubbish is not None)
    project.close()


def test_a_single_take_tells_a_project_whose_files_are_damaged(spoken_project: Path) -> None:
    for name in ("project.json", "script.json"):
        (spoken_project / name).write_bytes(b"{")
    one, other = (
        Project(spoken_project).store.path(key) for key in Project(spoken_project).store.keys
    )
    one.unlink()
    (row,) = Project(spoken_project).script.rows
    assert row.text in {row.text for row in WORDS.rows}
    other.unlink()
    with pytest.raises(UserError, match="is no project of Bark Studio"):
        Project(spoken_project)


@pytest.mark.parametrize("name", ["project.json", "script.json", "choices.json"])
def test_a_file_that_the_disk_does_not_give_is_no_damage(
    name: str, spoken_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = project_files.read_inner

    def refused(folder: Path, asked: str, *most: int) -> bytes:
        if asked == name:
            raise OSError(errno.EIO, "Input/output error")
        return read(folder, asked, *most)

    before = {path: path.read_bytes() for path in spoken_project.glob("*.json*")}
    with monkeypatch.context() as patch:
        patch.setattr(project_files, "read_inner", refused)
        with pytest.raises(UserError, match="cannot be read: input/output error; try again"):
            Project.open(spoken_project, "run")
    assert {path: path.read_bytes() for path in spoken_project.glob("*.json*")} == before
    Project.open(spoken_project, "run").close()  # it was given back


# ── locked rows ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", ["delete", "cut"])
def test_a_locked_take_is_never_made_again_unasked(damage: str, spoken_project: Path) -> None:
    project = Project(spoken_project)
    key = str(project.state("b").key)
    path = project.store.path(key)
    if damage == "delete":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:900])
        with pytest.raises(DamagedTake):
            project.store.audio(key)
    project = Project(spoken_project)
    result = render(project)
    assert result.made == 0
    (state,) = result.failed
    assert (state.id, state.key, state.lost, state.is_locked) == ("b", None, key, True)
    assert str(state.verdict) == "its locked take is damaged or gone: unlock it"
    project.lock("b", False)
    assert render(project).made == 1


def test_fresh_leaves_the_takes_of_locked_rows(spoken_project: Path) -> None:
    project = Project(spoken_project)
    locked = project.store.path(str(project.state("b").key))
    before = locked.read_bytes()
    project.keep("a")  # good, whatever the check says: but not locked
    project.forget_takes()
    assert locked.read_bytes() == before
    assert len(project.store) == len(Project(spoken_project).store) == 1
    assert render(project).made == 1


# ── a stranger's folder ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    ["project.json", "script.json", "choices.json", "takes", "takes.jsonl", ".lock", ".owner"],
)
def test_no_link_in_a_project_is_followed(name: str, spoken_project: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "home" / "theirs"
    theirs.parent.mkdir()
    ours = spoken_project / name
    if ours.exists():
        ours.rename(theirs)
    else:
        theirs.write_text("export PATH=/usr/bin\n")
    ours.symlink_to(theirs)
    before = {path: path.read_bytes() for path in theirs.parent.rglob("*") if path.is_file()}

    def work() -> None:
        project = Project.open(spoken_project, "run")
        render(project)
        project.forget_takes()
        project.close()

    for touch in (work, lambda: Project.create(spoken_project, SCRIPT)):
        with pytest.raises(UserError, match="is a link: a project holds none"):
            touch()
    assert {
        path: path.read_bytes() for path in theirs.parent.rglob("*") if path.is_file()
    } == before
    assert ours.is_symlink()


def test_half_written_files_behind_a_link_stay(spoken_project: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / ".song.wav.x1.part").touch()
    (spoken_project / "more").symlink_to(theirs)
    (spoken_project / ".x.y.x1.part").symlink_to(theirs / ".song.wav.x1.part")
    Project.open(spoken_project, "run").close()
    assert (theirs / ".song.wav.x1.part").exists()
    assert (spoken_project / ".x.y.x1.part").is_symlink()  # it is not ours either


def test_a_voice_outside_a_project_is_not_its_own(spoken_project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "x.npz"
    np.savez(outside, semantic_prompt=np.arange(2))
    (spoken_project / "voices" / "link.npz").symlink_to(outside)
    head = spoken_project / "project.json"
    names = ["voices/../../x.npz", str(outside), "../x.npz", "voices/sub/x.npz"]
    for name in names:
        stored = json.loads(head.read_text())
        stored["voices"] = {"": name}
        stored["files"] = {"x.npz": name}
        head.write_text(json.dumps(stored))
        project = Project(spoken_project)
        assert project.voices == {}
        assert any("is not in this project: choose it again" in note for note in project.notes)
        row = ScriptRow(id="a", text="So.", voice="x.npz")
        assert project.voice_of(row) == "x.npz"
    assert project.voice_path("voices/link.npz") == "voices/link.npz"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="system: has no named pipes")
def test_a_pipe_in_a_project_keeps_nobody_waiting(spoken_project: Path) -> None:
    (spoken_project / "choices.json").unlink()
    os.mkfifo(spoken_project / "choices.json")
    with pytest.raises(UserError, match=r"choices\.json cannot be read: it is not a plain file"):
        Project(spoken_project)
