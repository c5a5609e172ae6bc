"""The editor of the text box: no surprises, whatever is pasted, dropped or composed."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QMimeData, Signal
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from gui.widgets.dropped import files_in, has_files

LIMIT = 20_000  # characters: some twenty minutes of speech; the script table takes whole books
_LARGER = 1.3  # of the window's font size
_KEEP = QTextCursor.MoveMode.KeepAnchor

# What no text holds, but a paste may: control characters, halves of characters, non-characters.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """A text without what cannot be shown or spoken."""
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def too_long(characters: int) -> str:
    """The sentence for a text that the box does not hold."""
    sentence = QCoreApplication.translate(
        "TextBox",
        "This text has some {} characters and the box holds {}: save it as a file and open that "
        "in the Script view.",
    )
    return sentence.format(f"{characters:,}", f"{LIMIT:,}")


class Editor(QPlainTextEdit):
    """Plain text without surprises.

    refused(str): a paste was too long. dropped(list[Path]): files were dropped together.
    """

    refused = Signal(str)
    dropped = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "bare")
        self.setTabChangesFocus(True)
        self._hint = ""  # the placeholder, while a word is composed over it
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _LARGER)
        self.setFont(font)

    def whole_text(self) -> str:
        """The text with the word that an input method is composing, where it stands."""
        composed = self.textCursor().block().layout()
        place = self.textCursor().block().position() + composed.preeditAreaPosition()
        before = QTextCursor(self.document())
        before.setPosition(place if composed.preeditAreaText() else 0, _KEEP)
        start = len(before.selectedText())  # in characters: positions count UTF-16
        text = self.toPlainText()
        return text[:start] + composed.preeditAreaText() + text[start:]

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        """Hide the hint under the first word that is composed."""
        super().inputMethodEvent(event)
        composing = bool(event.preeditString())
        if composing and self.placeholderText():
            self._hint = self.placeholderText()
            self.setPlaceholderText("")
        elif not composing and self._hint:
            self.setPlaceholderText(self._hint)
            self._hint = ""

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Texts and files."""
        return has_files(source) or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Paste or drop: files are handed on, a text is cleaned, a huge one refused."""
        if files := files_in(source):
            self.dropped.emit(files)
            return
        text = source.text()
        cursor = self.textCursor()
        kept = len(self.toPlainText()) - len(cursor.selectedText())
        if kept + len(text) > LIMIT:
            self.refused.emit(too_long(kept + len(text)))
            return
        cursor.insertText(clean(text))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
