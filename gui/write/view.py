"""The Write view: a prompt, the text that grows from it, and what compiling and running cost."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QPalette, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.api import Greedy, Progress, Text, TextRequest
from engine.job import Done, Failed, Update
from gui.look.icons import icon
from gui.studio.context import Context
from gui.widgets.drawer import Drawer
from gui.widgets.kept_splitter import KeptSplitter
from gui.widgets.section import Section
from gui.widgets.side import SidePanel, stacked
from gui.write.chat import ChatPage
from gui.write.figures import Computed
from gui.write.models import ModelBox
from gui.write.precision import TextPrecision
from gui.write.probabilities import Probabilities
from gui.write.schema import SchemaBox
from gui.write.search import EndBox, SearchBox
from gui.write.setup import WriteSetup
from gui.write.work import Work

_LIMIT = 100_000  # characters of a prompt; the model's context is far smaller


class WriteView(QWidget):
    """Prompt and text on the left, everything that can be chosen on the right."""

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self.studio = studio
        self._pieces: dict[int, str] = {}  # row → its text so far
        self.prompt = QPlainTextEdit()
        self.prompt.setPlaceholderText(self.tr("A beginning to be continued, or a question …"))
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setTabChangesFocus(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setPlaceholderText(self.tr("The text appears here while it is written."))
        self.text.setAccessibleName(self.tr("Written text"))
        self.write_button = QPushButton(self.tr("Write"))
        self.write_button.setProperty("look", "primary")
        self.write_button.setIcon(icon("write", role=QPalette.ColorRole.HighlightedText))
        self.write_button.setToolTip(self.tr("Continue the prompt (Ctrl+Enter)"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setIcon(icon("stop"))
        self.stop_button.setToolTip(self.tr("Stop writing (Esc)"))
        self.speak_button = QPushButton(self.tr("Speak this"))
        self.speak_button.setIcon(icon("speak"))
        self.speak_button.setToolTip(
            self.tr("Speak the text, or what is marked in it, on the page Speak")
        )
        self.status = QLabel()
        self.status.setProperty("look", "muted")
        self.status.setWordWrap(True)
        self.model = ModelBox(studio)
        self.chat = QCheckBox(self.tr("Answer as in a chat"))
        self.chat.setToolTip(
            self.tr("Put the prompt into the model's chat template, where it has one")
        )
        self.search = SearchBox()
        self.end = EndBox(studio.state)
        self.schema = SchemaBox(studio)
        self.warm_button = QPushButton(self.tr("Warm these buckets now"))
        self.warm_button.setToolTip(
            self.tr("Compile what this prompt and these choices need, and write nothing yet")
        )
        self.compiled = Computed()
        self.precision = TextPrecision(studio, self._read_text, lambda: self.model.chosen)
        self.conversation = ChatPage(studio)
        self._chatting = False  # the work is an answer in the conversation
        self.work = Work(studio, self)
        self.strip = self.work.strip
        self.probabilities = Probabilities(studio)
        self.setup = WriteSetup(studio)
        self._kinds = QTabWidget()
        self._lay_out()
        self._connect()
        self.prompt.setPlainText(studio.state.get("write.prompt", ""))
        self._restore()
        self._show_work()
        self._choose_page()

    @property
    def first(self) -> QWidget:
        """What has the keyboard when the view is shown."""
        return self.conversation.box if self._kinds.currentIndex() else self.prompt

    @property
    def home(self) -> QWidget:
        """What takes the keyboard from a control that cannot be used any more."""
        return self.conversation.send_button if self._kinds.currentIndex() else self.write_button

    # ── writing ───────────────────────────────────────────────────────────────────────────────

    def show_chat(self) -> None:
        """Show the conversations."""
        self._kinds.setCurrentIndex(1)

    @Slot()
    def write(self) -> None:
        """Continue the prompt."""
        self._submit(only_compile=False)

    @Slot()
    def _on_enter(self) -> None:
        (self.conversation.send if self._kinds.currentIndex() else self.write)()

    @Slot()
    def warm(self) -> None:
        """Compile what writing this prompt would need."""
        self._submit(only_compile=True)

    @Slot()
    def stop(self) -> None:
        """Stop at once; what was written stays."""
        self.work.stop()

    @Slot()
    def speak(self) -> None:
        """Speak the text, or what is marked of it, in the Speak view."""
        marked = self.text.textCursor().selectedText().replace("\u2029", "\n")
        text = (marked or self.text.toPlainText()).strip()
        if text:
            self.studio.speak_requested.emit(text)

    def _submit(self, *, only_compile: bool) -> None:
        prompt = self.prompt.toPlainText()
        if self._busy:
            return
        if not prompt.strip():
            self.studio.say(self.tr("There is nothing to continue: type at least one word."))
            self.prompt.setFocus()
            return
        if len(prompt) > _LIMIT:
            self.studio.say(
                self.tr("The prompt is too long: at most {0} characters.").format(f"{_LIMIT:,}"),
                "warning",
            )
            return
        request = TextRequest(
            prompts=(prompt,),
            search=self.search.value(draw=not only_compile),
            chat=None if self.chat.isChecked() else False,
            only_compile=only_compile,
            **self._chosen(),
        )
        if self._begin(request) and not only_compile:
            self._pieces = {}
            self.text.clear()

    @Slot(str, object)
    def _on_asked(self, message: str, history: tuple[tuple[str, str], ...]) -> None:
        """Answer in the conversation: with one text, whatever the search gives."""
        search = self.search.value(draw=True)
        if not isinstance(search, Greedy):
            search = dataclasses.replace(search, sequences=1)
        request = TextRequest(
            prompts=(message,), search=search, chat=True, history=history, **self._chosen()
        )
        if self._busy:
            self.studio.say(self.tr("Something else is at work: wait for it, or stop it."))
            self.conversation.end()
        elif self._begin(request):
            self._chatting = True
            self.conversation.begin()
        else:
            self.conversation.end()

    def _chosen(self) -> dict[str, Any]:
        """What texts and answers share of a request."""
        precision, key_values = self.precision.value
        return {
            "max_new_tokens": self.end.tokens.value(),
            "stop": self.end.strings(),
            "precision": precision,
            "key_values": key_values,
        }

    @property
    def _busy(self) -> bool:
        """Whether nothing can be begun now."""
        asking = self.precision.busy or self.probabilities.busy
        return self.work.busy or asking or self._pages.currentWidget() is self.setup

    def _begin(self, request: TextRequest) -> bool:
        """Have a request done; whether there is a model for it."""
        if not self.model.chosen:
            self.studio.say(self.tr("No text model is here yet: get one on the page Models."))
            self.studio.show_requested.emit("models")
            return False
        asked = self.schema.into(request)
        if asked is None:
            return False
        self._request = asked, self.model.chosen
        self.work.begin(asked, self.model.chosen)
        self._show_work()
        return True

    @Slot(object)
    def _on_grew(self, progress: Progress) -> None:
        if self._chatting:
            self.conversation.add(progress.text)
        else:
            self._add(progress)

    @Slot(object)
    def _on_ended(self, update: Update) -> None:
        if self._chatting:
            self._chatting = False
            self.conversation.end()
        if isinstance(update, Done):
            self._on_done(update.result)
        else:
            self.status.setText("" if isinstance(update, Failed) else self.tr("Stopped."))
        self._show_work()

    def _read_text(self) -> str:
        """What precisions are compared by: prompt and text."""
        return f"{self.prompt.toPlainText()}\n{self.text.toPlainText()}"

    def _add(self, progress: Progress) -> None:
        row = progress.row
        self._pieces[row] = self._pieces.get(row, "") + progress.text
        if len(self._pieces) > 1:
            self._show_texts()
            return
        end = QTextCursor(self.text.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        end.insertText(progress.text)  # a cursor of its own: what the user marked stays marked
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _show_texts(self) -> None:
        rows = sorted(self._pieces)
        self.text.setPlainText(
            "\n\n".join(f"— {row + 1} —\n{self._pieces[row].strip()}" for row in rows)
        )

    def _on_done(self, text: Text) -> None:
        self.compiled.show_text(text)
        self.precision.note(text)
        if not text.texts:
            self.status.setText(self.tr("Ready to write."))
            return
        request, model = self._request
        self.probabilities.take(request, text, model)
        tokens = sum(len(row) for row in text.tokens)
        self.status.setText(
            self.tr("{0} tokens · {1} tokens/s · the first after {2} s").format(
                tokens, f"{text.tokens_per_second:.1f}", f"{text.first_token:.2f}"
            )
        )
        if "context" in text.endings:
            self.studio.say(
                self.tr("The model's context is full: the text was cut."), "warning", "write"
            )
        elif request.schema and set(text.endings) != {"end"}:
            self.studio.say(
                self.tr("The JSON is not whole: ask for more tokens."), "warning", "write"
            )
        elif self.end.strings() and not {"stop", "end"} & set(text.endings):
            self.studio.say(self.tr("No stop string ever came: the text was cut."))

    @Slot()
    def _show_work(self) -> None:
        busy = self.work.busy
        for button in (self.write_button, self.warm_button):
            button.setEnabled(not self._busy)
        self.stop_button.setEnabled(busy)
        if busy:
            self.status.setText(self.tr("Writing …"))
        self._on_text_changed()

    @Slot()
    def _on_text_changed(self) -> None:
        self.speak_button.setEnabled(not self.work.busy and not self.text.document().isEmpty())

    @Slot()
    def _choose_page(self) -> None:
        ready = self.studio.backend.can_write()
        self._pages.setCurrentWidget(self._page if ready else self.setup)

    # ── what is remembered ────────────────────────────────────────────────────────────────────

    def remember(self) -> None:
        """Keep everything that is chosen for the next start."""
        state = self.studio.state
        state.set("write.prompt", self.prompt.toPlainText()[:_LIMIT])
        state.set("write.model", self.model.chosen)
        state.set("write.page", self._kinds.currentIndex())
        self.conversation.remember()
        state.set("write.search", self.search.to_plain())
        state.set("write.chat", self.chat.isChecked())
        state.set("write.along", self.work.along.isChecked())
        for part in (self.end, self.schema, self.precision):
            part.remember()

    @Slot()
    def _restore(self) -> None:
        state = self.studio.state
        self.search.from_plain(state.get("write.search", {}))
        self.chat.setChecked(state.get("write.chat", True))
        self.work.along.setChecked(state.get("write.along", False))
        self._kinds.setCurrentIndex(state.get("write.page", 0))

    # ── layout and keys ───────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for widget in (self.write_button, self.stop_button):
            actions.addWidget(widget)
        actions.addStretch(1)
        actions.addWidget(self.speak_button)
        lower = QWidget()
        under = QVBoxLayout(lower)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(10)
        under.addLayout(actions)
        under.addWidget(self.text, 1)
        under.addWidget(self.status)
        self._texts = KeptSplitter("write.texts", Qt.Orientation.Vertical, self.studio.state)
        self._texts.addWidget(self.prompt)
        self._texts.addWidget(lower)
        self._texts.restore([180, 420])
        self._kinds.setAccessibleName(self.tr("Text or chat"))
        self._kinds.setDocumentMode(True)
        self._kinds.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its bar has it
        self._kinds.addTab(self._texts, self.tr("Text"))
        self._kinds.addTab(self.conversation, self.tr("Chat"))
        figures = QFrame()
        figures.setProperty("look", "card")
        QVBoxLayout(figures).addWidget(self.strip)
        figures.layout().setContentsMargins(14, 10, 14, 10)  # type: ignore[union-attr]
        page = QWidget()
        left = QVBoxLayout(page)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(10)
        left.addWidget(self._kinds, 1)
        left.addWidget(figures)
        self._page = Drawer("write", page, self._inspector(), self.studio.state)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._page)
        self._pages.addWidget(self.setup)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _inspector(self) -> QWidget:
        return SidePanel(
            Section(name, title, stacked(widgets), self.studio.state)
            for name, title, widgets in (
                ("text model", self.tr("Text model"), (self.model, self.chat, self.work.along)),
                ("search", self.tr("Search"), (self.search,)),
                ("end", self.tr("End of the text"), (self.end,)),
                ("schema", self.tr("JSON by a schema"), (self.schema,)),
                ("text precision", self.tr("Precision"), (self.precision,)),
                ("probabilities", self.tr("Probabilities"), (self.probabilities,)),
                ("compile", self.tr("How it was computed"), (self.compiled, self.warm_button)),
            )
        )

    def _connect(self) -> None:
        self.work.grew.connect(self._on_grew)
        self.work.ended.connect(self._on_ended)
        self.setup.ready.connect(self._choose_page)
        self.studio.state.was_reset.connect(self._restore)
        self.text.textChanged.connect(self._on_text_changed)
        self.write_button.clicked.connect(self.write)
        self.stop_button.clicked.connect(self.stop)
        self.speak_button.clicked.connect(self.speak)
        self.warm_button.clicked.connect(self.warm)
        for part in (self.precision, self.probabilities):
            part.busy_changed.connect(self._show_work)
        self.model.currentIndexChanged.connect(self.precision.show_choice)
        self.conversation.asked.connect(self._on_asked)
        self.conversation.stop_requested.connect(self.stop)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, context=context).activated.connect(self._on_enter)
        QShortcut(QKeySequence("Esc"), self, context=context).activated.connect(self.stop)
