"""What a project is pinned to, in the window: nothing changes a finished script but on purpose."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.script.project import Project
from engine.script.recipe import Maker
from gui.script.model import LENGTH, VERDICT
from gui.script.view import ScriptView
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend
from tests.gui.script.test_view import column, open_text, render, wait_looked


@pytest.fixture
def project(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> Project:
    """A finished script."""
    project = open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    return project


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the user was asked, and answered with Yes."""
    asked: list[str] = []

    def answer(parent: Any, title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", answer)
    return asked


def spoken(backend: FakeBackend) -> int:
    count = len(backend.speaker.rows)
    backend.speaker.requests.clear()
    return count


def lose(qtbot: QtBot, view: ScriptView, row: int) -> None:
    """A row needs a new take."""
    view.work.edits.set_field([row], "text", f"Row {row} says something else than it said before.")
    wait_looked(qtbot, view)


def test_what_will_speak_is_shown_before_the_first_take(
    qtbot: QtBot, view: ScriptView, studio: Context, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    assert "now starter, float32" in view.how.pin.words.text()
    studio.set_settings(studio.settings.replace(precision="bfloat16"))
    assert "now starter, bfloat16" in view.how.pin.words.text()
    render(qtbot, view)
    assert view.how.pin.words.text().startswith("Spoken by starter")


def test_other_settings_in_speak_change_no_finished_script(
    qtbot: QtBot, view: ScriptView, project: Project, studio: Context, backend: FakeBackend
) -> None:
    seconds = column(view, LENGTH)
    spoken(backend)
    studio.set_settings(studio.settings.replace(precision="bfloat16"))
    studio.set_model("suno/bark-small")
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["good"] * 3
    assert column(view, LENGTH) == seconds
    render(qtbot, view)
    assert spoken(backend) == 0
    lose(qtbot, view, 1)
    render(qtbot, view)
    assert spoken(backend) == 1
    assert column(view, VERDICT) == ["good"] * 3
    assert project.maker is not None
    assert (project.maker.name, project.maker.settings) == ("starter", {"precision": "float32"})


def test_the_panel_says_what_speaks(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, studio: Context
) -> None:
    panel = view.how.pin
    assert "first take" in panel.words.text()
    open_text(qtbot, view, tmp_path)
    assert panel.anew.isHidden()
    assert panel.missing.isHidden()
    render(qtbot, view)
    assert panel.words.text() == "Spoken by starter (fake sta), float32."
    assert not panel.anew.isHidden()
    assert not panel.missing.isHidden()


def test_all_rows_are_spoken_anew_on_purpose(
    qtbot: QtBot,
    view: ScriptView,
    project: Project,
    studio: Context,
    backend: FakeBackend,
    questions: list[str],
) -> None:
    before = [state.key for state in project.states()]
    spoken(backend)
    studio.set_settings(studio.settings.replace(precision="bfloat16"))
    with qtbot.waitSignal(view.work.rendered):
        view.how.pin.anew.click()
    wait_looked(qtbot, view)
    assert len(questions) == 1
    assert "starter, bfloat16" in questions[0]
    assert spoken(backend) == 3
    assert view.how.pin.words.text() == "Spoken by starter (fake sta), bfloat16."
    assert not {state.key for state in project.states()} & set(before)
    takes = [take.key for take in view.work.takes(view.model.rows[0].id)]
    assert before[0] in takes  # to choose from


def test_missing_rows_are_spoken_otherwise_on_purpose_and_the_table_says_which(
    qtbot: QtBot,
    view: ScriptView,
    project: Project,
    studio: Context,
    backend: FakeBackend,
    questions: list[str],
) -> None:
    lose(qtbot, view, 1)
    spoken(backend)
    studio.set_settings(studio.settings.replace(precision="bfloat16"))
    with qtbot.waitSignal(view.work.rendered):
        view.how.pin.missing.click()
    wait_looked(qtbot, view)
    assert len(questions) == 1
    assert spoken(backend) == 1
    assert column(view, VERDICT) == ["good, by float32", "good", "good, by float32"]
    words = "Spoken by starter (fake sta), bfloat16. Some rows are by starter (fake sta), float32."
    assert view.how.pin.words.text() == words
    render(qtbot, view)
    assert spoken(backend) == 0


def test_no_is_no(
    qtbot: QtBot,
    view: ScriptView,
    project: Project,
    backend: FakeBackend,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    spoken(backend)
    view.how.pin.anew.click()
    view.how.pin.missing.click()
    wait_looked(qtbot, view)
    assert spoken(backend) == 0
    assert column(view, VERDICT) == ["good"] * 3


@pytest.mark.parametrize(
    ("button", "made"), [("Missing rows", 1), ("All rows anew", 3), ("Cancel", 0)]
)
def test_a_project_of_an_earlier_starter_voice_asks_before_new_rows_use_another(
    button: str,
    made: int,
    qtbot: QtBot,
    view: ScriptView,
    project: Project,
    backend: FakeBackend,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after an update that brought another."""
    real = backend.identify

    def identify(*arguments: Any) -> Maker:
        return dataclasses.replace(real(*arguments), model="another edition")

    monkeypatch.setattr(backend, "identify", identify)
    backend.gone = "this project is spoken by the model starter (1234abcd), which is not here"
    spoken(backend)
    said: list[str] = []
    view.studio.said.connect(lambda sentence, kind: said.append(sentence))
    view.work.render()  # nothing is to be made: nobody is asked
    qtbot.waitUntil(lambda: said == ["Nothing had to be made: every row has its take."])
    lose(qtbot, view, 1)
    shown: list[str] = []

    def answer(box: QMessageBox) -> None:
        shown.append(box.text())
        backend.gone = ""  # what is begun by the answer is spoken by the other edition
        (wanted,) = (b for b in box.buttons() if b.text().replace("&", "") == button)
        wanted.click()

    sentence = backend.gone[:1].upper() + backend.gone[1:] + "."
    monkeypatch.setattr(QMessageBox, "exec", answer)
    view.work.render()
    qtbot.waitUntil(lambda: bool(shown))
    if made:
        qtbot.waitUntil(lambda: len(backend.speaker.rows) == made)
    wait_looked(qtbot, view)
    assert shown == [sentence]
    assert spoken(backend) == made
    assert project.maker is not None
    assert project.maker.model == ("another edition" if made else "fake starter")


def test_a_made_up_voice_is_the_projects_and_another_is_made_up_on_purpose(
    qtbot: QtBot, view: ScriptView, project: Project, questions: list[str]
) -> None:
    anna, everybody = view.sheet.boxes["ANNA"], view.sheet.boxes[""]
    assert (anna.currentText(), everybody.currentText()) == ("Made-up voice", "Made-up voice")
    before = project.made_up["ANNA"].take
    anna.setCurrentIndex(anna.findText("Another made-up voice…"))
    anna.activated.emit(anna.currentIndex())
    wait_looked(qtbot, view)
    assert len(questions) == 1
    assert column(view, VERDICT) == ["made with other settings", "good", "to be made"]
    render(qtbot, view)
    assert project.made_up["ANNA"].take != before
    assert column(view, VERDICT) == ["good"] * 3


def test_editing_the_first_row_leaves_the_others_alone(
    qtbot: QtBot, view: ScriptView, project: Project, backend: FakeBackend
) -> None:
    spoken(backend)
    lose(qtbot, view, 0)
    assert column(view, VERDICT) == ["to be made", "good", "good"]
    view.work.edits.delete([0])
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["good", "good"]
    render(qtbot, view)
    assert spoken(backend) == 0
