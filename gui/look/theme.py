"""Theme: the colours of the window, light and dark, and the one stylesheet.

Widgets take part by a dynamic property: `widget.setProperty("look", "card")`. Known looks: primary
(the one button of a view), flat (a button without a frame), chip (a small one in a row of many),
nav (the side bar), card (a surface on the page), title, muted, and note, warning, error (messages).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QDir, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QSpinBox

from gui.look.resources import RESOURCES

_ROLE = QPalette.ColorRole


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours by what they are for, "#rrggbb". Text on page, card and field has a contrast of at
    least 4.5; so has on_accent on accent."""

    page: str  # behind everything
    card: str  # surfaces
    field: str  # where one types
    hover: str
    line: str  # borders
    text: str
    muted: str  # text of second rank
    faint: str  # what cannot be used now
    accent: str
    accent_hover: str
    on_accent: str
    chosen: str  # behind what is selected
    warning: str
    warning_page: str
    error: str
    error_page: str
    note_page: str


LIGHT = Colours(
    page="#f3f5f7",
    card="#ffffff",
    field="#ffffff",
    hover="#edf0f3",
    line="#d7dde3",
    text="#1a2027",
    muted="#5b6570",
    faint="#8f99a3",
    accent="#0b7a66",
    accent_hover="#096655",
    on_accent="#ffffff",
    chosen="#d9efe9",
    warning="#8a5300",
    warning_page="#fff4de",
    error="#b3261e",
    error_page="#fdeceb",
    note_page="#e6f3f0",
)
DARK = Colours(
    page="#15181c",
    card="#1d2126",
    field="#171b1f",
    hover="#282d34",
    line="#343b43",
    text="#e8ecf0",
    muted="#a3adb8",
    faint="#6c7681",
    accent="#3cc2a4",
    accent_hover="#5ad3b8",
    on_accent="#06231c",
    chosen="#1f4a41",
    warning="#f0b457",
    warning_page="#362a14",
    error="#ff8a80",
    error_page="#3b1d1c",
    note_page="#16322c",
)


_Spin = TypeVar("_Spin", QSpinBox, QDoubleSpinBox)


def padded(box: _Spin) -> _Spin:
    """A spin box whose number keeps off its border: a stylesheet gives it no padding."""
    box.lineEdit().setTextMargins(6, 0, 0, 0)
    return box


class Theme(QObject):
    """Puts the colours on the application, and again whenever the system changes its mind.

    changed(): the colours are others now. GUI thread.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        QDir.addSearchPath("icons", str(RESOURCES / "icons"))
        app.setStyle("Fusion")
        self.choice = choice
        self.colours = LIGHT
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, choice: str) -> None:
        """Take "light" or "dark", or follow the "system"."""
        self.choice = choice
        self._apply()

    @Slot()
    def _apply(self) -> None:
        dark = self.choice == "dark" or (
            self.choice != "light" and self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        )
        self.colours = DARK if dark else LIGHT
        self._app.setPalette(palette(self.colours))
        self._app.setStyleSheet(stylesheet(self.colours, "dark" if dark else "light"))
        self.changed.emit()


def palette(c: Colours) -> QPalette:
    """The same colours for what Qt draws itself."""
    colours = QPalette(QColor(c.card), QColor(c.page))
    for role, colour in {
        _ROLE.Window: c.page,
        _ROLE.WindowText: c.text,
        _ROLE.Base: c.field,
        _ROLE.AlternateBase: c.hover,
        _ROLE.Text: c.text,
        _ROLE.PlaceholderText: c.muted,
        _ROLE.Button: c.card,
        _ROLE.ButtonText: c.text,
        _ROLE.BrightText: c.error,
        _ROLE.ToolTipBase: c.card,
        _ROLE.ToolTipText: c.text,
        _ROLE.Highlight: c.accent,
        _ROLE.HighlightedText: c.on_accent,
        _ROLE.Link: c.accent,
        _ROLE.LinkVisited: c.accent,
        _ROLE.Accent: c.accent,
        _ROLE.Light: c.card,
        _ROLE.Midlight: c.hover,
        _ROLE.Mid: c.line,
        _ROLE.Dark: c.faint,
        _ROLE.Shadow: c.line,
    }.items():
        colours.setColor(role, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for role in (_ROLE.Text, _ROLE.WindowText, _ROLE.ButtonText):
        colours.setColor(disabled, role, QColor(c.faint))
    colours.setColor(disabled, _ROLE.Highlight, QColor(c.line))
    return colours


def stylesheet(c: Colours, name: str) -> str:
    """The look of the window. name: "light" or "dark", for the pictures of arrows and ticks."""
    return f"""
