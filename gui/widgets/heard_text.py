"""A text to read along with: marked where it was heard otherwise, and where it sounds just now."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QPalette
from PySide6.QtWidgets import QLabel, QMenu

from engine.system.shown import shown

if TYPE_CHECKING:  # the window is up before anything is to be heard
    from engine.listening.marks import MarkedWord

BEFORE, AFTER, NOTHING = "before", "after", ""  # of a sound that is cut at a word
_PAGE = 60  # words that are shown at once: an hour of sound has nine thousand


class HeardText(QLabel):
    """The words of a take. GUI thread.

    word_clicked(float): the second at which the word begins that was clicked. cut_requested(int,
    str): what is to be cut off at word number int: what is BEFORE it, or AFTER it, or NOTHING.
    """

    word_clicked = Signal(float)
    cut_requested = Signal(int, str)

    def __init__(self, *, cuts: bool = False) -> None:
        """cuts: a word has a menu by which the sound is cut there."""
        super().__init__()
        self._cuts = cuts
        self._pointed = -1  # number of the word under the pointer
        self.words: tuple[MarkedWord, ...] = ()
        self.sounding = -1  # number of the word that is marked as such
        self._left: Sequence[bool] = ()  # which words are not cut off; () is all
        self._first = 0  # word of the page
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setToolTip(
            self.tr("Click a word to hear from there; its menu cuts the sound there")
            if cuts
            else self.tr("Click a word to hear from there")
        )
        self.linkActivated.connect(self._on_link)
        self.linkHovered.connect(self._on_pointed)
        self.hide()

    def show_words(self, words: Sequence[MarkedWord], left: Sequence[bool] = ()) -> None:
        """Show what was heard of another take; () of none. left: which of the words are not cut
        off; () is all of them."""
        if tuple(words) == self.words:
            if left != self._left:
                self._left = left
                self._draw()
            return
        for menu in self.findChildren(QMenu):
            menu.close()  # it is of other words
        self._left = left
        self.words, self.sounding, self._pointed = tuple(words), -1, -1
        others = (number for number, word in enumerate(self.words) if word.amiss)
        self._first = next(others, 0) // _PAGE * _PAGE
        self._draw()
        self.setVisible(bool(self.words))

    def set_position(self, seconds: float) -> None:
        """Mark the word that sounds at this second of the take; below 0 none."""
        self.mark(word_at(self.words, seconds))

    def mark(self, number: int) -> None:
        """Mark a word; −1 for none."""
        number = number if number < len(self.words) else -1
        if number != self.sounding:
            self.sounding = number
            if number >= 0:
                self._first = number // _PAGE * _PAGE
            self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """The menu of the word under the pointer."""
        if self._cuts and 0 <= self._pointed < len(self.words):
            self.menu_of(self._pointed).popup(event.globalPos())

    def menu_of(self, number: int) -> QMenu:
        """What can be done at word `number`."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = self.words[number].text.strip()
        for title, what in (
            (self.tr("Cut off what is before “{0}”").format(name), BEFORE),
            (self.tr("Cut off what is after “{0}”").format(name), AFTER),
            (self.tr("All of the sound again"), NOTHING),
        ):
            action = menu.addAction(title.replace("&", "&&"))
            action.triggered.connect(lambda _, what=what: self.cut_requested.emit(number, what))
        return menu

    @Slot(str)
    def _on_pointed(self, link: str) -> None:
        self._pointed = int(link) if link else -1

    @Slot(str)
    def _on_link(self, link: str) -> None:
        self.word_clicked.emit(self.words[int(link)].start)

    def _draw(self) -> None:
        last = min(self._first + _PAGE, len(self.words))
        parts = [self._word(number) for number in range(self._first, last)]
        before, after = "… " * bool(self._first), " …" * (last < len(self.words))
        self.setText(before + "".join(parts) + after)

    def _word(self, number: int) -> str:
        word, palette = self.words[number], self.palette()
        colour = palette.color(QPalette.ColorRole.Text).name()
        style = "text-decoration:none"
        if self._left and not self._left[number]:
            colour = palette.color(QPalette.ColorRole.PlaceholderText).name()
        elif word.amiss:
            colour = palette.color(QPalette.ColorRole.BrightText).name()
            style = "font-style:italic" if word.besides else "text-decoration:line-through"
        if number == self.sounding:
            colour = palette.color(QPalette.ColorRole.HighlightedText).name()
            style += f";background-color:{palette.color(QPalette.ColorRole.Highlight).name()}"
        text = word.text.rstrip()
        space = word.text[len(text) :]
        marked = f'<a href="{number}" style="color:{colour};{style}">{html.escape(shown(text))}</a>'
        if word.heard and not word.besides:
            following = self.words[number + 1 : number + 2]
            if not (following and following[0].heard == word.heard):  # one for several words
                marked += f" <i>{html.escape(shown(word.heard))}</i>"
        return marked + space


def word_at(words: Sequence[MarkedWord], seconds: float) -> int:
    """The number of the word that sounds at a second, −1 where none does."""
    found = -1
    for number, word in enumerate(words):
        if word.start <= seconds < word.end:
            found = number
    return found
