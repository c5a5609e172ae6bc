"""Probabilities: how likely each token of the last text was, and which others would have been."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.api import Text, TextRequest
from engine.job import Done, Failed, Job, Running, Update
from engine.readings import ScoreRequest, Scores
from engine.system.shown import shown
from gui.look.plain import plain
from gui.studio.context import Context

_LIKELIEST = 4  # tokens that are told for each


class Probabilities(QWidget):
    """A table of the tokens, asked for when it is wanted. busy_changed(). GUI thread."""

    busy_changed = Signal()

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._job: Job | None = None
        self._asked: tuple[ScoreRequest, str] | None = None  # and the model
        self.button = QPushButton(self.tr("Show probabilities"))
        self.button.setToolTip(
            self.tr(
                "Read the last text again and show how likely each token was to the model, before "
                "temperature and penalty"
            )
        )
        self.about = QLabel()
        self.about.setProperty("look", "muted")
        self.about.setWordWrap(True)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(self.tr("Tokens and their probabilities"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Token"), self.tr("Probability"), self.tr("Likeliest")]
        )
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.setMinimumHeight(180)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.button, self.about, self.table):
            column.addWidget(widget)
        self.button.clicked.connect(self.ask)
        studio.writer.updated.connect(self._on_updated)
        self._show()

    @property
    def busy(self) -> bool:
        """Whether probabilities are on their way."""
        return self._job is not None

    def take(self, request: TextRequest, text: Text, model: str) -> None:
        """This was written: of its first text they can be asked."""
        self._asked = None
        if text.tokens and len(text.tokens[0]):
            asked = ScoreRequest(
                written=request, tokens=tuple(text.tokens[0].tolist()), count=_LIKELIEST
            )
            self._asked = asked, model
        self.table.setRowCount(0)
        several = len(text.texts) > 1
        self.about.setText(self.tr("Those of the first text are told.") if several else "")
        self._show()

    @Slot()
    def ask(self) -> None:
        """Ask for them, or, while they come, not any more."""
        if self._job is not None:
            self._job.cancel()
        elif self._asked is not None:
            request, model = self._asked
            self._job = self._studio.submit(request, model=model)
            self._show()
            self.busy_changed.emit()

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if self._job is None or update.job_id != self._job.id or isinstance(update, Running):
            return
        self._job = None
        if isinstance(update, Done):
            self._fill(update.result)
        elif isinstance(update, Failed):
            self._studio.explain(update.error, "write")
        self._show()
        self.busy_changed.emit()

    def _fill(self, scores: Scores) -> None:
        self.table.setRowCount(len(scores.tokens))
        for line, token in enumerate(scores.tokens):
            others = " · ".join(f"{_seen(text)} {_share(p)}" for text, p in token.likeliest)
            cells = (_seen(token.text), _share(token.probability), others)
            for place, words in enumerate(cells):
                cell = QTableWidgetItem(words)
                cell.setToolTip(plain(words))
                if place == 1:
                    cell.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(line, place, cell)

    def _show(self) -> None:
        self.button.setEnabled(self._asked is not None)
        self.button.setText(self.tr("Stop") if self.busy else self.tr("Show probabilities"))
        self.about.setVisible(bool(self.about.text()))
        self.table.setVisible(bool(self.table.rowCount()))


def _seen(text: str) -> str:
    """A token with its spaces and line ends to be seen; a part of a character is three dots."""
    return shown(text.replace(" ", "␣").replace("\n", "↵")) or "…"


def _share(probability: float) -> str:
    return f"{100 * probability:.1f} %"