QToolTip {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line}; padding: 4px 6px; }}
QMainWindow, QDialog {{ background: {c.page}; }}
QScrollArea, QScrollArea > QWidget > QWidget#page {{ background: transparent; border: none; }}

QLabel[look="title"] {{ font-weight: 600; }}
QLabel[look="muted"] {{ color: {c.muted}; }}
QLabel[look="warning"] {{ color: {c.warning}; }}
QLabel[look="error"] {{ color: {c.error}; }}

QFrame[look="card"] {{ background: {c.card}; border: 1px solid {c.line}; border-radius: 10px; }}
QFrame[look="drawer"] {{ background: {c.page}; border: none; }}
QFrame[look="side"] {{ background: {c.card}; border: none; border-right: 1px solid {c.line}; }}
QFrame[look="line"] {{ background: {c.line}; border: none; max-height: 1px; }}
Message {{ border-radius: 8px; }}
Message[look="note"] {{ background: {c.note_page}; border: 1px solid {c.accent}; }}
Message[look="warning"] {{ background: {c.warning_page}; border: 1px solid {c.warning}; }}
Message[look="error"] {{ background: {c.error_page}; border: 1px solid {c.error}; }}

QPushButton, QToolButton {{
    background: {c.card}; color: {c.text}; border: 1px solid {c.line}; border-radius: 7px;
    padding: 5px 12px; min-height: 20px;
}}
QToolButton {{ padding: 5px 7px; }}
QPushButton:hover, QToolButton:hover {{ background: {c.hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {c.line}; }}
QPushButton:checked, QToolButton:checked {{ background: {c.chosen}; border-color: {c.accent}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {c.faint}; background: transparent; }}
QPushButton[look="primary"] {{
    background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: 600;
    padding: 7px 20px;
}}
QPushButton[look="primary"]:hover {{ background: {c.accent_hover}; }}
QPushButton[look="primary"]:focus {{ border: 2px solid {c.text}; padding: 6px 19px; }}
QPushButton[look="primary"]:disabled {{
    background: {c.line}; border-color: {c.line}; color: {c.muted};
}}
QPushButton[look="flat"], QToolButton[look="flat"] {{
    background: transparent; border-color: transparent;
}}
QPushButton[look="flat"]:hover, QToolButton[look="flat"]:hover {{ background: {c.hover}; }}
QPushButton[look="flat"]:focus, QToolButton[look="flat"]:focus {{ border-color: {c.accent}; }}
QPushButton[look="flat"]:checked, QToolButton[look="flat"]:checked {{
    background: {c.chosen};
}}
QPushButton[look="tab-left"] {{ border-top-right-radius: 0; border-bottom-right-radius: 0; }}
QPushButton[look="tab-right"] {{
    border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none;
}}
QPushButton[look="tab-left"]:checked, QPushButton[look="tab-right"]:checked {{
    border-color: {c.line}; font-weight: 600;
}}
QPushButton[look="chip"], QToolButton[look="chip"] {{
    background: {c.hover}; border-color: transparent; border-radius: 12px; padding: 2px 10px;
    color: {c.muted};
}}
QPushButton[look="chip"]:hover {{ color: {c.text}; background: {c.line}; }}
QPushButton[look="chip"]:focus {{ border-color: {c.accent}; }}
QToolButton[look="head"], QToolButton[look="head"]:checked {{
    background: transparent; border: 1px solid transparent; padding: 2px 4px 2px 0;
    margin-left: -5px; font-weight: 600;
}}
QToolButton[look="head"]:focus {{ border-color: {c.accent}; }}
QToolButton[look="nav"] {{
    background: transparent; border: 1px solid transparent; border-radius: 9px;
    padding: 8px 4px 6px 4px; color: {c.muted};
}}
QToolButton[look="nav"]:hover {{ background: {c.hover}; }}
QToolButton[look="nav"]:checked {{ background: {c.chosen}; color: {c.text}; }}
QToolButton[look="nav"]:focus {{ border-color: {c.accent}; }}

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {{
    background: {c.field}; color: {c.text}; border: 1px solid {c.line}; border-radius: 7px;
    padding: 4px 8px; min-height: 20px;
    selection-background-color: {c.accent}; selection-color: {c.on_accent};
}}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {{
    border-color: {c.accent};
}}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{
    color: {c.faint}; background: transparent;
}}
QPlainTextEdit[look="bare"] {{ border: none; background: transparent; padding: 0; }}
QComboBox {{ padding-right: 22px; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url(icons:down-{name}.svg); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{
    background: {c.card}; color: {c.text}; border: 1px solid {c.line}; outline: none;
    selection-background-color: {c.chosen}; selection-color: {c.text};
}}
QAbstractSpinBox {{ padding-right: 18px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
    border: none; background: transparent; width: 18px;
}}
QAbstractSpinBox::up-arrow {{ image: url(icons:up-{name}.svg); width: 11px; height: 11px; }}
QAbstractSpinBox::down-arrow {{ image: url(icons:down-{name}.svg); width: 11px; height: 11px; }}

QCheckBox {{ spacing: 8px; }}
QCheckBox:disabled {{ color: {c.faint}; }}
QCheckBox::indicator {{
    width: 16px; height: 16px; border: 1px solid {c.faint}; border-radius: 4px;
    background: {c.field};
}}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border: 2px solid {c.accent}; }}
QCheckBox::indicator:checked {{
    background: {c.accent}; border-color: {c.accent}; image: url(icons:tick-{name}.svg);
}}
QCheckBox::indicator:checked:focus {{ border: 2px solid {c.text}; }}
QCheckBox::indicator:disabled {{ border-color: {c.line}; background: {c.page}; }}

