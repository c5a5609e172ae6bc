"""Words that are cut off a row's take: which are left, and the menu by which they are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton

from engine.listening.marks import MarkedWord
from engine.script.project import Project
from engine.script.selection import RowState
from engine.script.trims import can_begin, kept_seconds
from engine.system.shown import shown
from gui.script.hearing import hearing_of
from gui.widgets.heard_text import AFTER, BEFORE, NOTHING

_BESIDE = 3  # words beside the one at which is cut, to tell it from others


def why_not(project: Project | None, state: RowState | None, words: Sequence[MarkedWord]) -> str:
    """Why no word can be cut off a row's take, as a sentence; "" where one can."""
    if project is None or state is None or state.key is None:
        return QCoreApplication.translate(
            "TrimButton", "There is no take yet: render the row first"
        )
    if not project.recipe.listen:
        return QCoreApplication.translate(
            "TrimButton",
            "Nobody hears the takes, so it is not known when their words sound: choose under "
            "“How it is spoken” who does, and render",
        )
    if hearing_of(project, state.key) is None:
        return QCoreApplication.translate(
            "TrimButton", "The take was not heard yet: render the row, and it will be"
        )
    if not any(map(can_begin, words)):
        return QCoreApplication.translate("TrimButton", "None of the words was heard in the take")
    return ""


def left_in_words(project: Project | None, row: str, state: RowState | None) -> str:
    """What is left of a row's take, as a sentence; "" where nothing is cut off."""
    if project is None or state is None or state.key is None or state.measures is None:
        return ""
    if state.trim is not None:
        left, whole = kept_seconds(state.measures, state.trim), kept_seconds(state.measures)
        words = QCoreApplication.translate("TrimButton", "Trimmed: {0} of {1} s are left.")
        return words.format(f"{left:.1f}", f"{whole:.1f}")
    if project.choice(row).trim is not None:
        return QCoreApplication.translate(
            "TrimButton", "Another take of this row was trimmed; this one is whole."
        )
    return ""


class TrimButton(QPushButton):
    """Offers the words at which a take can be cut. GUI thread. cut_requested(int, str): as of
    HeardText."""

    cut_requested = Signal(int, str)

    def __init__(self) -> None:
        super().__init__(self.tr("Trim"))
        self._words: Sequence[MarkedWord] = ()
        self._left: Sequence[bool] = ()
        self._is_trimmed = False
        menu = QMenu(self)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    def show_take(
        self, words: Sequence[MarkedWord], left: Sequence[bool], why_not: str, *, is_trimmed: bool
    ) -> None:
        """Offer the words of another take. left: which of them are not cut off. why_not: as the
        function says. is_trimmed: something can be had back."""
        if tuple(words) != tuple(self._words):
            self.menu().close()  # it is of other words
        self._words, self._left, self._is_trimmed = () if why_not else words, left, is_trimmed
        self.setEnabled(is_trimmed or not why_not)
        self.setToolTip(
            why_not or self.tr("Let the take begin or end at one of its words; the take stays")
        )

    @Slot()
    def fill(self) -> None:
        """Put into the menu what can be done now."""
        menu = self.menu()
        menu.clear()
        kept = [number for number, is_left in enumerate(self._left) if is_left]
        for title, what, chosen in (
            (self.tr("Begin at"), BEFORE, kept[:1]),
            (self.tr("End after"), AFTER, kept[-1:]),
        ):
            words = menu.addMenu(title)
            words.setEnabled(bool(self._words))
            for number, word in enumerate(self._words):
                if can_begin(word):
                    action = words.addAction(self._around(number, what))
                    action.setCheckable(True)
                    action.setChecked(number in chosen)
                    action.triggered.connect(
                        lambda _, number=number, what=what: self.cut_requested.emit(number, what)
                    )
        menu.addSeparator()
        whole = menu.addAction(self.tr("The whole take again"))
        whole.setEnabled(self._is_trimmed)
        whole.triggered.connect(lambda: self.cut_requested.emit(-1, NOTHING))

    def _around(self, number: int, what: str) -> str:
        """A word with some that follow, where the take would begin, or that come before."""
        words = [word.text for word in self._words if not word.besides]
        at = sum(not word.besides for word in self._words[:number])
        if what == BEFORE:
            first, last = at, at + 1 + _BESIDE
        else:
            first, last = max(0, at - _BESIDE), at + 1
        text = "".join(words[first:last]).strip()
        before, after = "… " * (first > 0), " …" * (last < len(words))
        shorter = f"{text}{after}" if what == BEFORE else f"{before}{text}"
        return shown(shorter).replace("&", "&&")
