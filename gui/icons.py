"""Icons drawn as paths in the text colour: the same in light and dark, sharp at every scale."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QPolygonF

_SIDE = 16.0  # the paths are drawn on a square of this side
_SCALES = (1, 2, 3)


def _play(path: QPainterPath) -> None:
    path.addPolygon(QPolygonF([QPointF(4, 2.5), QPointF(13.5, 8), QPointF(4, 13.5)]))
    path.closeSubpath()


def _pause(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3.5, 2.5, 3, 11), 0.8, 0.8)
    path.addRoundedRect(QRectF(9.5, 2.5, 3, 11), 0.8, 0.8)


def _stop(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3, 3, 10, 10), 1.2, 1.2)


def _star(path: QPainterPath) -> None:
    from math import cos, pi, sin

    corners = [
        QPointF(8 + r * sin(i * pi / 5), 8.4 - r * cos(i * pi / 5))
        for i, r in enumerate([6.8, 2.9] * 5)
    ]
    path.addPolygon(QPolygonF(corners))
    path.closeSubpath()


def _speaker(path: QPainterPath) -> None:
    corners = [(1.5, 5.8), (4.2, 5.8), (7.8, 2.6), (7.8, 13.4), (4.2, 10.2), (1.5, 10.2)]
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()


def _waves(path: QPainterPath) -> None:
    for radius in (2.6, 5.2):
        path.arcMoveTo(QRectF(9 - radius, 8 - radius, 2 * radius, 2 * radius), 50)
        path.arcTo(QRectF(9 - radius, 8 - radius, 2 * radius, 2 * radius), 50, -100)


def _cross(path: QPainterPath) -> None:
    path.moveTo(10.2, 6)
    path.lineTo(14.2, 10)
    path.moveTo(14.2, 6)
    path.lineTo(10.2, 10)


def _loop(path: QPainterPath) -> None:
    path.moveTo(2.5, 8)
    path.cubicTo(2.5, 5, 4, 4, 6, 4)
    path.lineTo(13, 4)
    path.moveTo(10.8, 1.8)
    path.lineTo(13, 4)
    path.lineTo(10.8, 6.2)
    path.moveTo(13.5, 8)
    path.cubicTo(13.5, 11, 12, 12, 10, 12)
    path.lineTo(3, 12)
    path.moveTo(5.2, 9.8)
    path.lineTo(3, 12)
    path.lineTo(5.2, 14.2)


def _export(path: QPainterPath) -> None:
    path.moveTo(8, 10)
    path.lineTo(8, 2)
    path.moveTo(4.8, 5)
    path.lineTo(8, 1.8)
    path.lineTo(11.2, 5)
    path.moveTo(2.5, 9.5)
    path.lineTo(2.5, 13.5)
    path.lineTo(13.5, 13.5)
    path.lineTo(13.5, 9.5)


def _person(path: QPainterPath) -> None:
    path.addEllipse(QRectF(5.2, 1.8, 5.6, 5.6))
    path.moveTo(2.5, 14)
    path.cubicTo(2.5, 7.8, 13.5, 7.8, 13.5, 14)


def _search(path: QPainterPath) -> None:
    path.addEllipse(QRectF(2.2, 2.2, 8, 8))
    path.moveTo(9.3, 9.3)
    path.lineTo(13.8, 13.8)


# name → what is filled and what is drawn with a pen
_DRAWN: dict[str, tuple[list[Callable[[QPainterPath], None]], ...]] = {
    "play": ([_play], []),
    "pause": ([_pause], []),
    "stop": ([_stop], []),
    "star": ([_star], [_star]),
    "star-empty": ([], [_star]),
    "volume": ([_speaker], [_waves]),
    "muted": ([_speaker], [_cross]),
    "loop": ([], [_loop]),
    "export": ([], [_export]),
    "voice": ([], [_person]),
    "search": ([], [_search]),
}


def paint(name: str, painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Draw an icon into a square of any size."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / _SIDE, rect.height() / _SIDE)
    fills, lines = _DRAWN[name]
    for draw in fills:
        path = QPainterPath()
        draw(path)
        painter.fillPath(path, colour)
    pen = QPen(colour, 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    for draw in lines:
        path = QPainterPath()
        draw(path)
        painter.strokePath(path, pen)
    painter.restore()


def icon(name: str, palette: QPalette) -> QIcon:
    """The icon in the colours of this palette: call it again when the palette changes."""
    drawn = QIcon()
    modes = {
        QIcon.Mode.Normal: QPalette.ColorGroup.Active,
        QIcon.Mode.Disabled: QPalette.ColorGroup.Disabled,
    }
    for mode, group in modes.items():
        colour = palette.color(group, QPalette.ColorRole.ButtonText)
        for scale in _SCALES:
            side = round(_SIDE) * scale
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint(name, painter, QRectF(0, 0, side, side), colour)
            painter.end()
            pixmap.setDevicePixelRatio(scale)
            drawn.addPixmap(pixmap, mode)
    return drawn
