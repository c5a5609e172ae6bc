"""What stands above the table of a script, and what stands there instead of one."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.look.icons import icon
from gui.look.plain import Plain
from gui.look.spoken_name import name_box
from gui.look.words import clock
from gui.script.filter import ALL, FAILED, GOOD, LOCKED, NOT_HEARD, OPEN
from gui.widgets.elided import Elided
from gui.widgets.narrow import narrow
from gui.widgets.sentences import translated

_REST = 100  # milliseconds between two figures of a rendering
_TYPING = 200  # milliseconds without a key before the filter looks


class ScriptBar(QWidget):
    """Title and counts, the buttons, the progress, and which rows are shown.

    filtered(): the user wants to see other rows; `filter` and `search` say which.
    """

    filtered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = Elided()
        self.title.setProperty("look", "title")
        self.facts = Elided()
        for line in (self.title, self.facts):  # no wider than their words
            line.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.facts.setProperty("look", "muted")
        self.open_button = _button("folder", self.tr("Open…"))
        self.export_button = _button("export", self.tr("Export…"))
        self.export_button.setToolTip(self.tr("Join the takes and write the recordings (Ctrl+E)"))
        self.menu = QMenu(self)
        more = QToolButton()
        more.setText("⋯")
        more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        more.setAccessibleName(self.tr("More"))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setMenu(self.menu)
        self.render_button = _button("script", self.tr("Render"), primary=True)
        self.render_button.setToolTip(self.tr("Make every take that is missing (Ctrl+Enter)"))
        self.stop_button = _button("stop", self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("Stop the work and the sound (Esc)"))
        self.play_button = _button("play", self.tr("Play"))
        self.play_button.setToolTip(self.tr("Play from the selected row on (Ctrl+Space)"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Rows that are done"))
        place = self.progress.sizePolicy()
        place.setRetainSizeWhenHidden(True)  # the table does not move when work begins
        self.progress.setSizePolicy(place)
        self.status = Elided()
        self.status.setProperty("look", "muted")
        self.filter = narrow(QComboBox())
        name_box(self.filter, self.tr("Which rows are shown"))
        titles = {
            ALL: self.tr("All rows"),
            FAILED: self.tr("Failed"),
            OPEN: self.tr("To be made"),
            GOOD: self.tr("Good"),
            LOCKED: self.tr("Locked"),
            NOT_HEARD: self.tr("Heard otherwise"),
        }
        for kind in sorted(titles):
            self.filter.addItem(titles[kind], kind)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find"))
        self.search.setAccessibleName(self.tr("Find rows by their words"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        self.search.setMinimumWidth(80)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.facts)
        head.addStretch(1)
        for widget in (self.open_button, self.export_button, more):
            head.addWidget(widget)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for button in (self.render_button, self.stop_button, self.play_button):
            bar.addWidget(button)
        bar.addWidget(self.status, 1)
        bar.addWidget(self.filter)
        bar.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._build_read_only())
        column.addLayout(bar)
        column.addWidget(self.progress)
        self._told = (0, 0, -1.0)  # what `show_progress` was told last
        self._rest = QTimer(self)  # a progress bar paints at once, up to a whole table with it
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._show_progress)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self.filtered)
        self.filter.activated.connect(self._on_filter)
        self.search.textChanged.connect(self._on_typed)

    def show_counts(
        self,
        title: str,
        count: int,
        seconds: float,
        to_make: int,
        failed: int,
        unread: int = 0,
        misheard: int = 0,
    ) -> None:
        """What the script is, and how far it is. seconds: of sound, made or expected. unread: rows
        that the model cannot read. misheard: those that were heard otherwise."""
        facts = [self.tr("1 row") if count == 1 else self.tr("{} rows").format(f"{count:,}")]
        facts.append(clock(seconds, 0))
        if to_make:
            facts.append(self.tr("{} to be made").format(f"{to_make:,}"))
        if failed:
            facts.append(self.tr("{} failed").format(f"{failed:,}"))
        if unread:
            facts.append(self.tr("{} cannot be read").format(f"{unread:,}"))
        self.title.setText(title)
        self.facts.setText(" · ".join(facts))
        self.filter.setItemText(FAILED, self.tr("Failed ({})").format(failed + unread))
        self.filter.setItemText(OPEN, self.tr("To be made ({})").format(to_make))
        self.filter.setItemText(NOT_HEARD, self.tr("Heard otherwise ({})").format(misheard))

    def _build_read_only(self) -> QFrame:
        self.read_only = QFrame()
        self.read_only.setProperty("look", "warning")
        self.why = Plain()
        self.why.setWordWrap(True)
        self.take_over_button = QPushButton(self.tr("Take over"))
        self.take_over_button.setToolTip(
            self.tr("Open the project here for writing; whoever has it can only read it then")
        )
        row = QHBoxLayout(self.read_only)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self.why, 1)
        row.addWidget(self.take_over_button)
        self.read_only.hide()
        return self.read_only

    def show_read_only(self, why: str) -> None:
        """why: nothing can be changed; "" where everything can."""
        self.read_only.setVisible(bool(why))
        self.why.setText(self.tr("Read only: {}.").format(translated(why)) if why else "")

    def show_work(self, *, running: bool, playing: bool, rows: bool, made: bool) -> None:
        """Which buttons make sense now. rows: there are any. made: and takes of some."""
        self.render_button.setEnabled(not running and rows)
        self.stop_button.setEnabled(running or playing)
        self.export_button.setEnabled(made)
        self.progress.setVisible(running)
        if not running:
            self._rest.stop()
            self.status.clear()
        self.play_button.setIcon(icon("stop" if playing else "play"))

    def show_progress(self, done: int, total: int, left: float) -> None:
        """Rows that are done, and the seconds left; total 0: it begins, left < 0: unknown. A
        hundred calls a second are shown as ten."""
        self._told = done, total, left
        if not total or not self._rest.isActive():
            self._show_progress()
            self._rest.start()

    @Slot()
    def _show_progress(self) -> None:
        done, total, left = self._told
        self.progress.setMaximum(total)
        self.progress.setValue(done)
        if not total:
            self.status.setText(self.tr("Beginning …"))
            return
        words = self.tr("{0} of {1}").format(f"{done:,}", f"{total:,}")
        if left >= 0 and done < total:
            words += " · " + self.tr("{} left").format(clock(left, 0))
        self.status.setText(words)

    @Slot()
    def _on_filter(self) -> None:
        self.filtered.emit()

    @Slot()
    def _on_typed(self) -> None:
        self._typing.start()


class EmptyScript(QWidget):
    """What can be opened."""

    def __init__(self) -> None:
        super().__init__()
        title = QLabel(self.tr("From a text to a finished recording"))
        title.setProperty("look", "title")
        words = QLabel(
            self.tr(
                "Open a text, a book (EPUB, FB2), a document (Word, PDF, OpenDocument, RTF), a "
                "saved page, subtitles or a table, or drop it here. It becomes a table of rows, "
                "each spoken, checked, and made again where it failed."
            )
        )
        words.setProperty("look", "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setFixedWidth(440)
        words.setMinimumHeight(words.heightForWidth(440))
        self.open_button = _button("folder", self.tr("Open…"), primary=True)
        self.project_button = QPushButton(self.tr("Open a project…"))
        self.project_button.setProperty("look", "flat")
        card = QFrame()
        card.setProperty("look", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(48, 40, 48, 40)
        column.setSpacing(16)
        for widget in (title, words, self.open_button, self.project_button):
            column.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        page = QVBoxLayout(self)
        page.addStretch(2)
        page.addWidget(card, alignment=Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(3)


def _button(name: str, title: str, *, primary: bool = False) -> QPushButton:
    button = QPushButton(title)
    role = QPalette.ColorRole.HighlightedText if primary else QPalette.ColorRole.ButtonText
    button.setIcon(icon(name, role=role))
    if primary:
        button.setProperty("look", "primary")
    return button
