"""Names and texts of strangers in the window: nothing in them is hidden, and nothing is markup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.table import look
from engine.models.info import ModelInfo
from engine.system.shown import shown
from gui.look.plain import Plain, plain
from gui.script.columns import ColumnsDialog
from gui.script.export import ScriptExport
from gui.script.view import ScriptView
from gui.studio.context import Context
from gui.window import Window
from tests.gui.fake_backend import FakeBackend
from tests.gui.takes import make_record, make_take

FOREIGN = "<img src=file>\x1b[2J\u202egnp"
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def words_of(widget: QWidget) -> Iterator[tuple[str, bool]]:
    """What a widget shows or tells, and whether it may take that for markup."""
    yield widget.toolTip(), True
    yield widget.accessibleName(), False
    yield widget.accessibleDescription(), False
    if widget.isWindow():
        yield widget.windowTitle(), False
    if isinstance(widget, QLabel):
        yield widget.text(), widget.textFormat() == Qt.TextFormat.AutoText
    elif isinstance(widget, QAbstractButton):
        yield widget.text(), False
    elif isinstance(widget, QGroupBox):
        yield widget.title(), False
    elif isinstance(widget, QComboBox | QAbstractItemView):
        yield from words_of_items(widget.model())
    for action in widget.actions():
        yield action.text(), False
        yield action.toolTip(), True


def words_of_items(model: QAbstractItemModel | None) -> Iterator[tuple[str, bool]]:
    if model is None:
        return
    top = QModelIndex()
    for row in range(model.rowCount(top)):
        for column in range(model.columnCount(top)):
            for role in _ROLES:
                words = model.index(row, column, top).data(role)
                yield str(words or ""), role == Qt.ItemDataRole.ToolTipRole
    for column in range(model.columnCount(top)):
        words = model.headerData(column, Qt.Orientation.Horizontal, _ROLES[0])
        yield str(words or ""), False


def faults(window: QWidget) -> list[str]:
    found = []
    for widget in [window, *window.findChildren(QWidget)]:
        for words, markup in words_of(widget):
            hidden = shown(words) != words
            if hidden or (markup and "<img" in words):
                where = f"{type(widget.parent()).__name__} › {type(widget).__name__}"
                found.append(f"{where}: {words!r}")
    return found


@pytest.fixture
def backend(backend: FakeBackend) -> FakeBackend:
    """One whose models, voices and recognisers have names of strangers."""
    facts = {"state": "here", "folder": Path(FOREIGN), "size": 9}
    about = {"license": FOREIGN, "source": FOREIGN, "removable": True}
    backend.known = tuple(
        ModelInfo(id=f"{kind}{FOREIGN}", kind=kind, **facts, **about)  # type: ignore[arg-type]
        for kind in ("speech", "text", "listening")
    )
    backend.model_facts = backend.model_facts.__class__(
        voices=("v2/en_speaker_0", f"announcer{FOREIGN}"),
        sample_rate=24_000,
        max_tokens=256,
        max_seconds=14.0,
        sound_tags=True,
    )
    backend.listening.here = (FOREIGN,)
    options = (("offload", True), ("device", "cuda"), ("precision", "float16"))
    backend.limits = dict.fromkeys(options, f"{FOREIGN} is in the way")
    return backend


def test_nothing_of_a_stranger_is_hidden_or_markup(
    qtbot: QtBot, studio: Context, tmp_path: Path
) -> None:
    studio.state.set("voices.files", [f"/x/{FOREIGN}.npz"])
    studio.history.add(make_record(text=FOREIGN), make_take())
    path = tmp_path / f"{FOREIGN}.csv"
    path.write_text(f"speaker,text\n{FOREIGN},One {FOREIGN}\nB,Two {FOREIGN}\n", encoding="utf-8")
    window = Window(studio)
    qtbot.addWidget(window)
    window.show()
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    window.open_file(path)
    view = window.view("script")
    assert isinstance(view, ScriptView)
    qtbot.waitUntil(lambda: view.work.project is not None and view.work.idle)
    written = FOREIGN.replace("\x1b", "")  # no row has control characters
    for field in ("text", "speaker"):
        view.work.edits.set_field([0], field, f"One {written}")
        assert written in getattr(view.model.rows[0], field)
    view.table.selectRow(0)
    studio.say(f"cannot read {FOREIGN}: it is damaged", "error")
    for name in ("speak", "script", "write", "models", "benchmark"):
        window.show_view(name)
        assert faults(window) == []
    project = view.work.project
    assert project is not None
    columns = ColumnsDialog(look(f"{FOREIGN}\n{'long ' * 9}{FOREIGN}\n"), FOREIGN, window)
    export = ScriptExport(studio, project, 1, window)
    for dialog in (columns, export):
        qtbot.addWidget(dialog)
        dialog.show()
    qtbot.waitUntil(lambda: bool(export.preview.text() or export.problem.text()))
    for dialog in (columns, export):
        assert faults(dialog) == []
        dialog.hide()
    told = [words for widget in window.findChildren(QWidget) for words, _ in words_of(widget)]
    assert sum("\\u202e" in words for words in told) > 20  # they are there, to be read


def test_a_label_shows_letter_by_letter(qtbot: QtBot) -> None:
    label = Plain(FOREIGN)
    qtbot.addWidget(label)
    for words in (FOREIGN, "<b>x</b>"):
        label.setText(words)
        assert label.text() == shown(words)
        assert label.textFormat() == Qt.TextFormat.PlainText
    assert plain("a < b & c") == "a < b & c"
    assert plain("<b>x</b>\u202e") == "<p>&lt;b&gt;x&lt;/b&gt;\\u202e</p>"
