"""Words of strangers in the window: names of files, voices and models, texts, what a model wrote.

Nothing in them is hidden, and nothing is markup: a label or a tooltip that takes words for markup
would open the picture that they name, on another machine too.
"""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from engine.system.shown import shown


class Plain(QLabel):
    """A label that shows a text letter by letter."""

    def __init__(self, text: str = "") -> None:
        super().__init__(shown(text))
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show a text, which may quote a stranger."""
        super().setText(shown(text))


def plain(text: str) -> str:
    """A text as a tooltip or a question shows it letter by letter, which may take it for markup."""
    text = shown(text)
    markup = QtGui.Qt.mightBeRichText(text)  # this Qt is another class than that of QtCore
    return QtGui.Qt.convertFromPlainText(text) if markup else text
