"""Elided: a line of text with … where it does not fit, and the whole of it as its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip

from gui.look.plain import Plain, plain

_FULL = 0.85  # of lines that end between two words
_WRAPS = int(Qt.TextFlag.TextWordWrap)


class Elided(Plain):
    """Takes what room there is, and never asks for more."""

    def __init__(
        self,
        text: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        lines: int = 1,
    ) -> None:
        """mode: where the … stands. Of the name of a file the end says more than the middle. lines:
        of a long text, where what stands beside it leaves room for them."""
        super().__init__(text)
        self._mode, self._lines = mode, lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def shown(self) -> str:
        """What can be read of it."""
        width, metrics = self.contentsRect().width(), self.fontMetrics()
        if self._lines > 1:
            all_lines = round(_FULL * self._lines * width)
            for text in (self.text(), metrics.elidedText(self.text(), self._mode, all_lines)):
                if self._fits(text, width):
                    return text
        return metrics.elidedText(self.text(), self._mode, width)

    def _fits(self, text: str, width: int) -> bool:
        """Whether it has room in lines of this width: no line ends within a word."""
        metrics, room = self.fontMetrics(), QRect(0, 0, width, 10_000)
        needed = metrics.boundingRect(room, _WRAPS, text)
        line = metrics.boundingRect(room, int(Qt.TextFlag.TextSingleLine), text)
        # Letters of another font make a line higher than this one's.
        return needed.width() <= width and needed.height() <= self._lines * line.height()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self.sizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802
        hint = super().sizeHint()  # of an empty line, too: what stands below it stays
        return QSize(hint.width(), max(hint.height(), self.fontMetrics().height()))

    def event(self, event: QEvent) -> bool:
        """The whole text as the tooltip, where it is cut and has no other."""
        asked = isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip
        if asked and not self.toolTip():
            assert isinstance(event, QHelpEvent)
            whole = "" if self.shown == self.text() else self.text()
            QToolTip.showText(event.globalPos(), plain(whole), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self.style().drawItemText(
            QPainter(self),
            self.contentsRect(),
            int(self.alignment()) | (_WRAPS if self._lines > 1 else 0),
            self.palette(),
            self.isEnabled(),
            self.shown,
            self.foregroundRole(),
        )
