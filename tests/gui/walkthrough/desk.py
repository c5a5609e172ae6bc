"""What a newcomer does at the window: types, clicks, presses keys, and waits for what is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QWidget

from engine.backend import Backend
from gui.history.store import TakeRecord
from gui.script.view import ScriptView
from gui.studio.context import USUAL
from gui.widgets.section import Section
from tests.gui.fake_player import FakePlayer
from tests.gui.shown import Shown

PLAY = """MIRA: Is that the clock? I thought it had stopped in the war.

JONAS: It did. I wound it again the year after.

MIRA: And who is it for?
"""


class Desk(Shown):
    """The window as the program shows it, with the starter voice and a player without a device.
    said: the sentences that the window has told since the act began."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Backend())
        self.window.resize(1240, 840)  # as on a usual screen: nothing is folded away
        self.folder = folder
        self.said: list[str] = []
        self._crashes: list[Exception] = []
        self.app.setProperty("theme", self.theme)
        self.studio.said.connect(lambda sentence, kind, view: self.said.append(sentence))
        self.studio.crashed.connect(self._crashes.append)
        self.studio.start()
        self.until(lambda: self.studio.facts is not None)

    @property
    def player(self) -> FakePlayer:
        """What is heard."""
        assert isinstance(self.studio.player, FakePlayer)
        return self.studio.player

    def rest(self) -> None:
        """The act is over: nothing is at work, chosen or open any more, and nothing went wrong."""
        for dialog in self.window.findChildren(QDialog):
            dialog.close()
        speak = self.window.speak
        speak.stop()
        self.until(lambda: not self.studio.worker.running and not speak.busy)
        self.player.stop()
        speak.seed.lock.setChecked(False)
        speak.voices.set_value(None)
        self.studio.set_settings(USUAL)
        self.said.clear()
        assert not self._crashes, self._crashes

    # ── hands ─────────────────────────────────────────────────────────────────────────────────

    def button(self, parent: QWidget, text: str) -> QAbstractButton:
        """The first button with this text, as soon as it can be seen: one that a list has just
        taken up is shown by the event loop, and one that it gave up is deleted there."""

        def shown() -> list[QAbstractButton]:
            found = parent.findChildren(QAbstractButton)
            return [button for button in found if button.text() == text and button.isVisible()]

        self.until(lambda: bool(shown()), text)
        return shown()[0]

    def press(self, button: QAbstractButton) -> None:
        """Click a button that can be clicked."""
        assert button.isVisible(), button.text()
        assert button.isEnabled(), button.text()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, box: QComboBox, value: object) -> None:
        """Choose from a list, by the value that is behind the words."""
        index = box.findData(value)
        assert index >= 0, value
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def key(self, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key in the widget that has the keyboard."""
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)
        widget.setFocus()
        together = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            together |= modifier
        QTest.keyClick(widget, key, together)

    def menu(self, text: str) -> None:
        """Choose from the menus of the window."""
        (action,) = (a for a in self.window.findChildren(QAction) if a.text() == text)
        action.trigger()

    def open(self, section: str) -> None:
        """Open a part of the panel beside the view, if it is not open."""
        shown = self.window.findChildren(Section)
        head = next(s.head for s in shown if s.head.text() == section and s.isVisible())
        if not head.isChecked():
            self.press(head)

    def dialog(self, kind: type[QDialog]) -> QDialog:
        """The dialog that is open."""
        self.until(lambda: any(found.isVisible() for found in self.window.findChildren(kind)))
        return next(found for found in self.window.findChildren(kind) if found.isVisible())

    # ── ways ──────────────────────────────────────────────────────────────────────────────────

    def speak(self, text: str, *, while_it_works: Callable[[], None] | None = None) -> TakeRecord:
        """Speak a text to its end; the take that came of it."""
        view, takes = self.window.speak, self.studio.history
        self.window.show_view("speak")
        view.text_box.take(text)
        before = takes.rowCount()
        self.press(view.speak_button)
        if while_it_works is not None:
            while_it_works()
        self.until(lambda: not view.busy and takes.rowCount() > before, self.said)
        return takes.records()[0]

    def script(self, name: str, text: str = PLAY, *, made: bool = False) -> ScriptView:
        """Open a text in the Script view. made: and speak all of it."""
        path = self.folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        self.window.open_file(path)
        view = self.window.view("script")
        assert isinstance(view, ScriptView)
        self.until(lambda: view.work.text.path == path and view.work.idle, self.said)
        if made:
            self.render(view)
        return view

    def render(self, view: ScriptView) -> None:
        """Speak every row that has no take."""
        ended: list[object] = []
        view.work.rendered.connect(ended.append)
        self.press(view.bar.render_button)
        self.until(lambda: bool(ended) and view.work.idle, self.said)
        view.work.rendered.disconnect(ended.append)
