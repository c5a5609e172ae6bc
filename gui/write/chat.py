"""The Chat page: a conversation that goes on, is changed anywhere, and keeps every branch."""

from __future__ import annotations

import html

from PySide6.QtCore import QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from engine.system.shown import shown
from gui.look.icons import icon
from gui.look.plain import plain
from gui.look.spoken_name import name_box
from gui.studio.context import Context
from gui.write.chats import Chats
from gui.write.conversation import Conversation, Message

_LATER = 1000  # milliseconds from a change to its writing
_MOST = 100_000  # characters of a message


class ChatPage(QWidget):
    """Conversations on the disk, the messages of one of them, and the box for the next message.

    asked(str, object): answer this message; the object is what was said before it, as a
    TextRequest has it. The answer comes by `begin`, `add` and `end`. stop_requested(). GUI thread.
    """

    asked = Signal(str, object)
    stop_requested = Signal()

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._chats = Chats(studio.history.history.folder.with_name("chats"))
        self._conversations: list[Conversation] = []
        self._answer = ""  # the id of the message that is being written
        self._question = ""  # the id of the message that is to be answered
        self._edited = ""  # the id of the message whose text stands in the box
        self._changed: set[str] = set()  # names of conversations that are not on the disk yet
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._save_later)
        self.which = QComboBox()
        name_box(self.which, self.tr("Conversation"))
        self.which.setMinimumContentsLength(12)
        self.which.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.new_button = QPushButton(self.tr("New"))
        self.new_button.setAccessibleName(self.tr("New conversation"))
        self.delete_button = QPushButton(self.tr("Delete"))
        self.delete_button.setAccessibleName(self.tr("Delete the conversation"))
        self.system = QLineEdit()
        self.system.setPlaceholderText(self.tr("What the model is to be (system message)"))
        self.system.setAccessibleName(self.tr("System message"))
        self.system.setMaxLength(_MOST)
        self.messages = QTextBrowser()
        self.messages.setOpenLinks(False)
        self.messages.setAccessibleName(self.tr("Messages"))
        self.box = QPlainTextEdit()
        self.box.setPlaceholderText(self.tr("Your message …"))
        self.box.setAccessibleName(self.tr("Your message"))
        self.box.setTabChangesFocus(True)
        self.box.setMaximumHeight(3 * self.box.fontMetrics().lineSpacing() + 20)
        self.send_button = QPushButton(self.tr("Send"))
        self.send_button.setProperty("look", "primary")
        self.send_button.setIcon(icon("write", role=QPalette.ColorRole.HighlightedText))
        self.send_button.setToolTip(self.tr("Send the message (Ctrl+Enter)"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setIcon(icon("stop"))
        self.stop_button.setToolTip(self.tr("Stop writing (Esc)"))
        self.leave_button = QPushButton(self.tr("Leave it as it was"))
        self._lay_out()
        self._connect()
        self._load()

    @property
    def conversation(self) -> Conversation:
        """The one that is shown."""
        return self._conversations[self.which.currentIndex()]

    # ── what the user does ────────────────────────────────────────────────────────────────────

    @Slot()
    def send(self) -> None:
        """Say what stands in the box, or put it in the place of the message that is changed."""
        text = self.box.toPlainText().strip()
        if self._question or not text:
            return
        if len(text) > _MOST:
            self._studio.say(
                self.tr("The message is too long: at most {0} characters.").format(f"{_MOST:,}"),
                "warning",
            )
            return
        if self.conversation.full:
            self._studio.say(self.tr("This conversation is full: begin a new one."), "warning")
            return
        if self._edited:
            message = self.conversation.edit(self._edited, text)
        else:
            message = self.conversation.say("user", text)
        self.box.clear()
        self._edited = ""
        self._change()
        if message.role == "user":
            self._ask(message)

    @Slot(QUrl)
    def _on_link(self, url: QUrl) -> None:
        act, _, id = url.toString().partition(":")
        if self._question:  # an answer is being written: it knows its place
            return
        conversation = self.conversation
        message = conversation.message(id)
        if act == "edit":
            self._edited = id
            self.box.setPlainText(message.text)
            self.box.setFocus()
            self._show_acts()
        elif act in ("answer", "again"):
            self._ask(message if act == "answer" else conversation.message(message.parent))
        elif act == "speak":
            self._studio.speak_requested.emit(message.text)
        elif act in ("before", "after"):
            branches = conversation.branches(id)
            place = branches.index(id) + (1 if act == "after" else -1)
            conversation.show(branches[place % len(branches)])
            self._change()

    @Slot()
    def _on_which(self) -> None:
        self._edited = ""  # of another one; its text stays in the box
        self.show_conversation()

    @Slot()
    def _on_leave(self) -> None:
        self._edited = ""
        self.box.clear()
        self._show_acts()

    @Slot()
    def _on_new(self) -> None:
        empty = next((c for c in self._conversations if not c.title and not c.system), None)
        if empty is None:
            empty = Conversation()
            self._conversations.insert(0, empty)
            self.which.insertItem(0, "")
        self.which.setCurrentIndex(self._conversations.index(empty))
        self._on_which()
        self.box.setFocus()

    @Slot()
    def _on_delete(self) -> None:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.tr("Delete the conversation?"),
            plain(
                self.tr("The conversation “{0}” and all its branches will be gone.").format(
                    self.conversation.title
                )
            ),
            buttons.Yes | buttons.Cancel,
        )
        if answer != buttons.Yes:
            return
        gone = self._conversations.pop(self.which.currentIndex())
        self._changed.discard(gone.name)
        self.which.removeItem(self.which.currentIndex())
        errand = self._studio.errands.ask(self._chats.remove, gone.name)
        errand.failed.connect(self._on_not_deleted)
        if not self._conversations:
            self._on_new()
        self._on_which()

    @Slot(object)
    def _on_not_deleted(self, error: Exception) -> None:
        self._studio.say(self.tr("The conversation stays on the disk: {0}").format(error), "error")

    @Slot(str)
    def _on_system(self, text: str) -> None:
        self.conversation.system = text
        self._note_change()

    # ── answers ───────────────────────────────────────────────────────────────────────────────

    def _ask(self, message: Message) -> None:
        self.conversation.show(message.id)
        self.conversation.leaf = message.id
        self._question = message.id
        self.show_conversation()
        self.asked.emit(message.text, self.conversation.history(message.id))

    def begin(self) -> None:
        """An answer is on its way."""
        self._answer = self.conversation.say("assistant", "", self._question).id
        self.show_conversation()

    def add(self, text: str) -> None:
        """More of the answer."""
        if not self.conversation.message(self._answer).text:
            text = text.lstrip()
        self.conversation.grow(self._answer, text)
        end = QTextCursor(self.messages.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        end.insertText(text)
        bar = self.messages.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._note_change()

    def end(self) -> None:
        """The answer is whole, was stopped, or could not be begun. What came of it stays."""
        answer, self._answer, self._question = self._answer, "", ""
        if answer and not self.conversation.message(answer).text:
            self.conversation.drop(answer)
        self._change()

    # ── the disk ──────────────────────────────────────────────────────────────────────────────

    def remember(self) -> None:
        """Write now what is not on the disk yet, as at the end of the program."""
        self._later.stop()
        for conversation in self._to_save():
            try:
                self._chats.save(conversation.name, conversation.to_plain())
            except Exception as error:
                self._on_not_saved(error)

    def _load(self) -> None:
        self._conversations, unread, damaged = self._chats.load()
        for path in unread:
            self._studio.say(
                self.tr("A conversation cannot be read now: {0}").format(path), "warning", "write"
            )
        for path in damaged:
            self._studio.say(
                self.tr("A conversation was damaged; its file is called {0} now.").format(path),
                "warning",
                "write",
            )
        if not self._conversations:
            self._conversations = [Conversation()]
        self.which.addItems([""] * len(self._conversations))
        chosen = self._studio.state.get("write.conversation", "")
        names = [conversation.name for conversation in self._conversations]
        self.which.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self.show_conversation()

    def _note_change(self) -> None:
        self._changed.add(self.conversation.name)
        if not self._later.isActive():
            self._later.start()

    def _to_save(self) -> list[Conversation]:
        """Those that are not on the disk, the one that stands first written last: so it will be."""
        changed, self._changed = self._changed, set()
        return [each for each in reversed(self._conversations) if each.name in changed]

    @Slot()
    def _save_later(self) -> None:
        for conversation in self._to_save():
            errand = self._studio.errands.ask(
                self._chats.save, conversation.name, conversation.to_plain()
            )
            errand.failed.connect(self._on_not_saved)

    @Slot(object)
    def _on_not_saved(self, error: Exception) -> None:
        self._changed.update(each.name for each in self._conversations if each.title)
        if isinstance(error, UserError):
            self._studio.explain(error, "write")
        elif isinstance(error, OSError):
            words = self.tr("The conversation is not on the disk yet: {0}").format(error)
            self._studio.say(words, "warning", "write")
        else:
            self._studio.explain(error)

    # ── how it looks ──────────────────────────────────────────────────────────────────────────

    def _change(self) -> None:
        self._note_change()
        self.show_conversation()

    @Slot()
    def show_conversation(self) -> None:
        """Show the conversation that is chosen, as it is now."""
        conversation = self.conversation
        self._studio.state.set("write.conversation", conversation.name)
        for number, each in enumerate(self._conversations):
            self.which.setItemText(number, shown(each.title) or self.tr("New conversation"))
        if self.system.text() != conversation.system:
            self.system.setText(conversation.system)
        parts = [self._as_html(message) for message in conversation.path()]
        self.messages.setHtml("".join(parts))
        bar = self.messages.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._show_acts()

    def _show_acts(self) -> None:
        busy = bool(self._question)
        for widget in (self.which, self.new_button, self.delete_button, self.send_button):
            widget.setEnabled(not busy)
        self.stop_button.setEnabled(busy)
        self.leave_button.setVisible(bool(self._edited))
        self.send_button.setText(self.tr("Change") if self._edited else self.tr("Send"))

    def _as_html(self, message: Message) -> str:
        """A message with the links that act on it."""
        mine, id = message.role == "user", message.id
        name = self.tr("You") if mine else self.tr("The model")
        links = []
        if id != self._answer:
            branches = self.conversation.branches(id)
            if len(branches) > 1:
                place = f"{branches.index(id) + 1}/{len(branches)}"
                links.append(f'<a href="before:{id}">‹</a> {place} <a href="after:{id}">›</a>')
            acts = [("edit", self.tr("change"))]
            if mine:
                acts.append(("answer", self.tr("answer")))
            else:
                acts += [("again", self.tr("write anew"))] * bool(message.parent)
                acts.append(("speak", self.tr("speak")))
            links += [f'<a href="{act}:{id}">{word}</a>' for act, word in acts]
        head = f"<b>{name}</b>" + "".join(f" &nbsp; {link}" for link in links)
        text = html.escape(shown(message.text))
        narrow = "margin-top: 2px; margin-bottom: 6px"
        return (
            f'<p style="{narrow}">{head}</p><p style="{narrow}; white-space: pre-wrap">{text}</p>'
        )

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.which, 1)
        top.addWidget(self.new_button)
        top.addWidget(self.delete_button)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for button in (self.send_button, self.stop_button, self.leave_button):
            acts.addWidget(button)
        acts.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.system)
        column.addWidget(self.messages, 1)
        column.addWidget(self.box)
        column.addLayout(acts)

    def _connect(self) -> None:
        self.which.activated.connect(self._on_which)
        self.new_button.clicked.connect(self._on_new)
        self.delete_button.clicked.connect(self._on_delete)
        self.system.textEdited.connect(self._on_system)
        self.messages.anchorClicked.connect(self._on_link)
        self.send_button.clicked.connect(self.send)
        self.stop_button.clicked.connect(self.stop_requested)
        self.leave_button.clicked.connect(self._on_leave)
