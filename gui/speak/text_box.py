"""The text box: what is to be spoken, how long that will take, and the sounds Bark knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.models.info import ModelFacts
from engine.system.outside import TEXT_BYTES, read_outside
from engine.system.presence import is_folder
from gui.look.plain import Plain
from gui.speak.division import Chosen, Figures, count
from gui.speak.editor import LIMIT, Editor, clean, too_long
from gui.speak.unread import in_words, mark
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.elided import Elided
from gui.widgets.outlook import duration
from gui.widgets.sentences import sentence
from gui.widgets.voice_names import language_name, languages_of

_PAUSE = 250  # milliseconds without a key before the text is counted
_KEEP = QTextCursor.MoveMode.KeepAnchor

_TAGS = ("[laughs]", "[sighs]", "[gasps]", "♪", "…")
_MORE_TAGS = ("[laughter]", "[clears throat]", "[music]", "—", "[MAN]", "[WOMAN]")


def is_short(path: Path) -> bool:
    """Whether a file is a text that may fit into the box, or is not there: then reading it says
    so."""
    if path.suffix.lower() not in ("", ".txt") or is_folder(path):
        return False
    with suppress(OSError):
        return path.stat().st_size <= LIMIT
    return True


def read_texts(paths: list[Path]) -> str:
    """The texts of several files, in their order, with a line between them. Errand thread. Raises
    UserError for a file that is none."""
    return "\n\n".join(read_text(path).strip("\n") for path in paths)


def read_text(path: Path) -> str:
    """The text of a file. Errand thread. Raises UserError for a file that is none."""
    try:
        if path.is_file() and path.stat().st_size > 4 * LIMIT:  # bytes of a character at most
            raise UserError(too_long(path.stat().st_size))
        data = read_outside(path, TEXT_BYTES)
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror}): choose another file") from error
    from engine.documents.encoding import decode

    return decode(data, path.name)[0]


class TextBox(QFrame):
    """The editor, the helper buttons below it and the counters. figures: of the text as it is.

    counted(language): they are known, and what language the text is in.
    """

    changed = Signal()
    counted = Signal(str)

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._errand: Errand | None = None
        self.figures: Figures | None = None
        self.voice: Callable[[], str | None] = lambda: None  # that will speak
        self.numbers: Callable[[], bool] = lambda: True  # in words
        self.setProperty("look", "card")
        self.editor = Editor()
        self.editor.setPlaceholderText(self.tr("Type a text, or drop a text file here …"))
        self.editor.setAccessibleName(self.tr("Text to speak"))
        self.editor.setMinimumHeight(self.editor.fontMetrics().lineSpacing() + 12)
        self.counter = Plain()
        self.counter.setProperty("look", "muted")
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.counter.setWordWrap(True)  # before the buttons beside it lose their letters
        self.counter.setMinimumHeight(2 * self.counter.fontMetrics().lineSpacing())
        self.otherwise = Elided()  # the whole is its tooltip
        self.otherwise.setProperty("look", "muted")
        self.otherwise.hide()
        self._tags = self._tag_row()
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self._tags)
        bottom.addWidget(self.counter, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 14, 8)
        column.setSpacing(8)
        column.addWidget(self.editor, 1)
        column.addWidget(self.otherwise)
        column.addLayout(bottom)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._count)
        self.editor.textChanged.connect(self._on_text_changed)
        self.editor.refused.connect(self._on_refused)
        studio.facts_changed.connect(self._on_facts)
        studio.state.was_reset.connect(self.count_again)
        self._on_facts(studio.facts)

    def text(self) -> str:
        """What stands in the box, with what is being composed."""
        return clean(self.editor.whole_text())

    @Slot(str)
    def take(self, text: str) -> None:
        """Replace the text; Undo brings the earlier one back."""
        cursor = self.editor.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        self._put(cursor, text)

    def insert(self, text: str) -> None:
        """Put a text at the cursor, in place of what is selected."""
        self._put(self.editor.textCursor(), text)

    def _put(self, cursor: QTextCursor, text: str) -> None:
        text = clean(text)
        kept = len(self.editor.toPlainText()) - len(cursor.selectedText())
        if kept + len(text) > LIMIT:
            self._on_refused(too_long(kept + len(text)))
            return
        cursor.insertText(text)
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    # ── helper buttons ────────────────────────────────────────────────────────────────────────

    def _tag_row(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for tag in _TAGS:
            button = QPushButton(tag)
            button.setProperty("look", "chip")
            button.setToolTip(self._about(tag))
            button.setAccessibleName(self.tr("Insert {}").format(tag))
            button.clicked.connect(self._on_tag)
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
        more = QPushButton(self.tr("More"))
        more.setProperty("look", "chip")
        more.setAccessibleName(self.tr("More sounds"))
        menu = QMenu(more)
        for tag in _MORE_TAGS:
            action = menu.addAction(f"{tag}    {self._about(tag)}")
            action.setData(tag)
            action.triggered.connect(self._on_tag)
        more.setMenu(menu)
        more.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        row.addWidget(more)
        row.addStretch(1)
        return widget

    def _about(self, tag: str) -> str:
        return {
            "♪": self.tr("Sing the selected words"),
            "…": self.tr("Hesitate"),
            "—": self.tr("Break off"),
            "[MAN]": self.tr("A man speaks"),
            "[WOMAN]": self.tr("A woman speaks"),
            "[music]": self.tr("Music"),
        }.get(tag, self.tr("A sound, not a word"))

    @Slot()
    def _on_tag(self) -> None:
        sender = self.sender()
        assert isinstance(sender, QPushButton | QAction)
        tag = sender.text() if isinstance(sender, QPushButton) else sender.data()
        cursor = self.editor.textCursor()
        selected = cursor.selectedText().replace("\u2029", "\n")
        if tag == "♪":
            self.insert(f"♪ {selected.strip()} ♪" if selected else "♪ ")
            return
        cursor.setPosition(cursor.selectionEnd())
        place = cursor.position()
        before = self.editor.document().characterAt(place - 1) if place else " "
        gap = "" if tag in "…—" or before.isspace() else " "
        cursor.insertText(gap + tag + ("" if tag == "…" else " "))
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    # ── counters ──────────────────────────────────────────────────────────────────────────────

    @Slot(object)
    def _on_facts(self, facts: ModelFacts | None) -> None:
        self._tags.setVisible(facts is not None and facts.sound_tags)
        self._on_text_changed()

    @Slot()
    def _on_text_changed(self) -> None:
        self.figures = None
        if not self.text().strip():
            mark(self.editor, "")
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        self._timer.start()
        self._show_counts()
        self.changed.emit()

    @Slot()
    def _count(self) -> None:
        text = self.text()
        if not text.strip():
            return
        studio = self._studio
        chosen = Chosen(studio.model, studio.facts, self.voice(), self.numbers())
        self._errand = studio.errands.ask(count, studio.backend, chosen, text)
        self._errand.done.connect(self._on_counted)
        self._errand.failed.connect(studio.explain)

    @Slot(object)
    def _on_counted(self, figures: Figures) -> None:
        self._errand = None
        self.figures = figures
        mark(self.editor, figures.lost)
        self._show_counts()
        self.counted.emit(figures.language)

    def _show_counts(self) -> None:
        otherwise = self.figures.otherwise if self.figures is not None else ()
        if self.figures is not None or not self.text().strip():  # no flicker while one types
            self.otherwise.setText(self.tr("Spoken as: {}").format(" ".join(otherwise)))
            self.otherwise.setVisible(bool(otherwise))
        characters = len(self.editor.toPlainText())  # the document counts UTF-16
        count = f"{characters:,}"
        parts = [self.tr("1 character") if count == "1" else self.tr("{} characters").format(count)]
        warning = ""
        if self.figures is not None and characters:
            parts += self._measured(self.figures)
            warning = self._warning(self.figures)
        if characters > LIMIT:
            warning = too_long(characters)
        self.counter.setText(warning or "   ·   ".join(parts))
        self.counter.setToolTip("   ·   ".join(parts))
        self.counter.setProperty("look", "warning" if warning else "muted")
        self.counter.style().unpolish(self.counter)
        self.counter.style().polish(self.counter)

    def _measured(self, figures: Figures) -> list[str]:
        parts = []
        if figures.tokens:
            tokens = f"{sum(figures.tokens):,}"
            parts.append(
                self.tr("1 token") if tokens == "1" else self.tr("{} tokens").format(tokens)
            )
        if len(figures.rows) > 1:
            parts.append(self.tr("{} parts").format(len(figures.rows)))
        parts.append("≈ " + duration(sum(figures.seconds)))
        parts.append(self._languages(figures.language))
        return [part for part in parts if part]

    def _languages(self, language: str) -> str:
        """Of the text and of the voice. Of Latin letters nobody can tell which language it is."""
        spoken = languages_of(self.voice() or "", self._studio.facts)
        voice = language if language in spoken else next(iter(spoken), "")
        latin = language == "en"
        if latin and not re.search("[A-Za-z]", self.text()):
            return ""
        text = self.tr("Latin letters") if latin else language_name(language)
        if not voice:
            return text
        return self.tr("{0}, voice {1}").format(text, language_name(voice))

    def _warning(self, figures: Figures) -> str:
        facts = self._studio.facts
        if facts is None:
            return ""
        if figures.lacking:
            return sentence(figures.lacking)
        if figures.lost:
            return in_words(self._studio.model, figures.lost)
        for number, tokens in enumerate(figures.tokens, start=1):
            if tokens > facts.max_tokens:
                return self.tr("Part {} is too long: {} tokens of {}").format(
                    number, tokens, facts.max_tokens
                )
        for number, seconds in enumerate(figures.seconds, start=1):
            if seconds > facts.max_seconds:
                return self.tr("Part {} will probably be cut: ≈ {:.0f} s of {:.0f}").format(
                    number, seconds, facts.max_seconds
                )
        return ""

    @Slot()
    def count_again(self) -> None:
        """Another voice speaks, or otherwise."""
        self._timer.start()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._studio.say(sentence, "warning")
