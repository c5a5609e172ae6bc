"""Message: one sentence for the user at the foot of the window, until it is read or replaced.

A line is kept free for it, so that nothing moves when it comes; a longer one covers what is above.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from engine.system.shown import shown
from gui.look.icons import icon
from gui.look.plain import Plain
from gui.widgets.sentences import translated

_NOTE_SECONDS = 8  # a note goes by itself; a warning and an error wait
_LONG = re.compile(r"([^\s/\\]{30})(?=[^\s/\\])")  # the name of a file: no line would end in it
_BREAK = "\u200b"  # which nobody sees


class Message(QFrame):
    """Hidden while there is nothing to say. dismissed(): the user has read it."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._sign.setAccessibleName(self.tr("Note"))
        self._text = Plain()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setProperty("look", "flat")
        close.setIcon(icon("close"))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss the message"))
        close.clicked.connect(self._on_close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 6, 2)
        row.setSpacing(10)
        row.addWidget(self._sign, 0)
        row.addWidget(self._text, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NOTE_SECONDS * 1000)
        self._timer.timeout.connect(self.hide)
        self._place: QWidget | None = None
        self.hide()

    def sit_on(self, place: QWidget) -> None:
        """Stand where this empty widget keeps a line free."""
        self._place = place
        self.setParent(place.parentWidget())
        close = self.findChild(QToolButton)
        assert isinstance(close, QToolButton)
        place.setFixedHeight(close.sizeHint().height() + 4)  # one line, whatever was said before
        place.installEventFilter(self)
        self.hide()

    def eventFilter(self, place: QObject, event: QEvent) -> bool:  # noqa: N802
        """Go with the place."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._settle()
        return super().eventFilter(place, event)

    def _settle(self) -> None:
        if self._place is None:
            return
        place = self._place.geometry()
        layout = self.layout()
        assert layout is not None
        height = max(place.height(), layout.totalHeightForWidth(place.width()))
        self.setGeometry(place.x(), place.bottom() + 1 - height, place.width(), height)
        self.raise_()

    @Slot()
    def _on_close(self) -> None:
        self.hide()
        self.dismissed.emit()

    @property
    def sentence(self) -> str:
        """What it says now; "" while it is hidden."""
        return "" if self.isHidden() else self._text.accessibleName()

    def say(self, sentence: str, kind: str = "note") -> None:
        """Show a sentence, of the window or of the engine. kind: "note", "warning" or "error"."""
        sentence = shown(translated(sentence))
        self.setProperty("look", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        kinds = {"warning": self.tr("Warning"), "error": self.tr("Error")}
        self._sign.setAccessibleName(kinds.get(kind, self.tr("Note")))
        sign = "note" if kind == "note" else "warning"
        self._sign.setPixmap(icon(sign).pixmap(QSize(20, 20), self.devicePixelRatioF()))
        self._text.setText(_LONG.sub(rf"\1{_BREAK}", sentence))
        self._text.setAccessibleName(sentence)
        self._settle()
        self.show()
        if kind == "note":
            self._timer.start()
        else:
            self._timer.stop()
        QAccessible.updateAccessibility(QAccessibleEvent(self._text, QAccessible.Event.Alert))
