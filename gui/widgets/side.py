"""What the side panels are made of: a column that scrolls, and a grid of titles and fields."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

WIDTH = 344  # pixels


class SidePanel(QScrollArea):
    """Sections one below the other. A wheel that scrolls them changes no value on its way. Where
    the letters are so large that there is no room, it scrolls sideways too."""

    def __init__(self, sections: Iterable[QWidget]) -> None:
        super().__init__()
        page = self._page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        for section in sections:
            column.addWidget(section)
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # An object of its own: a scroll area hears of every event of what it scrolls.
        guard = _WheelGuard(self)
        for kind in (QComboBox, QAbstractSpinBox):
            for control in page.findChildren(kind):
                control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                control.installEventFilter(guard)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As wide as its controls are in this font."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._page.minimumSizeHint().width() + bar, super().minimumSizeHint().height())


class _WheelGuard(QObject):
    """Keeps the wheel from controls that were not clicked."""

    def eventFilter(self, control: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let it pass to the panel."""
        passing = isinstance(control, QWidget) and not control.hasFocus()
        if passing and event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(control, event)


def stacked(widgets: Iterable[QWidget]) -> QWidget:
    """Controls one below the other: what a section holds."""
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    return content


def field_grid(fields: Iterable[tuple[str, QWidget]]) -> QGridLayout:
    """Titles on the left, the fields that they name on the right."""
    grid = QGridLayout()
    grid.setSpacing(6)
    grid.setColumnStretch(1, 1)
    for line, (title, field) in enumerate(fields):
        label = QLabel(title)
        label.setBuddy(field)
        field.setAccessibleName(title)
        grid.addWidget(label, line, 0)
        grid.addWidget(field, line, 1)
    return grid
