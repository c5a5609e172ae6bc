"""Which sentence stands at the foot of the window: that of the view which is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from gui.widgets.message import Message


class Messages(QObject):
    """A warning belongs to its view: it goes with it, comes back with it, and ends when it was
    dismissed or the view begins other work. GUI thread."""

    def __init__(self, message: Message, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._message = message
        self._view = ""  # the one that is shown
        self._whose = ""  # the sentence that stands there
        self._kept: dict[str, tuple[str, str]] = {}  # sentence and kind, by view
        message.dismissed.connect(self._on_dismissed)

    @Slot(str, str, str)
    def say(self, sentence: str, kind: str = "note", view: str = "") -> None:
        """Show a sentence, also one of another view: it may be all that is heard of it."""
        self._whose = view or self._view
        if kind == "note":
            self._kept.pop(self._whose, None)
        else:
            self._kept[self._whose] = sentence, kind
        self._message.say(sentence, kind)

    def show_view(self, view: str) -> None:
        """Another view is shown."""
        if view == self._view:
            return
        self._view = view
        if view in self._kept:
            self.say(*self._kept[view])
        else:
            self._message.hide()

    @Slot()
    def work_begins(self) -> None:
        """What was said of the work before does not hold any more."""
        self._kept.pop(self._view, None)
        if self._whose == self._view:
            self._message.hide()

    def take_back(self, sentence: str) -> None:
        """This sentence does not hold any more, wherever it stands."""
        for view in [view for view, kept in self._kept.items() if kept[0] == sentence]:
            del self._kept[view]
            if view == self._whose:
                self._message.hide()

    @Slot()
    def cause_is_gone(self) -> None:
        """Another model or other settings: what was said of the earlier ones does not hold."""
        self._kept.clear()
        self._message.hide()

    @Slot()
    def _on_dismissed(self) -> None:
        self._kept.pop(self._whose, None)
