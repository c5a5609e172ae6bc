"""What of a text the model cannot read: marked in the editor, and in words with the way out."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

_MOST = 500  # passages that are marked: more are no help to anybody
_SHOWN = 12  # letters that the sentence names


def passages(text: str, lost: str) -> Iterator[tuple[int, int]]:
    """Where letters of `lost` stand in a text, neighbours together: first and last + 1, counted as
    Qt does, in UTF-16."""
    letters = frozenset(lost)
    start, at = -1, 0
    for letter in text:
        if letter in letters:
            start = at if start < 0 else start
        elif start >= 0:
            yield start, at
            start = -1
        at += 2 if ord(letter) > 0xFFFF else 1
    if start >= 0:
        yield start, at


def mark(editor: QPlainTextEdit, lost: str) -> None:
    """Mark every passage with these letters; none takes the marks away."""
    format = QTextCharFormat()
    format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    format.setUnderlineColor(editor.palette().color(QPalette.ColorRole.BrightText))
    format.setForeground(editor.palette().color(QPalette.ColorRole.BrightText))
    marked = []
    if lost:
        for start, stop in passages(editor.toPlainText(), lost):
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(editor.document())
            cursor.setPosition(start)
            cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format = format
            marked.append(selection)
            if len(marked) == _MOST:
                break
    editor.setExtraSelections(marked)


def in_words(model: str, lost: str) -> str:
    """Why these letters are marked, and what to do."""
    shown = lost if len(lost) <= _SHOWN else f"{lost[:_SHOWN]}…"
    return QCoreApplication.translate(
        "TextBox",
        "{0} cannot read what is marked ({1}) and would leave it out: write it in other letters, "
        "or get a model on the page Models that reads them.",
    ).format(model, shown)
