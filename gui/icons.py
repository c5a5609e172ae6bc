"""The icons of the window: outlines on a 24 × 24 grid, drawn in the colours of the palette."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SHAPES = {
    "speak": "M4 5.5h16v11H11l-4.5 3.5v-3.5H4z M8.5 9.5v3 M12 8v6 M15.5 9.5v3",
    "write": "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z M13.5 7l3.5 3.5 M13 20h7",
    "script": "M5 4.5h14v15H5z M8.5 9h7 M8.5 12h7 M8.5 15h4",
    "models": "M12 3.5l8 4.2v8.6l-8 4.2-8-4.2V7.7z M4 7.7l8 4.3 8-4.3 M12 12v8.5",
    "play": "M8 5.5l10.5 6.5L8 18.5z",
    "pause": "M8.5 5.5v13 M15.5 5.5v13",
    "stop": "M7 7h10v10H7z",
    "die": "M5 5h14v14H5z M9 9h.01 M15 9h.01 M12 12h.01 M9 15h.01 M15 15h.01",
    "locked": "M6 11h12v8.5H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "unlocked": "M6 11h12v8.5H6z M8.5 11V8a3.5 3.5 0 0 1 6.7-1.3",
    "star": "M12 4l2.5 5.2 5.6.8-4 4 .9 5.6-5-2.7-5 2.7.9-5.6-4-4 5.6-.8z",
    "folder": "M3.5 6.5h6l2 2.5h9v10h-17z",
    "save": "M12 4v10 M8 10.5l4 4 4-4 M5 19h14",
    "close": "M6.5 6.5l11 11 M17.5 6.5l-11 11",
    "note": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M12 11v5 M12 8h.01",
    "warning": "M12 4.5l8.5 15h-17z M12 10v4.5 M12 17h.01",
    "more": "M9.5 6l6 6-6 6",
    "less": "M6 9.5l6 6 6-6",
}
_FILLED = {"play", "stop"}


class _Engine(QIconEngine):
    """Draws one shape in the palette's colour of the moment, at any size."""

    def __init__(self, name: str, role: QPalette.ColorRole, filled: bool) -> None:
        super().__init__()
        self._name, self._role, self._filled = name, role, filled

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Normal
        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        colour = QGuiApplication.palette().color(group, self._role)
        _renderer(self._name, colour, self._filled).render(painter, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: object, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)  # type: ignore[call-overload]
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role, self._filled)


def icon(
    name: str,
    role: QPalette.ColorRole = QPalette.ColorRole.ButtonText,
    *,
    filled: bool = False,
) -> QIcon:
    """An icon by name, in a colour of the palette; it follows a change of theme by itself."""
    return QIcon(_Engine(name, role, filled or name in _FILLED))


def _renderer(name: str, colour: QColor, filled: bool) -> QSvgRenderer:
    paint, fill = colour.name(), colour.name() if filled else "none"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<path d="{_SHAPES[name]}" fill="{fill}" stroke="{paint}" '
        f'stroke-opacity="{colour.alphaF():.2f}" stroke-width="1.7" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))
