"""The Script view: a text as a table of rows, rendered, checked and heard."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.listening.marks import place_of
from engine.script.hearings import Hearing
from engine.script.rendering import Rendering
from engine.system.presence import is_file
from gui.script.bar import EmptyScript, ScriptBar
from gui.script.dialogs import ScriptDialogs
from gui.script.filter import ALL, ScriptFilter
from gui.script.following import Following
from gui.script.hearing import hearing_of, words_of
from gui.script.how import HowPanel
from gui.script.model import ScriptModel
from gui.script.play import ScriptPlayer
from gui.script.reading import ReadingPanel
from gui.script.row import RowPanel
from gui.script.table import ScriptTable
from gui.script.voice_sheet import VoiceSheet, voice_title
from gui.script.work import ScriptWork
from gui.studio.context import Context
from gui.widgets.drawer import Drawer
from gui.widgets.dropped import files_in, has_files
from gui.widgets.section import Section
from gui.widgets.sentences import translated
from gui.widgets.side import SidePanel


class ScriptView(QWidget):
    """The table on the left, the row and the voices on the right. GUI thread."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self.studio = studio
        self.model = ScriptModel(self)
        self.model.voice_title = voice_title
        self.model.hearing_of = self._hearing
        self.model.said = self._said
        self.filter = ScriptFilter(self.model, self)
        self.work = ScriptWork(studio, self.model, self)
        self.following = Following(self.work)
        self.player = ScriptPlayer(studio, self)
        self.table = ScriptTable(studio, self.model, self.filter)
        self.row = RowPanel(studio, self.work, self.model)
        self.sheet = VoiceSheet(studio, self.work, self.model)
        self.how = HowPanel(self.work)
        self.reading = ReadingPanel(self.work)
        self.dialogs = ScriptDialogs(studio, self.work, self.reading, self)
        self.bar = ScriptBar()
        self.empty = EmptyScript()
        self._soon = QTimer(self)  # a hundred rows a second may be done
        self._soon.setSingleShot(True)
        self._soon.setInterval(250)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self._show_all()
        self._reopen()

    @property
    def first(self) -> QWidget:
        """What has the keyboard when the view is shown."""
        return self.table if self.work.project is not None else self.empty.open_button

    @property
    def home(self) -> QWidget:
        """What takes the keyboard from a control that cannot be used any more."""
        return self.bar.render_button

    # ── files ─────────────────────────────────────────────────────────────────────────────────

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a text or the folder of a project."""
        self.player.stop()
        errand = self.work.open(path)
        if errand is not None:
            errand.done.connect(partial(self._on_file_opened, path))

    def _on_file_opened(self, path: Path, opened: object) -> None:
        self.studio.file_opened.emit(path)

    def remember(self) -> None:
        """Before the end: write what is still to be written."""
        self.work.save_now()
        self.work.close()
        self.table.remember()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files are welcome."""
        if has_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open what was dropped."""
        if paths := files_in(event.mimeData()):
            event.acceptProposedAction()
            self.studio.open_requested.emit(paths)

    def _reopen(self) -> None:
        """The project of last time, if it is still there."""
        folder = self.studio.state.get("script.project", "")
        if folder and is_file(Path(folder) / "project.json"):
            self.work.open(Path(folder))

    # ── rows ──────────────────────────────────────────────────────────────────────────────────

    @Slot(str)
    def do(self, wanted: str) -> None:
        """What the table, the panel of the row or a key asks for."""
        numbers = self.table.numbers()
        ids = [self.model.rows[number].id for number in numbers]
        if wanted == "play":
            self._toggle(numbers)
        elif wanted == "play from here":
            self._play(range(numbers[0] if numbers else 0, len(self.model.rows)))
        elif wanted == "insert" and self.work.project is not None:
            current = self.table.current()
            self.table.go_to(
                self.work.edits.insert(len(self.model.rows) - 1 if current is None else current)
            )
        elif not numbers:
            return
        elif wanted == "reroll":
            self.work.reroll(ids)
        elif wanted == "render":
            self.work.render(ids)
        elif wanted == "lock":
            states = [self.model.state(row) for row in ids]
            locked = all(state is not None and state.is_locked for state in states)
            self.work.lock(ids, not locked)
        elif wanted == "split":
            self.work.edits.split(numbers[0])
        elif wanted == "merge":
            self.work.edits.merge(numbers)
        elif wanted == "delete":
            self.work.edits.delete(numbers)

    def _toggle(self, numbers: list[int]) -> None:
        if self.player.playing:
            self.player.stop()
        else:
            self._play(numbers)

    def _play(self, numbers: list[int] | range) -> None:
        if self.work.project is None:
            return
        rows = [self.model.rows[number] for number in numbers]
        states = [(row, self.model.state(row.id)) for row in rows]
        takes = [
            (row, key)
            for row, state in states
            if state is not None and (key := state.key or state.earlier)
        ]
        if takes:
            self.player.play(self.work.project, takes)
        elif rows:
            self.studio.say(self.tr("There is no take to hear yet: render the rows first."))

    @Slot(str, float)
    def _play_take(self, key: str, start: float = 0.0) -> None:
        number = self.table.current()
        if number is not None and self.work.project is not None:
            self.player.play(self.work.project, [(self.model.rows[number], key)], start)

    @Slot()
    def _play_from_here(self) -> None:
        self.do("play from here")

    @Slot()
    def _play_all(self) -> None:
        if self.player.playing:
            self.player.stop()
        else:
            self.do("play from here")

    @Slot()
    def _reroll(self) -> None:
        self.do("reroll")

    @Slot()
    def _lock(self) -> None:
        self.do("lock")

    @Slot()
    def _render(self) -> None:
        self.work.render()

    @Slot()
    def stop(self) -> None:
        """Stop the work and the sound."""
        self.work.stop()
        self.player.stop()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    @Slot()
    def _show_all(self) -> None:
        """Title, counts, and which buttons make sense."""
        project, script = self.work.project, self.model.script
        self._pages.setCurrentIndex(0 if project is None else 1)
        if project is None:
            return
        tally = self.model.tally
        failed, to_make = tally.statuses["failed"], tally.statuses["waiting"]
        several = len(script.speakers) > 1
        own = any(row.voice is not None for row in script.rows)
        self.table.show_cast(several or "" not in script.speakers, several or own)
        unread = sum(map(self.model.is_unread, self.model.unread))
        counts = to_make, failed, unread, tally.misheard
        self.bar.show_counts(script.title, len(script.rows), tally.seconds, *counts)
        self.bar.show_read_only(project.read_only)
        self.bar.show_work(
            running=self.work.running,
            playing=self.player.playing,
            rows=bool(script.rows),
            made=len(script.rows) > to_make,
        )

    @Slot()
    def _show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot(int, int, float)
    def _on_progress(self, done: int, total: int, left: float) -> None:
        self.bar.show_progress(done, total, left)
        self._show_soon()

    @Slot(bool)
    def _on_running(self, running: bool) -> None:
        if running:
            self.bar.show_progress(0, 0, -1.0)
        self._show_all()

    @Slot(object)
    def _on_rendered(self, result: Rendering) -> None:
        if result.unheard:
            words = self.tr("Takes were not heard: {}.").format(translated(result.unheard))
            self.studio.say(words, "warning", "script")
        if result.failed:
            self.studio.say(
                self.tr("Rows without a good take: {}. The filter Failed shows them.").format(
                    len(result.failed)
                ),
                "warning",
                "script",
            )
        elif result.made:
            self.studio.say(self.tr("Every row that was asked for has a good take."), view="script")
        elif result.heard:
            self.studio.say(self.tr("Takes that were heard now: {}.").format(result.heard))
        else:
            self.studio.say(self.tr("Nothing had to be made: every row has its take."))

    @Slot(str)
    def _on_heard(self, row: str) -> None:
        self.model.set_playing(row)
        if row in self.model.numbers:
            index = self.filter.mapFromSource(self.model.index(self.model.numbers[row], 0))
            self.table.scrollTo(index)
        self._show_all()

    def _hearing(self, key: str | None) -> Hearing | None:
        return hearing_of(self.work.project, key)

    def _said(self, text: str) -> str:
        project = self.work.project
        return text if project is None else project.said(text)

    @Slot(str, str, int)
    def _on_word(self, row: str, key: str, word: int) -> None:
        """Another word sounds."""
        self.row.mark(row, key, word)
        first = last = 0
        if word >= 0 and (number := self.model.numbers.get(row)) is not None:
            words = words_of(self.work.project, self.model.rows[number], key)
            first, last = place_of(self.model.rows[number].text, words, word)
        self.model.set_sounding(row, first, last)

    @Slot()
    def _on_opened(self) -> None:
        self.bar.filter.setCurrentIndex(ALL)
        self.bar.search.clear()
        self._show_all()
        if self.model.rows:
            self.table.go_to(0)
            self.table.scrollToTop()
            self.table.setFocus()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, previous: QModelIndex) -> None:
        self.row.show_row(self.filter.mapToSource(current).row() if current.isValid() else None)

    @Slot()
    def _on_filter(self) -> None:
        self.filter.show_only(self.bar.filter.currentIndex(), self.bar.search.text())

    # ── layout ────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        main = QWidget()
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        left.addWidget(self.bar)
        left.addWidget(self.table, 1)
        state = self.studio.state
        side = SidePanel(
            (
                Section("script.row", self.tr("Row"), self.row, state),
                Section("script.voices", self.tr("Voices"), self.sheet, state),
                Section("script.text", self.tr("How the text was read"), self.reading, state),
                Section("script.how", self.tr("How it is spoken"), self.how, state, is_open=False),
            )
        )
        page = Drawer("script", main, side, state)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _connect(self) -> None:
        self.table.wanted.connect(self.do)
        self.row.wanted.connect(self.do)
        self.row.play.connect(self._play_take)
        self.row.play_from.connect(self._play_take)
        self.table.selectionModel().currentChanged.connect(self._on_current)
        self.work.opened.connect(self._on_opened)
        self.work.edited.connect(self._show_soon)
        self.work.looked.connect(self._show_all)
        self.work.running_changed.connect(self._on_running)
        self.work.progressed.connect(self._on_progress)
        self.work.rendered.connect(self._on_rendered)
        self.dialogs.chosen.connect(self.open_path)
        self.player.row_changed.connect(self._on_heard)
        self.player.word_changed.connect(self._on_word)
        self._soon.timeout.connect(self._show_all)
        bar = self.bar
        bar.filtered.connect(self._on_filter)
        bar.render_button.clicked.connect(self._render)
        bar.stop_button.clicked.connect(self.stop)
        bar.play_button.clicked.connect(self._play_all)
        bar.take_over_button.clicked.connect(self.work.take_over)
        bar.export_button.clicked.connect(self.dialogs.export)
        for opens in (bar.open_button, self.empty.open_button):
            opens.clicked.connect(self.dialogs.ask_for_file)
        self.empty.project_button.clicked.connect(self.dialogs.ask_for_project)
        for title, slot in (
            (self.tr("Open a project…"), self.dialogs.ask_for_project),
            (self.tr("Copy the project…"), self.dialogs.ask_for_copy),
            (self.tr("Show its folder"), self.dialogs.show_folder),
            (self.tr("Split long rows by the pace of their voices"), self.work.split_long),
            (self.tr("Undo (Ctrl+Z)"), self.work.edits.undo),
            (self.tr("Redo (Ctrl+Shift+Z)"), self.work.edits.redo),
        ):
            bar.menu.addAction(title).triggered.connect(slot)
        worst = bar.menu.addAction(self.tr("What was heard otherwise first"))
        worst.setCheckable(True)
        worst.toggled.connect(self.filter.sort_by_error)
        for keys, slot in (
            ("Ctrl+Return", self._render),
            ("Ctrl+Enter", self._render),
            ("Esc", self.stop),
            ("Ctrl+Space", self._play_from_here),
            ("Ctrl+R", self._reroll),
            ("Ctrl+L", self._lock),
            ("Ctrl+E", self.dialogs.export),
            ("Ctrl+F", self.bar.search.setFocus),
            ("Ctrl+Z", self.work.edits.undo),
            ("Ctrl+Shift+Z", self.work.edits.redo),
        ):
            context = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(keys), self, context=context).activated.connect(slot)
