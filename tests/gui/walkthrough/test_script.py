"""The acts of docs/walkthrough.md in Script, Write and Models, and the next start."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from engine.backend import Backend
from engine.documents.read import read
from engine.models import packaged
from gui.models.view import ModelsView
from gui.script.export import ScriptExport
from gui.script.model import VERDICT
from gui.script.view import ScriptView
from gui.write.view import WriteView
from tests.gui.shown import Shown
from tests.gui.walkthrough.desk import Desk

pytestmark = pytest.mark.slow
Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier
DONE = "Every row that was asked for has a good take."


def test_18_a_text_becomes_a_table(desk: Desk) -> None:
    view = desk.script("eighteen")
    assert [row.speaker for row in view.model.rows] == ["MIRA", "JONAS", "MIRA"]
    assert verdicts(view) == ["to be made"] * 3
    assert view.bar.title.text() == "eighteen"
    assert view.bar.facts.text().endswith("3 to be made")
    assert "Taken for speakers: MIRA, JONAS." in desk.said


def test_19_everybody_gets_a_voice(desk: Desk) -> None:
    view = desk.script("nineteen")
    desk.press(view.sheet.cast)
    desk.until(lambda: view.sheet.boxes["MIRA"].value() is not None and view.work.idle)
    voices = {name: view.sheet.boxes[name].value() for name in ("MIRA", "JONAS")}
    assert desk.studio.facts is not None
    assert set(voices.values()) == set(desk.studio.facts.voices[:2])
    assert view.sheet.boxes[""].value() is None


def test_20_all_rows_are_made(desk: Desk) -> None:
    view = desk.script("twenty", made=True)
    assert verdicts(view) == ["good"] * 3
    assert DONE in desk.said
    assert "to be made" not in view.bar.facts.text()
    assert view.bar.export_button.isEnabled()


def test_21_a_row_is_heard(desk: Desk) -> None:
    view = desk.script("twenty-one", made=True)
    view.table.go_to(1)
    desk.key(view.table, Key.Key_Space)
    desk.until(lambda: desk.player.state == "playing")
    assert view.model.playing == view.model.rows[1].id
    assert desk.player.seconds == pytest.approx(seconds(view, 1), abs=1.0)
    desk.press(view.bar.stop_button)
    assert desk.player.state == "stopped"


def test_22_another_take_is_made_and_the_first_is_chosen(desk: Desk) -> None:
    view = desk.script("twenty-two", made=True)
    view.table.go_to(0)
    before, made = key(view, 0), len(view.work.takes(view.model.rows[0].id))
    desk.press(view.row.reroll)
    desk.until(lambda: key(view, 0) not in (before, None) and view.work.idle)
    assert len(view.work.takes(view.model.rows[0].id)) > made
    desk.press(desk.button(view.row, "use"))
    desk.until(lambda: key(view, 0) == before)
    desk.until(lambda: view.work.idle)
    assert verdicts(view)[0] == "chosen"


def test_23_an_edited_row_alone_is_made_again(desk: Desk) -> None:
    view = desk.script("twenty-three", made=True)
    before = [key(view, number) for number in range(3)]
    view.table.go_to(1)
    desk.key(view.table, Key.Key_Return)
    editor = view.table.findChild(QPlainTextEdit)
    assert editor is not None
    editor.setPlainText("It did. I wound it the year after.")
    desk.key(editor, Key.Key_Return)
    desk.until(lambda: verdicts(view) == ["good", "to be made", "good"])
    desk.until(lambda: view.work.idle)
    desk.render(view)
    assert verdicts(view) == ["good"] * 3
    changed = [key(view, number) != before[number] for number in range(3)]
    assert changed == [False, True, False]


def test_24_a_locked_row_keeps_its_take(desk: Desk) -> None:
    view = desk.script("twenty-four", made=True)
    before = key(view, 2)
    view.table.go_to(2)
    desk.key(view.table, Key.Key_L, Ctrl)
    desk.until(lambda: verdicts(view)[2] == "locked")
    view.work.edits.set_field([1, 2], "text", "These are other words.")
    desk.until(lambda: verdicts(view) == ["good", "to be made", "locked"])
    desk.until(lambda: view.work.idle)
    desk.render(view)
    assert verdicts(view) == ["good", "good", "locked"]
    assert key(view, 2) == before


def test_25_rows_are_split_and_merged_and_all_comes_back(desk: Desk) -> None:
    view = desk.script("twenty-five")
    texts = [row.text for row in view.model.rows]
    view.table.go_to(1)
    of_row(view, "split")
    assert [row.text for row in view.model.rows][1:3] == [
        "It did.",
        "I wound it again the year after.",
    ]
    view.table.selectAll()
    of_row(view, "merge")
    assert len(view.model.rows) == 1
    for _ in range(2):
        desk.key(view.table, Key.Key_Z, Ctrl)
    assert [row.text for row in view.model.rows] == texts


def test_26_the_recording_is_written_with_subtitles(desk: Desk, tmp_path: Path) -> None:
    import soundfile

    view = desk.script("twenty-six", made=True)
    desk.press(view.bar.export_button)
    dialog = desk.dialog(ScriptExport)
    assert isinstance(dialog, ScriptExport)
    dialog.folder.setText(str(tmp_path / "new"))
    desk.choose(dialog.format, "flac")
    desk.choose(dialog.subtitles, "srt")
    desk.until(lambda: "twenty-six.flac" in dialog.preview.text())
    desk.until(dialog.save_button.isEnabled)
    desk.press(dialog.save_button)
    file = tmp_path / "new" / "twenty-six.flac"
    desk.until(lambda: any(said.startswith(f"{file} is written") for said in desk.said), desk.said)
    length = soundfile.info(file).duration
    cues = read(file.with_suffix(".srt")).rows
    assert [cue.text for cue in cues] == [row.text for row in view.model.rows]
    assert cues[-1].end == pytest.approx(length, abs=1.0)


def test_27_what_was_made_is_there_again(desk: Desk) -> None:
    view = desk.script("twenty-seven", made=True)
    desk.script("another")
    view = desk.script("twenty-seven")
    assert verdicts(view) == ["good"] * 3
    desk.press(view.bar.render_button)
    desk.until(lambda: "Nothing had to be made: every row has its take." in desk.said)


def test_28_a_text_goes_on_and_is_spoken(desk: Desk) -> None:
    packaged.get(packaged.STARTER)
    desk.studio.models_changed.emit()
    desk.window.show_view("write")
    view = desk.window.view("write")
    assert isinstance(view, WriteView)
    view.prompt.setPlainText("The lighthouse keeper")
    view.end.tokens.setValue(16)
    desk.press(view.write_button)
    desk.until(lambda: view.write_button.isEnabled(), desk.said)
    assert view.status.text().startswith("16 tokens")
    written = view.text.toPlainText().strip()
    assert written
    desk.press(view.speak_button)
    speak = desk.window.speak
    assert speak.isVisible()
    assert speak.text_box.text() == written
    assert speak.busy


def test_29_a_model_is_verified(desk: Desk) -> None:
    desk.window.show_view("models")
    view = desk.window.view("models")
    assert isinstance(view, ModelsView)
    card = view.cards["starter-voice"]
    assert card.use.text() == "In use"
    assert not card.remove.isVisible()  # it comes with the program
    desk.press(card.check)
    desk.until(lambda: "starter-voice is complete and undamaged." in desk.said, desk.said)


def test_30_the_next_start_has_everything(desk: Desk) -> None:
    script = desk.script("thirty", made=True)
    record = desk.speak("The ferry comes at seven.")
    speak = desk.window.speak
    speak.options.precision.choose("int8")
    speak.text_box.take("This was typed last.")
    speak.result.volume.setValue(40)
    desk.until(lambda: script.work.idle)
    script.work.close()  # as the end of the program does
    desk.window.remember()
    with closing(Shown(desk.folder, Backend())) as again:
        again.studio.start()
        last = again.window.speak
        again.until(lambda: last.result.track is not None)
        assert last.isVisible()
        assert last.text_box.text() == "This was typed last."
        assert again.studio.settings.precision == "int8"
        assert last.result.volume.value() == 40
        assert again.studio.history.records()[0].id == record.id
        assert last.result.title == record.text
        view = again.window.view("script")
        assert isinstance(view, ScriptView)
        again.until(lambda: view.work.project is not None and view.work.idle)
        assert view.bar.title.text() == "thirty"
        assert verdicts(view) == ["good"] * 3


def verdicts(view: ScriptView) -> list[str]:
    """What the last column says."""
    return [view.model.index(row, VERDICT).data() for row in range(len(view.model.rows))]


def key(view: ScriptView, number: int) -> str | None:
    """Of the take that counts."""
    state = view.model.state(view.model.rows[number].id)
    return None if state is None else state.key


def seconds(view: ScriptView, number: int) -> float:
    """Of the take that counts."""
    wanted = key(view, number)
    takes = view.work.takes(view.model.rows[number].id)
    return next(take.measures.seconds for take in takes if take.key == wanted)


def of_row(view: ScriptView, wanted: str) -> None:
    """Choose from the menu of the selected rows."""
    next(action for action in view.table.menu().actions() if action.data() == wanted).trigger()
