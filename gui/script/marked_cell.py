"""The text of a row in the table, with the word that sounds marked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem

_MARGIN = 5  # pixels beside the text, as the table's style has them


def paint_marked(painter: QPainter, option: QStyleOptionViewItem, first: int, last: int) -> None:
    """Draw a cell whose option was initialised; letters first … last−1 of its text are marked."""
    text, option.text = option.text, ""
    style = option.widget.style() if option.widget else QApplication.style()
    style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
    room = QRectF(option.rect).adjusted(_MARGIN, 3, -_MARGIN, -3)
    palette = option.palette
    mark = QTextCharFormat()
    mark.setBackground(palette.brush(QPalette.ColorRole.Accent))
    mark.setForeground(palette.brush(QPalette.ColorRole.Base))
    stretch = QTextLayout.FormatRange()
    stretch.start, stretch.length, stretch.format = first, last - first, mark
    layout = QTextLayout(text, option.font)
    wrap = QTextOption(Qt.AlignmentFlag.AlignLeft)
    wrap.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(wrap)
    layout.setFormats([stretch])
    height = 0.0
    marked = 0.0  # bottom of the line that holds the mark
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room.width())
        line.setPosition(QPointF(0, height))
        height += line.height()
        if line.textStart() <= first:
            marked = height
    layout.endLayout()
    # As the table has it: in the middle; of a long text, the line that sounds is in sight.
    top = (
        (room.height() - height) / 2 if height <= room.height() else min(0, room.height() - marked)
    )
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
    painter.save()
    painter.setClipRect(room)
    painter.setPen(palette.color(role))
    layout.draw(painter, room.topLeft() + QPointF(0, top))
    painter.restore()
