"""Work: the text that is being written, its stages, and its sentences to whoever speaks them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox

from engine.api import Progress, TextRequest
from engine.job import Done, Failed, Job, Running, Update
from gui.studio.context import Context
from gui.widgets.stages import TEXT, StageStrip
from gui.write.along import Along


class Work(QObject):
    """One request at a time. strip: its stages. along: whether it is spoken while it is written.

    grew(Progress): a new piece of text. ended(Update): the last update of the request. GUI thread.
    """

    grew = Signal(object)
    ended = Signal(object)

    def __init__(self, studio: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._job: Job | None = None
        self._sentences = Along()
        self._spoken = False  # something of this text was
        self.strip = StageStrip()
        self.strip.start(TEXT)
        self.strip.clear()
        self.along = QCheckBox(self.tr("Speak it while it is written"))
        self.along.setToolTip(
            self.tr(
                "Sentence by sentence, as is chosen on the page Speak; both models are in memory "
                "then. Of several texts the first is spoken"
            )
        )
        self.along.toggled.connect(self._on_along)
        studio.writer.updated.connect(self._on_updated)

    @property
    def busy(self) -> bool:
        """Whether a text is being written."""
        return self._job is not None

    def begin(self, request: TextRequest, model: str) -> None:
        """Have a request done; nothing may be at work."""
        self._sentences, self._spoken = Along(), False
        self._job = self._studio.submit(request, model=model)
        self.strip.start(TEXT)

    def stop(self) -> None:
        """Stop at once, and be silent where it was spoken."""
        if self._job is not None:
            self._job.cancel()
            if self._spoken:
                self._studio.silence_requested.emit()

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if self._job is None or update.job_id != self._job.id:
            return
        if isinstance(update, Running):
            self.strip.advance(update.progress)
            if update.progress.text:
                self._speak(update.progress)
                self.grew.emit(update.progress)
            return
        self._job = None
        if isinstance(update, Done):
            self.strip.finish(update.result.metrics, 0.0)
            self._say(self._sentences.end())
        elif isinstance(update, Failed):
            self.strip.clear()
            self._studio.explain(update.error, "write")
        else:
            self.strip.stop()
        self.ended.emit(update)

    def _speak(self, progress: Progress) -> None:
        if self.along.isChecked() and progress.row <= 0:
            self._say(self._sentences.add(progress.text))

    def _say(self, text: str) -> None:
        if text and any(map(str.isalnum, text)):
            self._spoken = True
            self._studio.speak_along.emit(text)

    @Slot(bool)
    def _on_along(self, wanted: bool) -> None:
        self._studio.both = wanted
