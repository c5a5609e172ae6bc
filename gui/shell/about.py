"""About this machine, as the doctor sees it, and about the program and its licences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib import metadata

from PySide6.QtCore import QCoreApplication, QSize, Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

import engine
from engine.models.info import MachineFact
from engine.system.shown import shown
from gui.look.enter import primary
from gui.look.plain import plain
from gui.studio.context import Context
from gui.widgets.sentences import translated, translated_through

_PROGRAM = "bark-studio"


class MachineDialog(QDialog):
    """The doctor's report as text to copy. It is asked for when the dialog opens."""

    def __init__(self, studio: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About this machine"))
        self.resize(860, 460)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(self.tr("Looking at this machine, some seconds…"))
        self.text.setAccessibleName(self.tr("Report about this machine"))
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(self.tr("Looking at this machine"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.setAccessibleName(self.tr("Copy the report"))
        self.copy_button.setEnabled(False)
        self.copy_button.clicked.connect(self.copy)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        for widget in (self.text, self.bar, buttons):
            column.addWidget(widget)
        primary(self, buttons.button(QDialogButtonBox.StandardButton.Close))
        errand = studio.downloads.ask(studio.backend.examine)
        errand.done.connect(self._on_report)
        errand.failed.connect(self._on_failed)

    @Slot()
    def copy(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    @Slot(object)
    def _on_report(self, facts: list[MachineFact]) -> None:
        self._show(in_words(facts))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._show(translated(str(error)))

    def _show(self, report: str) -> None:
        self.bar.hide()
        self.text.setPlainText(shown(report))
        self.copy_button.setEnabled(True)


def in_words(facts: Sequence[MachineFact]) -> str:
    """The report in the language of the window: a line for each fact; what is lacking is marked,
    with its remedy on the next line."""
    translate = QCoreApplication.translate
    names = [translated_through(fact.name) for fact in facts]
    wide = max(map(_cells, names), default=0) + 1
    lines = []
    for fact, name in zip(facts, names, strict=True):
        mark, gap = "!" if fact.mend else " ", " " * (wide - _cells(name))
        lines.append(f"{mark} {name}{gap}{translated_through(fact.value)}")
        if fact.mend:
            words = translate("MachineDialog", "to mend it: {0}")
            lines.append(" " * (wide + 2) + words.format(translated_through(fact.mend)))
    lacking = sum(1 for fact in facts if fact.mend)
    words = translate("MachineDialog", "{0} to mend, marked with !").format(lacking)
    return "\n".join(
        [*lines, "", words if lacking else translate("MachineDialog", "Nothing is lacking.")]
    )


def _cells(words: str) -> int:
    """How wide words are in a font of one width: Japanese letters take two places."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


class ProgramDialog(QDialog):
    """Name, version, and the packages with their licences, as they say themselves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Bark Studio"))
        self.resize(620, 520)
        sign = QLabel()
        sign.setPixmap(
            QIcon("icons:bark-studio.svg").pixmap(QSize(72, 72), self.devicePixelRatio())
        )
        sign.setAccessibleName("Bark Studio")
        name = QLabel("Bark Studio")
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        name.setFont(font)
        about = QLabel(
            self.tr("Version {version}. Speaks text with the Bark model, on this machine.").format(
                version=engine.__version__
            )
        )
        model = QLabel(
            self.tr(
                "Bark is a model by Suno under the MIT licence. Qt and PySide6 are used under the "
                "LGPL, version 3. What else the program rests on:"
            )
        )
        for label in (about, model):
            label.setWordWrap(True)
        self.table = QTableWidget()
        self._fill()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(name)
        words.addWidget(about)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(14)
        column.addLayout(head)
        column.addWidget(model)
        column.addWidget(self.table, 1)
        column.addWidget(buttons)

    def _fill(self) -> None:
        found = packages()
        table = self.table
        table.setColumnCount(3)
        table.setHorizontalHeaderLabels(
            [self.tr("Package"), self.tr("Version"), self.tr("Licence")]
        )
        table.setRowCount(len(found))
        for row, facts in enumerate(found):
            for number, fact in enumerate(facts):
                item = QTableWidgetItem(shown(fact))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setToolTip(plain(fact))
                table.setItem(row, number, item)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setStyleSheet("QTableView::item { padding: 2px 8px; }")  # under the heads
        table.setAccessibleName(self.tr("Packages and their licences"))
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)


def packages() -> list[tuple[str, str, str]]:
    """Name, version and licence of each package that the program uses and that is here."""
    try:
        required = metadata.requires(_PROGRAM) or []
    except metadata.PackageNotFoundError:
        return []
    used = [line for line in required if not re.search(r"extra == .test", line)]
    names = {m[0] for line in used if (m := re.match(r"[\w.-]+", line)) is not None}
    found = []
    for name in sorted(names, key=str.lower):
        try:
            package = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append((str(package["Name"]), str(package["Version"]), licence_of(package)))
    return found


def licence_of(package: metadata.PackageMetadata) -> str:
    """What a package says of its licence, in one line."""
    if expression := package.get_all("License-Expression"):
        return str(expression[0])
    written = str((package.get_all("License") or [""])[0]).strip()
    if written and "\n" not in written and len(written) < 60:  # some put the whole text there
        return written
    trove = (str(line) for line in package.get_all("Classifier") or [])
    named = [line.rpartition("::")[2].strip() for line in trove if line.startswith("License ::")]
    return ", ".join(named) or "–"
