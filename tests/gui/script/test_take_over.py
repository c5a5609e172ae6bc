"""A project that somebody else has: what the window shows and refuses, and taking it over."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.script.project import Project
from engine.script.recipe import Maker
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.rows import Script, ScriptRow
from gui.script.model import VERDICT
from gui.script.view import ScriptView
from tests.engine.script.speaker import Speaker
from tests.gui.fake_backend import FakeBackend

SCRIPT = Script(
    title="Theirs",
    rows=tuple(ScriptRow(id=row, text=f"These are the words of row {row}.") for row in "abc"),
)


@pytest.fixture
def theirs(tmp_path: Path) -> Project:
    """A project that another window has."""
    return Project.create(tmp_path / "theirs", SCRIPT, program="window")


def opened(qtbot: QtBot, view: ScriptView, folder: Path) -> Project:
    with qtbot.waitSignal(view.work.opened):
        view.open_path(folder)
    qtbot.waitUntil(lambda: view.work.idle)
    assert view.work.project is not None
    return view.work.project


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_shown_and_nothing_can_be_changed(
    qtbot: QtBot, view: ScriptView, theirs: Project, said: list[str], backend: FakeBackend
) -> None:
    before = files(theirs.folder)
    opened(qtbot, view, theirs.folder)
    assert view.bar.read_only.isVisible()
    assert "is open in another window since" in view.bar.why.text()
    assert [row.text for row in view.model.rows] == [row.text for row in SCRIPT.rows]
    work = view.work
    view.table.go_to(0)
    for change in (
        lambda: work.edits.set_field([0], "text", "Something else."),
        lambda: work.edits.delete([0]),
        lambda: view.do("insert"),
        lambda: work.edits.undo() or work.set_voice("", "v2/en_speaker_6"),
        lambda: work.render(),
        lambda: view.do("reroll"),
        lambda: view.do("lock"),
        lambda: work.choose("a", 0),
    ):
        said.clear()
        change()
        qtbot.waitUntil(lambda: view.work.idle)
        assert said
        assert "is open in another window since" in said[0], said
    assert [row.text for row in view.model.rows] == [row.text for row in SCRIPT.rows]
    assert backend.speaker.rows == []
    assert files(theirs.folder) == before


def speak(project: Project, *rows: str) -> None:
    """What the other one does."""
    renderer = Renderer(lambda request: Speaker(), lambda project: Maker(model="theirs"))
    renderer.generate(RenderRequest(project=project, rows=frozenset(rows)))


def test_it_is_shown_as_it_grows_and_is_ours_when_the_other_one_is_done(
    qtbot: QtBot, view: ScriptView, theirs: Project, said: list[str]
) -> None:
    speak(theirs, "a")
    opened(qtbot, view, theirs.folder)
    view.table.go_to(1)

    def seen(fact: Callable[[], bool]) -> None:
        """As soon as the folder is looked at: the timer would take a second."""

        def looked() -> bool:
            view.following.look()
            return fact()

        qtbot.waitUntil(looked)

    def verdicts() -> list[str]:
        return [view.model.index(number, VERDICT).data() for number in range(3)]

    assert verdicts() == ["good", "to be made", "to be made"]
    speak(theirs, "b")
    qtbot.waitUntil(lambda: verdicts() == ["good", "good", "to be made"])  # of its own accord
    assert view.table.currentIndex().row() == 1  # nothing moves
    theirs.set_recipe(dataclasses.replace(theirs.recipe, takes=7))
    seen(lambda: view.how.takes.value() == 7)
    theirs.set_script(SCRIPT.replace(rows=SCRIPT.rows[:2]))
    seen(lambda: len(view.model.rows) == 2)
    assert view.bar.read_only.isVisible()
    theirs.close()
    seen(lambda: not view.bar.read_only.isVisible())
    view.work.edits.set_field([0], "text", "Something else stands here.")
    qtbot.waitUntil(lambda: view.work.idle)
    assert said == []
    assert Project(theirs.folder).script.rows[0].text == "Something else stands here."


def test_a_folder_that_went_is_said(
    qtbot: QtBot, view: ScriptView, theirs: Project, said: list[str]
) -> None:
    opened(qtbot, view, theirs.folder)
    theirs.folder.rename(theirs.folder.with_name("elsewhere"))
    view.following.look()
    qtbot.waitUntil(lambda: bool(said))
    assert "cannot be read" in said[0]
    assert len(view.model.rows) == 3


def test_taken_over_it_is_ours_and_the_other_one_notices(
    qtbot: QtBot, view: ScriptView, theirs: Project, said: list[str]
) -> None:
    opened(qtbot, view, theirs.folder)
    theirs.set_script(SCRIPT.replace(rows=SCRIPT.rows[:2]))  # meanwhile
    with qtbot.waitSignal(view.work.opened):
        qtbot.mouseClick(view.bar.take_over_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.work.idle)
    assert not view.bar.read_only.isVisible()
    assert len(view.model.rows) == 2  # as it is on the disk
    with qtbot.waitSignal(view.work.rendered):
        view.work.render()
    qtbot.waitUntil(lambda: view.work.idle)
    assert [view.model.index(n, VERDICT).data() for n in range(2)] == ["good", "good"]
    with pytest.raises(Exception, match="was taken over elsewhere"):
        theirs.set_script(SCRIPT)
    assert theirs.read_only


def test_who_is_taken_over_turns_read_only(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    Project.create(tmp_path / "ours", SCRIPT)
    ours = opened(qtbot, view, tmp_path / "ours")
    assert not view.bar.read_only.isVisible()
    other = Project.open(ours.folder, "window", take_over=True)
    view.work.edits.set_field([0], "text", "Something else stands here.")
    qtbot.waitUntil(lambda: bool(said))
    assert "was taken over elsewhere" in said[0]
    view.work.edits.set_field([0], "text", "And here.")  # from now on it is refused at once
    qtbot.waitUntil(view.bar.read_only.isVisible)
    assert view.model.rows[0].text == "Something else stands here."
    other.close()


def test_the_same_project_opens_again_and_another_lets_it_go(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        Project.create(tmp_path / name, SCRIPT)
    opened(qtbot, view, tmp_path / "one")
    assert opened(qtbot, view, tmp_path / "one").read_only == ""
    for _ in range(2):  # the second is asked for before the first is shown
        view.open_path(tmp_path / "one")
    qtbot.waitUntil(lambda: view.work.idle)
    assert view.work.project is not None
    assert view.work.project.read_only == ""
    view.open_path(tmp_path / "nothing.txt")  # that cannot be: the old one stays ours
    qtbot.waitUntil(lambda: view.work.idle)
    assert Project.open(tmp_path / "one", "run").read_only
    opened(qtbot, view, tmp_path / "two")
    one = Project.open(tmp_path / "one", "run")
    assert one.read_only == ""
    one.close()
    view.remember()  # the end of the program
    two = Project.open(tmp_path / "two", "run")
    assert two.read_only == ""
    two.close()
