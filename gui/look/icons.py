"""The icons of the window: outlines on a 24 × 24 grid, drawn in the colours of the palette."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

_STAR = "M12 4l2.5 5.2 5.6.8-4 4 .9 5.6-5-2.7-5 2.7.9-5.6-4-4 5.6-.8z"
_SHAPES = {
    "speak": "M4 5.5h16v11H11l-4.5 3.5v-3.5H4z M8.5 9.5v3 M12 8v6 M15.5 9.5v3",
    "write": "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z M13.5 7l3.5 3.5 M13 20h7",
    "script": "M5 4.5h14v15H5z M8.5 9h7 M8.5 12h7 M8.5 15h4",
    "models": "M12 3.5l8 4.2v8.6l-8 4.2-8-4.2V7.7z M4 7.7l8 4.3 8-4.3 M12 12v8.5",
    "benchmark": "M4 4v16h16 M8.5 16v-4 M12.5 16V7.5 M16.5 16v-6.5",
    "play": "M8 5.5l10.5 6.5L8 18.5z",
    "pause": "M8.5 5.5v13 M15.5 5.5v13",
    "stop": "M7 7h10v10H7z",
    "loop": "M4 12c0-4 2-6 5-6h10.5 M16.5 3l3 3-3 3 M20 12c0 4-2 6-5 6H4.5 M7.5 15l-3 3 3 3",
    "volume": "M4 9.5h3.5l4.5-4v13l-4.5-4H4z M15 9.5a4 4 0 0 1 0 5 M17.7 7a7.5 7.5 0 0 1 0 10",
    "muted": "M4 9.5h3.5l4.5-4v13l-4.5-4H4z M15.5 9.5l5 5 M20.5 9.5l-5 5",
    "output": "M4 15v-3a8 8 0 0 1 16 0v3 M4 14.5h3.5v5.5H4z M16.5 14.5H20v5.5h-3.5z",
    "listen": "M7 10a5 5 0 0 1 10 0c0 4-4 4-4 7a3 3 0 0 1-5 2 M10 10.5a2 2 0 0 1 4 0q0 2-2 3",
    "die": "M5 5h14v14H5z M9 9h.01 M15 9h.01 M12 12h.01 M9 15h.01 M15 15h.01",
    "locked": "M6 11h12v8.5H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "unlocked": "M6 11h12v8.5H6z M8.5 11V8a3.5 3.5 0 0 1 6.7-1.3",
    "star": _STAR,
    "star-empty": _STAR,
    "folder": "M3.5 6.5h6l2 2.5h9v10h-17z",
    "save": "M12 4v10 M8 10.5l4 4 4-4 M5 19h14",
    "export": "M12 15V4 M7.5 8L12 3.5 16.5 8 M4.5 13.5v6h15v-6",
    "voice": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4.5 20c0-8 15-8 15 0",
    "search": "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12z M15 15l5 5",
    "close": "M6.5 6.5l11 11 M17.5 6.5l-11 11",
    "note": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M12 11v5 M12 8h.01",
    "warning": "M12 4.5l8.5 15h-17z M12 10v4.5 M12 17h.01",
    "panel": "M4 5h16v14H4z M14.5 5v14",
    "more": "M9.5 6l6 6-6 6",
    "less": "M6 9.5l6 6 6-6",
}
_FILLED = {"play", "stop", "star"}


def icon(
    name: str,
    palette: QPalette | None = None,
    *,
    role: QPalette.ColorRole = QPalette.ColorRole.ButtonText,
) -> QIcon:
    """An icon by name, in one colour of the palette, sharp at every scale.

    palette: None is the application's of the moment, so that the icon follows a change of theme.
    """
    return QIcon(_Engine(name, palette, role))


def paint(name: str, painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Draw an icon into a square of any size."""
    fill = colour.name() if name in _FILLED else "none"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<path d="{_SHAPES[name]}" fill="{fill}" stroke="{colour.name()}" '
        f'stroke-opacity="{colour.alphaF():.2f}" stroke-width="1.7" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>'
    )
    QSvgRenderer(QByteArray(svg.encode())).render(painter, rect)


class _Engine(QIconEngine):
    """Draws one shape whenever Qt needs it."""

    def __init__(self, name: str, palette: QPalette | None, role: QPalette.ColorRole) -> None:
        super().__init__()
        self._name, self._palette, self._role = name, palette, role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Active
        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        palette = self._palette or QGuiApplication.palette()
        paint(self._name, painter, QRectF(rect), palette.color(group, self._role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._palette, self._role)
