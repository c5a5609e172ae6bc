"""The Script view, with its real threads and a fake engine."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QMessageBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from engine.script.pace import Pace
from engine.script.project import Project
from gui.look.words import clock
from gui.script.export import ScriptExport
from gui.script.filter import FAILED
from gui.script.model import LOCK, TAKES, TEXT, VERDICT
from gui.script.view import ScriptView
from gui.script.voice_sheet import VoiceBox
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

TEXT_FILE = """ANNA: The rain fell in torrents on the old roof.
BEN: Nobody had slept for a week in that house.
ANNA: Only the lamp was burning in the window now.
"""


def open_text(
    qtbot: QtBot, view: ScriptView, folder: Path, text: str = TEXT_FILE, name: str = "Play.txt"
) -> Project:
    (folder / name).write_text(text, encoding="utf-8")
    with qtbot.waitSignal(view.work.opened):
        view.open_path(folder / name)
    assert view.work.project is not None
    return view.work.project


def render(qtbot: QtBot, view: ScriptView) -> None:
    with qtbot.waitSignal(view.work.rendered):
        qtbot.mouseClick(view.bar.render_button, Qt.MouseButton.LeftButton)
    wait_looked(qtbot, view)


def wait_looked(qtbot: QtBot, view: ScriptView) -> None:
    """Until nothing is being saved or looked up."""
    qtbot.waitUntil(lambda: view.work.idle)


def column(view: ScriptView, column: int) -> list[str]:
    return [view.model.index(number, column).data() for number in range(view.model.rowCount())]


def texts(view: ScriptView) -> list[str]:
    return [row.text for row in view.model.rows]


def select(view: ScriptView, *numbers: int) -> None:
    view.table.clearSelection()
    view.table.go_to(numbers[0])
    for number in numbers[1:]:
        index = view.filter.mapFromSource(view.model.index(number, TEXT))
        selection = view.table.selectionModel()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        selection.select(index, flags)


# ── opening ───────────────────────────────────────────────────────────────────────────────────


def test_a_text_becomes_a_table_and_a_project(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    project = open_text(qtbot, view, tmp_path)
    assert [row.speaker for row in view.model.rows] == ["ANNA", "BEN", "ANNA"]
    assert column(view, VERDICT) == ["to be made"] * 3
    assert view.bar.title.text() == "Play"
    assert view.bar.facts.text().startswith("3 rows · 0:")
    assert project.script == view.model.script
    assert said == ["Taken for speakers: ANNA, BEN."]


def test_a_dropped_file_is_asked_for(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nHello over there.\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.srt"))])
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, *buttons)
    view.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(view.studio.open_requested) as asked:  # the window opens it
        view.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, *buttons))
    assert asked.args == [[tmp_path / "a.srt"]]


def test_what_cannot_be_read_is_a_sentence(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "a.csv").write_text("foo,bar\n1,2\n")
    view.open_path(tmp_path / "a.csv")
    qtbot.waitUntil(lambda: bool(said))
    assert "no column called text" in said[0]
    view.open_path(tmp_path)  # a folder that is no project
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "no project" in said[1]
    assert view.work.project is None


def test_the_same_text_is_the_same_project_and_a_changed_one_is_asked_about(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    view.work.edits.set_field([0], "text", "Something else stands here, as I wished.")
    wait_looked(qtbot, view)
    again = open_text(qtbot, view, tmp_path)
    assert again.folder == first.folder
    assert texts(view)[0] == "Something else stands here, as I wished."

    asked = []

    def answer(*arguments: object) -> QMessageBox.StandardButton:
        asked.append(arguments)
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", answer)
    changed = TEXT_FILE.replace("a week", "a month")
    with qtbot.waitSignal(view.work.text_changed):
        open_text(qtbot, view, tmp_path, changed)
    wait_looked(qtbot, view)
    assert len(asked) == 1
    assert "month" in texts(view)[1]
    assert column(view, VERDICT) == ["good", "to be made", "good"]  # takes of equal rows stay
    open_text(qtbot, view, tmp_path, changed)
    assert len(asked) == 1


def test_the_project_of_last_time_is_there_again(
    qtbot: QtBot, view: ScriptView, studio: Context, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    view.work.edits.set_field([1], "text", "This was written at the last moment.")
    view.remember()
    another = ScriptView(studio)
    qtbot.addWidget(another)
    qtbot.waitUntil(lambda: another.work.project is not None)
    assert texts(another)[1] == "This was written at the last moment."


def test_a_copied_project_stands_alone(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    project = open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    view.work.copy_to(tmp_path / "elsewhere")
    qtbot.waitUntil(lambda: (tmp_path / "elsewhere" / "project.json").is_file())
    wait_looked(qtbot, view)
    for path in sorted(project.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with qtbot.waitSignal(view.work.opened):
        view.open_path(tmp_path / "elsewhere")
    assert column(view, VERDICT) == ["good"] * 3


def test_a_copy_replaces_nothing(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    project = open_text(qtbot, view, tmp_path)
    view.work.copy_to(tmp_path)
    qtbot.waitUntil(lambda: "exists already" in " ".join(said))
    view.work.copy_to(project.folder / "inside")
    qtbot.waitUntil(lambda: "lies in the project" in " ".join(said))
    assert not (project.folder / "inside").exists()


# ── editing ───────────────────────────────────────────────────────────────────────────────────


def test_a_text_is_edited_where_it_stands(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    project = open_text(qtbot, view, tmp_path)
    view.table.go_to(1)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    editor = view.table.findChild(QPlainTextEdit)
    assert isinstance(editor, QPlainTextEdit)
    editor.setPlainText("Everybody slept\x07 very well in that house.")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(editor, "Indeed.")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    wanted = "Everybody slept very well in that house.\nIndeed."
    assert texts(view)[1] == wanted
    qtbot.waitUntil(lambda: project.script.rows[1].text == wanted)
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["to be made"] * 3


def test_only_an_edited_row_is_made_again(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    assert len(backend.speaker.rows) == 3
    view.work.edits.set_field([1], "text", "Nobody had slept for a month in that house.")
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["good", "to be made", "good"]
    render(qtbot, view)
    assert [row.text for row in backend.speaker.rows[3:]] == [texts(view)[1]]


def test_rows_are_split_merged_added_deleted_and_all_that_is_undone(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path)
    before = texts(view)
    view.work.edits.set_field([0], "text", "It rained. The roof was old.")
    select(view, 0)
    view.do("split")
    assert texts(view)[:2] == ["It rained.", "The roof was old."]
    assert view.model.rows[1].id == f"{view.model.rows[0].id}-2"
    select(view, 0, 1)
    view.do("merge")
    assert texts(view)[0] == "It rained. The roof was old."
    select(view, 0)
    view.do("split")  # and a sentence alone in its halves
    select(view, 1)
    view.do("split")
    assert " ".join(texts(view)[1:3]) == "The roof was old."
    select(view, 4)
    view.do("insert")
    assert view.model.rows[5].speaker == "ANNA"
    assert view.table.current() == 5
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    select(view, 0, 1, 2)
    view.do("delete")
    assert texts(view) == before[1:]
    while view.work.edits.can_undo:
        view.work.edits.undo()
    assert texts(view) == before
    view.work.edits.redo()
    assert texts(view)[0] == "It rained. The roof was old."
    qtbot.waitUntil(lambda: project.script == view.model.script)


def test_rows_that_are_too_long_for_a_slow_voice_are_split(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path, "It rained on the roof, on the trees, on the old road. " * 3)
    before = texts(view)
    view.work.split_long()
    qtbot.waitUntil(lambda: "No row is too long" in " ".join(said))
    view.model.set_paces({None: Pace(4)})
    view.work.split_long()
    qtbot.waitUntil(lambda: len(view.model.rows) > len(before))
    assert " ".join(texts(view)) == " ".join(before)
    assert all(Pace(4).seconds(text) <= 11 for text in texts(view))
    view.work.edits.undo()
    assert texts(view) == before


def test_escape_leaves_the_text_as_it_was(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    open_text(qtbot, view, tmp_path)
    before = texts(view)
    view.table.edit(view.filter.mapFromSource(view.model.index(0, TEXT)))
    editor = view.table.findChild(QPlainTextEdit)
    assert isinstance(editor, QPlainTextEdit)
    editor.setPlainText("Something else.")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert texts(view) == before
    assert not view.work.edits.can_undo


def test_rows_apart_are_not_merged(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path)
    select(view, 0, 2)
    view.do("merge")
    assert len(view.model.rows) == 3
    assert "next to each other" in said[-1]


def test_an_edit_during_the_rendering_keeps_its_row_open(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.speaker.delay = 0.2
    open_text(qtbot, view, tmp_path)
    view.work.set_voice("", "announcer")  # or the first row's take would be everybody's voice
    wait_looked(qtbot, view)
    with qtbot.waitSignal(view.work.rendered):
        with qtbot.waitSignal(view.work.progressed):
            view.work.render()
        view.work.edits.set_field([0], "text", "This was changed while others were speaking.")
        view.work.edits.delete([1])
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["to be made", "good"]


# ── rendering ─────────────────────────────────────────────────────────────────────────────────


def test_everything_is_rendered_and_failed_rows_are_found(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path, TEXT_FILE + "BEN: This sentence is always cut.\n")
    render(qtbot, view)
    assert column(view, VERDICT) == ["good"] * 3 + ["the model did not end the sentence"]
    assert "Rows without a good take: 1." in said[-1]
    view.bar.filter.setCurrentIndex(FAILED)
    view.bar.filter.activated.emit(FAILED)
    assert view.filter.rowCount() == 1
    view.table.go_to(3)
    assert view.row.takes.count() == 3 * 4  # play, name, use, reasons
    assert "did not end" in view.row.verdict.text()


def test_the_length_above_the_table_is_that_of_the_recording(
    qtbot: QtBot, view: ScriptView, studio: Context, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path, TEXT_FILE + "\nBEN: One more, after the others.\n")
    render(qtbot, view)
    assert view.work.project is not None
    studio.state.set("script.export", {"folder": str(tmp_path / "out")})
    dialog = ScriptExport(studio, view.work.project, 0)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    with qtbot.waitSignal(dialog.written) as written:
        dialog.export()
    (recording,) = written.args[0]
    assert view.model.tally.seconds == pytest.approx(recording.seconds, abs=0.02)
    assert clock(recording.seconds, 0) in view.bar.facts.text()


def test_the_table_stays_where_it_is_while_rows_are_made(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    def place() -> QRect:
        view.layout().activate()  # type: ignore[union-attr]
        return QRect(view.table.mapTo(view, QPoint(0, 0)), view.table.size())

    open_text(qtbot, view, tmp_path)
    wait_looked(qtbot, view)
    before = place()
    backend.speaker.delay = 0.2
    with qtbot.waitSignal(view.work.rendered):
        with qtbot.waitSignal(view.work.progressed):
            view.work.render()
        assert view.bar.progress.isVisible()
        assert place() == before
    wait_looked(qtbot, view)
    assert place() == before


def test_the_text_has_half_of_the_table_however_narrow_it_is(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    for width in (560, 760, 1000, 1600, 560):
        view.resize(width, 600)
        QApplication.processEvents()
        table = view.table
        assert 2 * table.columnWidth(TEXT) >= table.viewport().width(), width
    assert [table.isColumnHidden(column) for column in (TAKES, VERDICT)] == [True, False]


def test_nothing_is_made_twice(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    render(qtbot, view)
    assert len(backend.speaker.rows) == 3
    assert "Nothing had to be made" in said[-1]


def test_stop_keeps_what_is_finished(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.speaker.delay = 60.0
    open_text(qtbot, view, tmp_path)
    with qtbot.waitSignal(view.work.running_changed):
        view.work.render()
    qtbot.waitUntil(lambda: bool(backend.speaker.requests))
    assert view.bar.stop_button.isEnabled()
    with qtbot.waitSignal(view.work.running_changed):
        qtbot.mouseClick(view.bar.stop_button, Qt.MouseButton.LeftButton)
    assert not view.work.running
    backend.speaker.delay = 0.0
    wait_looked(qtbot, view)
    render(qtbot, view)
    assert column(view, VERDICT) == ["good"] * 3


def test_rows_are_decoded_together_and_without_early_sound(
    qtbot: QtBot, view: ScriptView, studio: Context, backend: FakeBackend, tmp_path: Path
) -> None:
    studio.set_settings(studio.settings.replace(early_sound=True, precision="bfloat16"))
    open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    settings, model = backend.asked[-1]
    assert (settings.batch_size, settings.early_sound, settings.precision) == (8, False, "bfloat16")
    assert model == studio.model


def test_a_row_gets_a_new_take_and_the_old_one_can_be_chosen(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    select(view, 1)
    before = view.model.state(view.model.rows[1].id)
    with qtbot.waitSignal(view.work.rendered):
        qtbot.mouseClick(view.row.reroll, Qt.MouseButton.LeftButton)
    wait_looked(qtbot, view)
    after = view.model.state(view.model.rows[1].id)
    assert before is not None
    assert after is not None
    assert (before.take, after.take) == (0, 1)
    assert len(backend.speaker.rows) == 4
    assert len(view.work.takes(after.id)) == 2
    use = view.row.takes.itemAt(2).widget()
    view.row.refresh()  # as something else of the script does while the mouse is on its way
    assert view.row.takes.itemAt(2).widget() is use
    qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    wait_looked(qtbot, view)
    chosen = view.model.state(after.id)
    assert chosen is not None
    assert (chosen.key, chosen.status) == (before.key, "kept")
    assert project.states()[1].key == before.key


def test_a_locked_row_keeps_its_take(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    index = view.filter.mapFromSource(view.model.index(2, LOCK))
    place = view.table.visualRect(index).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait_looked(qtbot, view)
    view.work.edits.set_field([2], "text", "Only the lamp was burning in the windows now.")
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["good", "good", "locked"]
    select(view, 2)
    view.do("lock")
    wait_looked(qtbot, view)
    assert column(view, VERDICT)[2] == "to be made"


def test_no_model_is_a_sentence(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path)
    backend.known = ()
    view.work.render()
    qtbot.waitUntil(lambda: any("No model is here" in sentence for sentence in said))
    assert not view.work.running


def test_the_recipe_is_kept(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    project = open_text(qtbot, view, tmp_path)
    view.how.takes.setValue(7)
    view.how.history.setCurrentIndex(1)
    view.how.anchor.setValue(20)
    view.how.replacements.setPlainText("roof==house top")
    view.how.seed.edit.setText("99")
    qtbot.waitUntil(lambda: project.recipe.seed == 99)
    wait_looked(qtbot, view)
    recipe = Project(project.folder).recipe
    assert (recipe.takes, recipe.history, recipe.anchor) == (7, "continue", 20)
    assert recipe.replacements == "roof==house top"
    view.how.replacements.setPlainText("/(/==x")
    qtbot.waitUntil(lambda: bool(view.how.problem.text()))
    assert "line 1 of the replacements" in view.how.problem.text().lower()
    assert project.recipe == recipe  # a rule that cannot be read changes nothing


def test_takes_of_another_recipe_are_shown_as_that(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    view.work.set_recipe(dataclasses.replace(project.recipe, seed=5))
    wait_looked(qtbot, view)
    assert column(view, VERDICT) == ["made with other settings"] * 3
    with qtbot.waitSignal(view.work.edited):
        view.work.edits.set_field([0], "text", "Nobody has said this so far in any way.")
    wait_looked(qtbot, view)
    assert column(view, VERDICT)[0] == "to be made"


def test_an_earlier_take_can_be_kept(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    project = open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    view.work.set_recipe(dataclasses.replace(project.recipe, seed=5))
    wait_looked(qtbot, view)
    row = view.model.rows[1].id
    select(view, 1)
    (earlier,) = view.work.takes(row)
    assert earlier.number < 0
    view.work.lock_take(row, earlier.key)
    wait_looked(qtbot, view)
    assert column(view, VERDICT)[1] == "locked"
    render(qtbot, view)
    assert project.state(row).key == earlier.key
    assert Project(project.folder).state(row).status == "locked"
    assert column(view, VERDICT) == ["good", "locked", "good"]


# ── voices ────────────────────────────────────────────────────────────────────────────────────


def test_a_speaker_gets_a_voice(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    assert list(view.sheet.boxes) == ["", "ANNA", "BEN"]
    box = view.sheet.boxes["ANNA"]
    box.setCurrentIndex(box.findData("v2/en_speaker_6"))
    box.activated.emit(box.currentIndex())
    wait_looked(qtbot, view)
    render(qtbot, view)
    spoken = {row.text[:8]: row.voice for row in backend.speaker.rows}
    assert spoken["The rain"] == spoken["Only the"] == "v2/en_speaker_6"
    assert spoken["Nobody h"] is None


def test_everybody_gets_a_voice_of_their_own(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path)
    qtbot.mouseClick(view.sheet.cast, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(set(project.voices.values()) - {None}) == 2)
    assert project.voices["ANNA"] == "v2/en_speaker_0"  # the language of the script comes first


def test_where_there_are_more_speakers_than_voices_nobody_stays_without(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    lines = [
        f"{name}: Nobody had slept for a week." for name in ("ANN", "BEN", "CAT", "DAN", "EVE")
    ]
    project = open_text(qtbot, view, tmp_path, "\n".join(lines))
    qtbot.mouseClick(view.sheet.cast, Qt.MouseButton.LeftButton)
    wait_looked(qtbot, view)
    voices = [project.voices.get(name) for name in ("ANN", "BEN", "CAT", "DAN", "EVE")]
    assert None not in voices
    assert len(set(voices)) == 4  # all that there are


def test_a_single_row_gets_a_voice(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    open_text(qtbot, view, tmp_path)
    index = view.filter.mapFromSource(view.model.index(1, 3))
    view.table.edit(index)
    box = view.table.findChild(VoiceBox)
    assert isinstance(box, VoiceBox)
    box.setCurrentIndex(box.findData("announcer"))
    box.activated.emit(box.currentIndex())
    assert view.model.rows[1].voice == "announcer"


# ── hearing ───────────────────────────────────────────────────────────────────────────────────


def test_playing_from_a_row_on_marks_what_is_heard(
    qtbot: QtBot, view: ScriptView, player: FakePlayer, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    select(view, 1)
    qtbot.mouseClick(view.bar.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.playing == view.model.rows[1].id)
    qtbot.waitUntil(lambda: "finish" in player.calls)
    assert player.track is not None
    total = sum(view.model.seconds(row) for row in view.model.rows[1:])
    assert 0.5 * total < player.track.seconds < total + 1
    player.position_changed.emit(player.track.seconds - 0.1)
    assert view.model.playing == view.model.rows[2].id
    qtbot.keyClick(view.table, Qt.Key.Key_Space)  # stops
    assert player.state == "stopped"
    assert view.model.playing == ""


def test_what_has_no_take_is_not_played(
    qtbot: QtBot, view: ScriptView, player: FakePlayer, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path)
    qtbot.keyClick(view.table, Qt.Key.Key_Space)
    assert "no take to hear" in said[-1]
    assert player.tracks == []


def test_another_sound_ends_ours(
    qtbot: QtBot, view: ScriptView, player: FakePlayer, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    render(qtbot, view)
    view.do("play from here")
    qtbot.waitUntil(lambda: "finish" in player.calls)
    ours = player.track
    player.open_stream(8_000)  # the Speak view begins to speak
    player.position_changed.emit(0.1)
    view.player.stop()
    assert player.state == "playing"
    assert player.track is not ours
    assert len(player.track or ()) == 0


# ── the menu ──────────────────────────────────────────────────────────────────────────────────


def test_the_menu_offers_what_can_be_done(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> None:
    open_text(qtbot, view, tmp_path)
    select(view, 0, 1)
    enabled = {
        action.data(): action.isEnabled() for action in view.table.menu().actions() if action.data()
    }
    assert enabled["merge"]
    assert not enabled["split"]
    assert set(enabled) == {
        "play", "play from here", "render", "reroll", "lock", "split", "merge", "insert", "delete",
    }  # fmt: skip


def test_the_row_panel_edits_pause_and_direction(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path)
    select(view, 1)
    assert view.row.title.text() == "Row 0002, BEN"
    view.row.pause.setValue(1.5)
    view.row.pause.editingFinished.emit()
    view.row.voice.setCurrentIndex(view.row.voice.findData("announcer"))
    view.row.voice.activated.emit(view.row.voice.currentIndex())
    assert view.model.rows[1].voice == "announcer"
    view.row.direction.setText("  whispers ")
    view.row.direction.editingFinished.emit()
    qtbot.waitUntil(lambda: project.script.rows[1].direction == "whispers")
    assert json.loads((project.folder / "script.json").read_bytes())["rows"][1]["pause"] == 1.5


def test_home_and_end_go_to_the_first_and_the_last_row(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    open_text(qtbot, view, tmp_path)
    select(view, 1)
    for key, row in ((Qt.Key.Key_End, 2), (Qt.Key.Key_Home, 0)):
        qtbot.keyClick(view.table, key)
        assert view.table.current() == row


def test_numbers_are_shown_as_they_are_spoken(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path, "He paid $3.50 in 1999, and that was all of it.")
    select(view, 0)
    said = "He paid three dollars fifty in nineteen ninety-nine, and that was all of it."
    assert view.row.spoken.text() == f"Spoken as: {said}"
    assert view.row.spoken.isVisibleTo(view.row)
    assert view.how.numbers.isChecked()
    view.how.numbers.click()
    qtbot.waitUntil(lambda: not project.recipe.numbers)
    wait_looked(qtbot, view)
    assert not view.row.spoken.isVisibleTo(view.row)
