"""The main window: a side bar, one view at a time, the menus, and a clean end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QSize, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.context import Context
from gui.crash import CrashHook
from gui.icons import icon
from gui.message import Message
from gui.speak import SpeakView
from gui.text_box import read_text
from gui.write import WriteView

_RECENT = 8  # files in the menu


class _View(NamedTuple):
    name: str
    title: str
    build: Callable[[Context], QWidget]


class Window(QMainWindow):
    """Everything the user sees. Views are built when they are first shown."""

    def __init__(self, studio: Context, crash: CrashHook | None = None) -> None:
        super().__init__()
        self.studio = studio
        self.crash = crash or CrashHook(self)
        self.setWindowTitle("Bark Studio")
        self.resize(1240, 820)
        self.setMinimumSize(760, 480)
        self.message = Message()
        self._stack = QStackedWidget()
        self._views: dict[str, QWidget] = {}
        self._known = {view.name: view for view in self._all_views()}
        self._buttons: dict[str, QAction] = {}
        self._lay_out()
        self._build_menus()
        studio.said.connect(self.message.say)
        studio.crashed.connect(self.crash.report)
        studio.show_requested.connect(self.show_view)
        studio.speak_requested.connect(self._on_speak_requested)
        studio.open_requested.connect(self.open_file)
        self.show_view(studio.state.get("window.view", "speak"))
        geometry = studio.state.get("window.geometry", "")
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "replace")))

    @property
    def speak(self) -> SpeakView:
        """The Speak view."""
        view = self._view("speak")
        assert isinstance(view, SpeakView)
        return view

    def _all_views(self) -> list[_View]:
        return [
            _View("speak", self.tr("Speak"), SpeakView),
            _View("write", self.tr("Write"), WriteView),
        ]

    # ── views ─────────────────────────────────────────────────────────────────────────────────

    @Slot(str)
    def show_view(self, name: str) -> None:
        """Show a view by its name; an unknown one is Speak."""
        name = name if name in self._known else "speak"
        self._stack.setCurrentWidget(self._view(name))
        self._buttons[name].setChecked(True)
        self.studio.state.set("window.view", name)

    def _view(self, name: str) -> QWidget:
        if name not in self._views:
            self._views[name] = self._known[name].build(self.studio)
            self._stack.addWidget(self._views[name])
        return self._views[name]

    def _lay_out(self) -> None:
        side = QFrame()
        side.setProperty("look", "side")
        bar = QVBoxLayout(side)
        bar.setContentsMargins(8, 12, 8, 12)
        bar.setSpacing(6)
        group = QActionGroup(self)
        for number, view in enumerate(self._known.values(), start=1):
            action = QAction(icon(view.name, role=QPalette.ColorRole.WindowText), view.title, self)
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.setData(view.name)
            action.triggered.connect(self._on_view_chosen)
            group.addAction(action)
            self._buttons[view.name] = action
            button = QToolButton()
            button.setDefaultAction(action)
            button.setProperty("look", "nav")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(24, 24))
            button.setMinimumWidth(72)
            button.setAccessibleName(view.title)
            button.setToolTip(f"{view.title} ({action.shortcut().toString()})")
            bar.addWidget(button)
        bar.addStretch(1)
        page = QVBoxLayout()
        page.setContentsMargins(16, 12, 16, 16)
        page.setSpacing(10)
        page.addWidget(self.message)
        page.addWidget(self._stack, 1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(page, 1)
        self.setCentralWidget(middle)

    @Slot()
    def _on_view_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.show_view(action.data())

    @Slot(str)
    def _on_speak_requested(self, text: str) -> None:
        self.show_view("speak")
        self.speak.text_box.insert(text)

    # ── menus ─────────────────────────────────────────────────────────────────────────────────

    def _build_menus(self) -> None:
        file = self.menuBar().addMenu(self.tr("&File"))
        self._add(file, self.tr("&Open…"), self._on_open, QKeySequence.StandardKey.Open)
        self._recent = file.addMenu(self.tr("Open &recent"))
        self._recent.aboutToShow.connect(self._fill_recent)
        self._fill_recent()
        file.addSeparator()
        self._add(file, self.tr("&Quit"), self.close, QKeySequence.StandardKey.Quit)
        view = self.menuBar().addMenu(self.tr("&View"))
        view.addActions(list(self._buttons.values()))

    def _add(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[[], object],
        keys: QKeySequence | QKeySequence.StandardKey | None = None,
    ) -> QAction:
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        menu.addAction(action)
        return action

    @Slot()
    def _on_open(self) -> None:
        folder = self.studio.state.get("open.folder", "")
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open a text or a voice"),
            folder,
            self.tr("Texts and voices") + " (*.txt *.npz);;" + self.tr("All files") + " (*)",
        )
        if path:
            self.studio.state.set("open.folder", str(Path(path).parent))
            self.open_file(Path(path))

    @Slot(object)
    def open_file(self, path: Path) -> None:
        """Open a text or a voice where it belongs, and remember it."""
        self._remember(path)
        self.show_view("speak")
        if path.suffix.lower() == ".npz":
            self.speak.voices.load(path)
            return
        errand = self.studio.errands.ask(read_text, path)
        errand.done.connect(self.speak.text_box.take)
        errand.failed.connect(self.studio.explain)

    def _remember(self, path: Path) -> None:
        earlier = [name for name in self._recent_files() if name != str(path)]
        self.studio.state.set("open.recent", [str(path), *earlier][:_RECENT])

    def _recent_files(self) -> list[str]:
        return [name for name in self.studio.state.get("open.recent", []) if isinstance(name, str)]

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        for name in self._recent_files():
            action = self._recent.addAction(Path(name).name.replace("&", "&&"))
            action.setToolTip(name)
            action.setData(name)
            action.triggered.connect(self._on_recent)
        self._recent.setEnabled(not self._recent.isEmpty())

    @Slot()
    def _on_recent(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.open_file(Path(action.data()))

    # ── the end ───────────────────────────────────────────────────────────────────────────────

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask once during work; then stop everything and go."""
        if self.studio.worker.running and not self._may_stop():
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.studio.state.set("window.geometry", geometry)
        for view in self._views.values():
            if isinstance(view, SpeakView | WriteView):
                view.remember()
        self.hide()  # the threads may need a moment
        self.studio.close()
        event.accept()

    def _may_stop(self) -> bool:
        if not self.studio.state.get("close.ask", True):
            return True
        answer = QMessageBox.question(
            self,
            self.tr("Close Bark Studio?"),
            self.tr("Work is still being done. Stop it and close?"),
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Close