QListView, QTreeView, QTableView {{
    background: {c.card}; border: 1px solid {c.line}; border-radius: 8px; outline: none;
    selection-background-color: {c.chosen}; selection-color: {c.text};
}}
QHeaderView::section {{
    background: {c.card}; color: {c.muted}; border: none; border-bottom: 1px solid {c.line};
    padding: 5px 8px;
}}
QMenuBar {{ background: {c.card}; border-bottom: 1px solid {c.line}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 5px 10px; border-radius: 6px; background: transparent; }}
QMenuBar::item:selected {{ background: {c.hover}; }}
QMenu {{ background: {c.card}; border: 1px solid {c.line}; padding: 5px; }}
QMenu::item {{ padding: 6px 26px 6px 12px; border-radius: 5px; }}
QMenu::item:selected {{ background: {c.chosen}; color: {c.text}; }}
QMenu::item:disabled {{ color: {c.faint}; }}
QMenu::separator {{ height: 1px; background: {c.line}; margin: 5px 8px; }}
QSplitter::handle {{ background: transparent; }}
QProgressBar {{
    background: {c.hover}; border: none; border-radius: 4px; min-height: 8px; max-height: 8px;
    text-align: center;
}}
QProgressBar::chunk {{ background: {c.accent}; border-radius: 4px; }}
QSlider::groove:horizontal {{ height: 4px; background: {c.line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: {c.accent};
}}
QSlider::handle:horizontal:focus {{ background: {c.text}; }}
QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
QScrollBar::handle {{ background: {c.line}; border-radius: 4px; margin: 2px; min-height: 28px; }}
QScrollBar::handle:hover {{ background: {c.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
