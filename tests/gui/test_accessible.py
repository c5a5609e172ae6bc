"""What a screen reader is told: everything that can be used has a name, a role, and a value that
changes with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.window import Window
from gui.write.view import WriteView
from tests.gui.dialogs import dialogs, open_play

_ROLE = QAccessible.Role
_VALUED = {_ROLE.Slider, _ROLE.SpinBox, _ROLE.ProgressBar}
_NAMED = _VALUED | {
    _ROLE.ComboBox,
    _ROLE.Button,
    _ROLE.ButtonMenu,
    _ROLE.ButtonDropDown,
    _ROLE.CheckBox,
    _ROLE.RadioButton,
    _ROLE.EditableText,
    _ROLE.Table,
    _ROLE.Tree,
    _ROLE.List,
    _ROLE.MenuItem,
    _ROLE.PageTab,
    _ROLE.Graphic,
}
_SILENT = {_ROLE.NoRole, _ROLE.Client, _ROLE.Pane, _ROLE.Window, _ROLE.Grouping}


def walk(thing: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """A thing and everything in it, but for the cells of tables and lists."""
    yield thing
    if thing.role() in (_ROLE.Table, _ROLE.Tree, _ROLE.List, _ROLE.ComboBox, _ROLE.SpinBox):
        return
    for number in range(thing.childCount()):
        child = thing.child(number)
        if child is not None and child.isValid():
            yield from walk(child)


def named_by_label(box: QAccessibleInterface) -> bool:
    """On Unix a combo box is called by its value, unless a label has it as its buddy."""
    widget = box.object()
    assert isinstance(widget, QComboBox)
    labels = [label for label, _ in box.relations(QAccessible.RelationFlag.Label)]
    names = [label.text(QAccessible.Text.Name) for label in labels]
    return bool(widget.accessibleName()) and len(names) == 1 and bool(names[0])


def wrong(window: QWidget) -> list[str]:
    """What a screen reader would not know of a window."""
    found = []
    for thing in walk(QAccessible.queryAccessibleInterface(window)):
        role, name = thing.role(), thing.text(QAccessible.Text.Name)
        widget = thing.object()
        own = widget is None or widget.objectName().startswith("qt_")
        if own or isinstance(widget, QScrollBar) or isinstance(widget.parent(), QLineEdit):
            continue  # Qt's own parts
        what = f"{role.name} {name!r} {type(widget).__name__} in {type(widget.parent()).__name__}"
        if role in _NAMED and not name:
            found.append(f"no name: {what}")
        if role in _VALUED and thing.valueInterface() is None:
            found.append(f"no value: {what}")
        if isinstance(widget, QComboBox) and not named_by_label(thing):
            found.append(f"called by its value: {what}")
        seen = isinstance(widget, QWidget) and widget.isVisible()
        if seen and role in _SILENT and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(f"no role: {what}")
    return found


@pytest.fixture
def window(qtbot: QtBot, studio: Context, language: str) -> Window:
    studio.state.set("close.ask", False)
    window = Window(studio)
    qtbot.addWidget(window)
    window.show()
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)
    return window


def test_every_view_and_dialog_tells_what_it_is(
    qtbot: QtBot, window: Window, studio: Context, tmp_path: Path
) -> None:
    found = {}
    script = open_play(qtbot, window, tmp_path)
    for name in ("speak", "write", "script", "models", "benchmark"):
        window.show_view(name)
        QApplication.processEvents()
        found[name] = wrong(window)
    write = window.view("write")
    assert isinstance(write, WriteView)
    window.show_view("write")
    write.show_chat()
    QApplication.processEvents()
    found["chat"] = wrong(window)
    for name, make in dialogs(studio, window, script).items():
        dialog = make()
        qtbot.addWidget(dialog)
        dialog.show()
        found[name] = wrong(dialog)
        dialog.hide()
    told = [f"{name}: {fault}" for name, faults in found.items() for fault in faults]
    assert not told, "\n".join(told)


def test_the_position_is_a_value_that_changes(window: Window, studio: Context) -> None:
    result = window.speak.result
    result.show_take("A take", np.zeros(96_000, np.float32), 24_000)
    wave = QAccessible.queryAccessibleInterface(result.waveform)
    assert wave.role() == _ROLE.Slider
    studio.player.position_changed.emit(2.5)
    assert wave.valueInterface().currentValue() == 2
    assert "0:02" in QAccessible.queryAccessibleInterface(result._time).text(QAccessible.Text.Name)
    asked: list[float] = []
    result.waveform.seek_requested.connect(asked.append)
    assert asked == []
    result.waveform.setValue(3)  # as a screen reader does
    assert asked == [3.0]
