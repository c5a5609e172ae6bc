"""The main window: a side bar, one view at a time, the menus, and a clean end."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.system.shown import shown
from gui.look.icons import icon
from gui.look.plain import plain
from gui.shell import files
from gui.shell.crash import CrashHook
from gui.speak.view import SpeakView
from gui.studio.context import Context
from gui.widgets.dropped import is_voice
from gui.widgets.focus import FocusKeeper
from gui.widgets.kept_geometry import as_text, fit, keep_geometry, restore
from gui.widgets.message import Message
from gui.widgets.messages import Messages

_USUAL = QSize(1240, 840)  # of the window at the first start, where the screen has room


class _View(NamedTuple):
    """A view by its name and where its class is: it is imported when it is first shown."""

    name: str
    title: str
    module: str
    kind: str


class Window(QMainWindow):
    """Everything the user sees. Views are built when they are first shown."""

    def __init__(self, studio: Context, crash: CrashHook | None = None) -> None:
        super().__init__()
        self.studio = studio
        self.crash = crash or CrashHook(self)
        self.setWindowTitle("Bark Studio")
        fit(self, _USUAL)
        self.setMinimumSize(720, 480)
        self.message = Message()
        self.messages = Messages(self.message, self)
        self._focus = FocusKeeper(self)
        self._stack = QStackedWidget()
        self._views: dict[str, QWidget] = {}
        self._known = {view.name: view for view in self._all_views()}
        self._actions: dict[str, QAction] = {}
        self._leaving = False  # without a question
        self._silent = ""  # why nothing can be heard, as told last
        self._left_out: list[Path] = []  # of files that were opened together
        self._lay_out()
        self._build_menus()
        studio.said.connect(self.messages.say)
        for worker in (studio.worker, studio.writer):
            worker.submitted.connect(self.messages.work_begins)
        for changed in (studio.models_changed, studio.model_changed, studio.settings_changed):
            changed.connect(self.messages.cause_is_gone)
        studio.player.device_lost.connect(self._on_device_lost)
        studio.player.devices_changed.connect(self._on_devices)
        studio.crashed.connect(self.crash.report)
        studio.show_requested.connect(self.show_view)
        studio.speak_requested.connect(self._on_speak_requested)
        studio.speak_along.connect(self._on_speak_along)
        studio.silence_requested.connect(self._on_silence_requested)
        studio.open_requested.connect(self.open_files)
        studio.file_opened.connect(self._on_file_opened)
        studio.state.was_reset.connect(self._on_reset)
        self.show_view(studio.state.get("window.view", "speak"))
        restore(self, studio.state.get("window.geometry", ""))

    @Slot()
    def _on_reset(self) -> None:
        self.showNormal()
        fit(self, _USUAL)

    @property
    def speak(self) -> SpeakView:
        """The Speak view."""
        view = self.view("speak")
        assert isinstance(view, SpeakView)
        return view

    def _all_views(self) -> list[_View]:
        return [
            _View("speak", self.tr("Speak"), "gui.speak.view", "SpeakView"),
            _View("write", self.tr("Write"), "gui.write.view", "WriteView"),
            _View("script", self.tr("Script"), "gui.script.view", "ScriptView"),
            _View("models", self.tr("Models"), "gui.models.view", "ModelsView"),
            _View("benchmark", self.tr("Benchmark"), "gui.benchmark.view", "BenchmarkView"),
        ]

    # ── views ─────────────────────────────────────────────────────────────────────────────────

    @Slot(str)
    def show_view(self, name: str) -> None:
        """Show a view by its name; an unknown one is Speak."""
        name = name if name in self._known else "speak"
        view = self.view(name)
        if self._stack.currentWidget() is not view or not self.isVisible():
            self._stack.setCurrentWidget(view)
            home: QWidget = getattr(view, "first", view)
            home.setFocus()
        self.messages.show_view(name)
        self._actions[name].setChecked(True)
        self.studio.state.set("window.view", name)

    def view(self, name: str) -> QWidget:
        """A view by its name, built if need be."""
        if name not in self._views:
            known = self._known[name]
            build: Callable[[Context], QWidget] = getattr(import_module(known.module), known.kind)
            self._views[name] = build(self.studio)
            self._stack.addWidget(self._views[name])
        return self._views[name]

    def _lay_out(self) -> None:
        side = QFrame()
        side.setProperty("look", "side")
        bar = QVBoxLayout(side)
        bar.setContentsMargins(8, 12, 8, 12)
        bar.setSpacing(6)
        bar.addStrut(72)
        group = QActionGroup(self)
        for number, view in enumerate(self._known.values(), start=1):
            action = QAction(icon(view.name, role=QPalette.ColorRole.WindowText), view.title, self)
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.setData(view.name)
            action.triggered.connect(self._on_view_chosen)
            group.addAction(action)
            self._actions[view.name] = action
            button = QToolButton()
            button.setDefaultAction(action)
            button.setProperty("look", "nav")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(24, 24))
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            button.setAccessibleName(view.title)
            bar.addWidget(button)
        bar.addStretch(1)
        page = QVBoxLayout()
        page.setContentsMargins(16, 12, 16, 8)
        page.setSpacing(8)
        place = QWidget()  # of the message: nothing moves when there is one
        page.addWidget(self._stack, 1)
        page.addWidget(place)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(page, 1)
        self.setCentralWidget(middle)
        self.message.sit_on(place)

    @Slot()
    def _on_view_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.show_view(action.data())

    @Slot(str)
    def _on_speak_requested(self, text: str) -> None:
        self.show_view("speak")
        self.speak.text_box.take(text)
        self.speak.speak()

    @Slot(str)
    def _on_speak_along(self, text: str) -> None:
        self.speak.speak_text(text)

    @Slot()
    def _on_silence_requested(self) -> None:
        self.speak.stop()

    # ── menus ─────────────────────────────────────────────────────────────────────────────────

    def _build_menus(self) -> None:
        keys = QKeySequence.StandardKey
        file = self.menuBar().addMenu(self.tr("&File"))
        self._add(file, self.tr("&Open…"), self._on_open, keys.Open)
        self.recent = file.addMenu(self.tr("Open &recent"))
        self.recent.aboutToShow.connect(self._fill_recent)
        self._fill_recent()
        file.addSeparator()
        self._add(file, self.tr("&Export the take…"), self._on_export, "Ctrl+Shift+E")
        file.addSeparator()
        preferences = self._add(file, self.tr("&Preferences…"), self._on_preferences, "Ctrl+,")
        preferences.setMenuRole(QAction.MenuRole.PreferencesRole)
        file.addSeparator()
        leave = self._add(file, self.tr("&Quit"), self.close, "Ctrl+Q")
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        view = self.menuBar().addMenu(self.tr("&View"))
        view.addActions(list(self._actions.values()))
        about = self.menuBar().addMenu(self.tr("&Help"))
        self._add(about, self.tr("&Keyboard"), self._on_keyboard, keys.HelpContents)
        self._add(about, self.tr("About this &machine"), self._on_machine)
        program = self._add(about, self.tr("&About Bark Studio"), self._on_program)
        program.setMenuRole(QAction.MenuRole.AboutRole)

    def _add(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[[], object],
        keys: str | QKeySequence.StandardKey = "",
    ) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        menu.addAction(action)
        return action

    @Slot(str)
    def _on_device_lost(self, sentence: str) -> None:
        """The Speak view says it itself, under the waveform."""
        if self._stack.currentWidget() is not self._views.get("speak"):
            self.messages.say(sentence, "warning")
            self._silent = self.studio.player.why_silent() and sentence

    @Slot()
    def _on_devices(self) -> None:
        """What was said of a silence goes with it."""
        if self._silent and not self.studio.player.why_silent():
            self.messages.take_back(self._silent)
            self._silent = ""

    @Slot()
    def _on_open(self) -> None:
        path = files.ask(self.studio, self)
        if path is not None:
            self.open_file(path)

    @Slot(object)
    def open_file(self, path: Path) -> None:
        """Open a text in the Script view, a voice in the Speak view."""
        self.open_files([path])

    @Slot(list)
    def open_files(self, paths: list[Path]) -> None:
        """Open voices in the Speak view, where all of them are listed, and one text in the Script
        view, which has one at a time: a sentence names those that are left out."""
        voices = [path for path in paths if is_voice(path)]
        texts = [path for path in paths if not is_voice(path)]
        if voices:
            self.show_view("speak")
            for path in voices:
                self.speak.voices.load(path)
        if texts:
            from gui.script.view import ScriptView

            self.show_view("script")
            script = self.view("script")
            assert isinstance(script, ScriptView)
            self._left_out = texts[1:]
            script.open_path(texts[0])

    @Slot(list)
    def come_forward(self, paths: list[Path]) -> None:
        """Another start was ended in favour of this window: be seen, and open what it was given."""
        states = Qt.WindowState
        if self.isMinimized():
            self.setWindowState(
                (self.windowState() & ~states.WindowMinimized) | states.WindowActive
            )
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)  # where the desktop lets no window come forward by itself
        self.open_files(paths)

    @Slot(object)
    def _on_file_opened(self, path: Path) -> None:
        files.remember(self.studio, path)
        others, self._left_out = self._left_out, []
        if others:
            names = ", ".join(other.name for other in others[:3]) + (" …" if others[3:] else "")
            sentence = self.tr("One script is open at a time: {0} is. Not opened: {1}.")
            self.studio.say(sentence.format(path.name, names), "warning")

    @Slot()
    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in files.recent(self.studio):
            action = self.recent.addAction(shown(path.name).replace("&", "&&"))
            action.setToolTip(plain(str(path)))
            action.setData(path)
            action.triggered.connect(self._on_recent)
        self.recent.setEnabled(not self.recent.isEmpty())

    @Slot()
    def _on_recent(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.open_file(action.data())

    @Slot()
    def _on_export(self) -> None:
        self.speak.takes.export_shown()

    @Slot()
    def _on_preferences(self) -> None:
        from gui.shell.preferences import Preferences

        self._show_dialog(Preferences(self.studio, self), "preferences")

    @Slot()
    def _on_machine(self) -> None:
        from gui.shell.about import MachineDialog

        self._show_dialog(MachineDialog(self.studio, self), "machine")

    @Slot()
    def _on_program(self) -> None:
        from gui.shell.about import ProgramDialog

        self._show_dialog(ProgramDialog(self), "program")

    @Slot()
    def _on_keyboard(self) -> None:
        from gui.shell.keyboard import KeyboardDialog

        self._show_dialog(KeyboardDialog(self), "keyboard")

    def _show_dialog(self, dialog: QDialog, name: str) -> None:
        keep_geometry(dialog, name, self.studio.state)
        dialog.show()

    # ── the end ───────────────────────────────────────────────────────────────────────────────

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask once during work; then stop everything and go."""
        at_work = self.studio.running or self.studio.measurements.open
        if at_work and not self._may_stop():
            event.ignore()
            return
        self.remember()
        self.hide()  # the threads may need a moment
        self.studio.close()
        event.accept()

    def remember(self) -> None:
        """Write everything that a later start brings back."""
        self.studio.state.set("window.geometry", as_text(self))
        for view in self._views.values():
            remember = getattr(view, "remember", None)
            if remember is not None:
                remember()
        self.studio.state.save()

    @Slot()
    def leave(self) -> None:
        """Save and end without a question, whatever is being done or asked: the session ends."""
        self._leaving = True
        self.close()
        QApplication.exit()

    def _may_stop(self) -> bool:
        if self._leaving:
            return True
        if not self.studio.state.get("close.ask", True):
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.tr("Close Bark Studio?"),
            self.tr(
                "Work is still being done. Stop it and close? Finished rows and takes stay, and "
                "the next start goes on from there."
            ),
            buttons.Close | buttons.Cancel,
            buttons.Cancel,
        )
        return answer == buttons.Close
