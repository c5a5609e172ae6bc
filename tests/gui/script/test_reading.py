"""How a text was read, in the window: what is shown of it, and reading it otherwise."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.documents.reading import Reading
from engine.documents.table import look
from gui.script.columns import ColumnsDialog
from gui.script.filter import FAILED
from gui.script.model import TEXT, VERDICT
from gui.script.source import source_in
from gui.script.view import ScriptView
from tests.gui.fake_backend import FakeBackend
from tests.gui.script.test_view import column, open_text, texts, wait_looked

NOTED = (
    "# Harbour\n\nThe lamp was lit early that evening.[^1] ![](a.png)\n\n```\ncode\n```\n\n"
    "[^1]: By whom, and when was that?\n"
)
SPOKEN = "A: Nobody knew who had cut the rope.\n\nA: And nobody asked for it at all.\n"
TABLE = "a,b,c\nanna@x.org,Hello over there my friend,How are you doing these days\n"


def wait_read(qtbot: QtBot, view: ScriptView) -> None:
    qtbot.waitUntil(lambda: view.reading.idle and view.work.idle)


def test_what_was_left_out_is_shown_and_stays_in_sight(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    words = "Left out: 1 picture without a text, 1 block of code, 1 note."
    project = open_text(qtbot, view, tmp_path, NOTED, "a.md")
    assert said == [words]
    assert view.reading.words.text() == words
    assert view.reading.words.isVisible()
    assert "note: By whom, and" in view.reading.words.toolTip()
    assert [w.isHidden() for w in (view.reading.notes, view.reading.columns)] == [False, True]
    with qtbot.waitSignal(view.work.opened):  # as the project of last time
        view.open_path(project.folder)
    assert view.reading.words.text() == words
    assert said == [words]
    open_text(qtbot, view, tmp_path, "Nothing but words.", "b.txt")
    assert view.reading.words.text() == "All of the text is in the rows."


def test_notes_and_speakers_are_switched_and_the_switch_is_kept(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    project = open_text(qtbot, view, tmp_path, f"{NOTED}\n{SPOKEN}", "a.md")
    before = texts(view)
    view.work.edits.set_field([0], "text", "An edit.")
    for box in (view.reading.notes, view.reading.speakers):
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
        wait_read(qtbot, view)
    assert texts(view) == [
        *before[:2],
        *SPOKEN.strip().split("\n\n"),
        "By whom, and when was that?",
    ]
    assert view.reading.words.text() == "Left out: 1 picture without a text, 1 block of code."
    assert source_in(project.folder).reading == Reading(notes=True, speakers=False)
    view.work.edits.undo()
    view.work.edits.undo()
    assert texts(view)[0] == "An edit."  # even that comes back
    assert "1 note" in view.reading.words.text()
    wait_looked(qtbot, view)
    open_text(qtbot, view, tmp_path, "A: One.\n\nA: Two.\n\nA: Three.", "b.md")
    assert view.reading.speakers.isChecked()  # another text is read as usual


def test_an_encoding_that_was_guessed_wrong_is_chosen(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Déjà.".encode("cp850"))
    with qtbot.waitSignal(view.work.opened):
        view.open_path(path)
    assert "name its encoding" in said[0]
    encoding = view.reading.encoding
    encoding.setCurrentIndex(encoding.findData("cp850"))
    encoding.activated.emit(encoding.currentIndex())
    wait_read(qtbot, view)
    assert texts(view) == ["Déjà."]
    encoding.setCurrentIndex(encoding.findData("utf-8"))
    encoding.activated.emit(encoding.currentIndex())
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "is not in utf-8" in said[1]
    wait_read(qtbot, view)
    assert (texts(view), encoding.currentData()) == (["Déjà."], "cp850")
    path.unlink()
    qtbot.mouseClick(view.reading.speakers, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(said) == 3)
    assert "cannot read" in said[2]


def dialog(qtbot: QtBot) -> ColumnsDialog:
    def found() -> list[ColumnsDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, ColumnsDialog)
                and w.isVisible()]  # fmt: skip

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


def choose(dialog: ColumnsDialog, at: int, field: str) -> None:
    box = dialog.boxes[at]
    box.setCurrentIndex(box.findData(field))
    box.activated.emit(box.currentIndex())


def test_columns_of_an_unclear_table_are_chosen_from_its_first_rows(
    qtbot: QtBot, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    view.open_path(tmp_path / "t.csv")
    asking = dialog(qtbot)
    assert "no column called text" in said[0]
    cells = [asking.table.item(1, at) for at in range(3)]
    assert [item.text() for item in cells if item] == TABLE.splitlines()[1].split(",")
    assert not asking.ok.isEnabled()
    choose(asking, 2, "text")
    choose(asking, 1, "text")  # takes it from the other
    choose(asking, 0, "speaker")
    assert [box.currentData() for box in asking.boxes] == ["speaker", "text", ""]
    with qtbot.waitSignal(view.work.opened):
        qtbot.mouseClick(asking.ok, Qt.MouseButton.LeftButton)
    (row,) = view.model.rows
    assert (row.speaker, row.text) == ("anna@x.org", "Hello over there my friend")
    project = view.work.project
    assert project is not None

    qtbot.mouseClick(view.reading.columns, Qt.MouseButton.LeftButton)  # and otherwise
    asking = dialog(qtbot)
    assert [box.currentData() for box in asking.boxes] == ["speaker", "text", ""]
    choose(asking, 2, "text")
    choose(asking, 0, "")
    qtbot.mouseClick(asking.ok, Qt.MouseButton.LeftButton)
    wait_read(qtbot, view)
    (row,) = view.model.rows
    assert (row.speaker, row.text) == ("", "How are you doing these days")
    stored = json.loads((project.folder / "source.json").read_text())
    assert json.loads(stored["reading"])["columns"]["text"] == "3"


def test_a_table_without_names_and_one_of_many_columns_can_be_shown(qtbot: QtBot) -> None:
    for text in ("Hello there you,Anna\nGood evening all,Tom\n", ",".join("abc" * 50), "x", '"'):
        shown = ColumnsDialog(look(text), "t.csv")
        qtbot.addWidget(shown)
        assert shown.table.columnCount() <= 60


def test_rows_that_the_model_cannot_read_are_marked_before_anything_is_spoken(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.unknown = set("語日本")
    open_text(
        qtbot, view, tmp_path, "Hello over there, and good evening.\n\n今日は日本語で話します。"
    )
    assert column(view, VERDICT) == ["to be made", "cannot be read"]
    index = view.model.index(1, TEXT)
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "The model cannot read 日本語."
    colour = Qt.ItemDataRole.ForegroundRole
    assert index.data(colour) == view.palette().brightText().color()
    assert view.model.index(0, TEXT).data(colour) is None
    view.table.go_to(1)
    assert view.row.verdict.text() == tip
    assert "1 cannot be read" in view.bar.facts.text()
    view.filter.show_only(FAILED, "")
    assert view.filter.rowCount() == 1
    view.work.edits.set_field([1], "text", "今は。")
    wait_looked(qtbot, view)
    qtbot.waitUntil(lambda: column(view, VERDICT) == ["to be made"] * 2)
    assert view.filter.rowCount() == 0


def test_the_pronunciations_count_and_a_model_that_is_not_here_marks_nothing(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.unknown = set("語")
    open_text(qtbot, view, tmp_path, "This is 語 here.")
    assert column(view, VERDICT) == ["cannot be read"]
    assert view.work.project is not None
    view.how.replacements.setPlainText("語==go")
    qtbot.waitUntil(lambda: column(view, VERDICT) == ["to be made"])
    wait_looked(qtbot, view)


def test_in_japanese_no_english_is_left(
    qtbot: QtBot, japanese: None, view: ScriptView, tmp_path: Path, said: list[str]
) -> None:
    open_text(qtbot, view, tmp_path, f"{NOTED}\n{SPOKEN}", "a.md")
    assert said == [
        "話者とみなした名前：A。 省いたもの：説明のない画像 1, コードブロック 1, 注 1。"
    ]
