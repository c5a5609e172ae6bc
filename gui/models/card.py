"""ModelCard: one model, where it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
)

from engine.models.info import ModelInfo, Verdict
from engine.system.shown import shown
from gui.look import words
from gui.look.plain import Plain, plain
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.open_folder import open_folder


class ModelCard(QFrame):
    """One model: its name and what it is, where it is, and what can be done with it."""

    def __init__(self, studio: Context, model: ModelInfo) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.studio = studio
        self.model = model
        self._errand: Errand | None = None
        self._doing = ""  # "download" or "verify"
        self._name = Plain(model.id)
        self._name.setProperty("look", "title")
        self.about = Plain()
        self.where = Plain()
        for label in (self.about, self.where):
            label.setProperty("look", "muted")
            label.setWordWrap(True)
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(shown(self.tr("Progress of {model}").format(model=model.id)))
        self.use = self._button(self.tr("Use"), self._on_use)
        self.use.setCheckable(True)
        self.get = self._button(self.tr("Download"), self.download)
        self.stop = self._button(self.tr("Pause"), self._on_stop)
        self.open = self._button(self.tr("Open folder"), self._on_open)
        self.check = self._button(self.tr("Verify"), self._on_verify)
        self.check.setToolTip(self.tr("Read every file again and look for damage"))
        self.remove = self._button(self.tr("Remove…"), self._on_remove)
        self._lay_out()
        self.show_model(model)

    @property
    def busy(self) -> bool:
        """Whether it is being downloaded, verified or removed."""
        return self._errand is not None

    def show_model(self, model: ModelInfo) -> None:
        """Show what is known about it now."""
        self.model = model
        here, absent = model.state == "here", model.state == "absent"
        offline = self.studio.backend.offline()
        used = model.kind == "speech" and model.id == self.studio.model and here
        self.about.setText(" · ".join(part for part in self._facts() if part))
        if not self.busy:
            self.where.setText(self._place())
        self.use.setVisible(here and model.kind == "speech" and not self.busy)
        self.use.setChecked(used)
        self.use.setText(self.tr("In use") if used else self.tr("Use"))
        self.get.setVisible(not here and not self.busy)
        self.get.setText(self.tr("Download") if absent else self.tr("Resume"))
        self.get.setEnabled(not offline)
        self.get.setToolTip(self.tr("Switch Offline off to download") if offline else "")
        self.stop.setVisible(self.busy and self._doing != "remove")
        pausing = self._doing == "download" and model.resumable
        self.stop.setText(self.tr("Pause") if pausing else self.tr("Stop"))
        self.open.setVisible(model.folder is not None and not self.busy)
        self.check.setVisible(here and not self.busy)
        self.remove.setVisible(model.removable and not self.busy)
        self.bar.setVisible(self.busy and self._doing != "remove")
        for button in (self.use, self.get, self.stop, self.open, self.check, self.remove):
            button.setAccessibleName(shown(f"{button.text()} {model.id}"))

    @Slot()
    def download(self) -> None:
        """Fetch it, or go on fetching it."""
        if not self.busy:
            self._start("download", self.studio.backend.download)

    # ── what it says ──────────────────────────────────────────────────────────────────────────

    def _facts(self) -> tuple[str, ...]:
        model = self.model
        told = {
            "starter-voice": self.tr(
                "comes with the program: speaks English and Japanese, small and fast"
            ),
            "suno/bark-small": self.tr("speaks 13 languages, laughs and sings"),
            "suno/bark": self.tr("the large one: better sound, about three times the work"),
            "smollm2": self.tr("continues short English texts"),
        }
        licence = self.tr("{name} licence").format(name=model.license) if model.license else ""
        size = words.size(model.size) if model.size and model.state == "here" else ""
        return told.get(model.id, ""), size, licence, model.source

    def _place(self) -> str:
        model = self.model
        if model.state == "here":
            return self.tr("On this machine: {folder}").format(folder=model.folder)
        if model.state == "partial":
            return self.tr("Half downloaded ({size} so far); Resume fetches the rest").format(
                size=words.size(model.size)
            )
        if model.size:
            return self.tr("Not on this machine; {size} to download").format(
                size=words.size(model.size)
            )
        return self.tr("Not on this machine")

    # ── what it does ──────────────────────────────────────────────────────────────────────────

    def _start(self, doing: str, call: Callable[..., object]) -> None:
        self._doing = doing
        if doing == "remove":
            errand = self.studio.errands.ask(call, self.model.id)
        else:
            errand = self.studio.downloads.ask_telling(call, self.model.id)
        errand.told.connect(self._on_told)
        errand.done.connect(self._on_done)
        errand.failed.connect(self._on_failed)
        errand.stopped.connect(self._on_stopped)
        self._errand = errand
        self.bar.setValue(0)
        self.where.setText(self.tr("Waiting…"))
        self.stop.setEnabled(True)
        self.show_model(self.model)

    @Slot(object, object)
    def _on_told(self, done: int, total: int) -> None:
        if self._errand is None or self._errand.cancelled:
            return
        self.bar.setValue(round(1000 * done / total) if total else 0)
        text = self.tr("{done} of {total}")
        if self._doing == "verify":
            text = self.tr("Reading: {done} of {total}")
        self.where.setText(text.format(done=words.size(done), total=words.size(total)))

    @Slot(object)
    def _on_done(self, answer: object) -> None:
        doing = self._end()
        name = self.model.id
        if isinstance(answer, Verdict):
            self._on_verified(answer)
        elif doing == "download":
            self.studio.say(self.tr("{model} is on this machine now.").format(model=name))
        else:
            self.studio.say(self.tr("{model} was removed.").format(model=name))
        self.studio.models_changed.emit()

    def _on_verified(self, verdict: Verdict) -> None:
        text = self.tr("{model} is complete and undamaged.")
        if not verdict.hashed:
            text = self.tr(
                "{model} looks undamaged: headers and syntax were checked, for lack of hashes."
            )
        if verdict.wrong:
            self.studio.say(verdict.wrong, "warning")
        else:
            self.studio.say(text.format(model=self.model.id))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._end()
        self.studio.explain(error)
        self.studio.models_changed.emit()

    @Slot()
    def _on_stopped(self) -> None:
        self._end()
        self.studio.models_changed.emit()

    def _end(self) -> str:
        doing, self._doing, self._errand = self._doing, "", None
        self.show_model(self.model)
        return doing

    @Slot()
    def _on_use(self) -> None:
        self.studio.set_model(self.model.id)
        self.use.setChecked(True)  # a second click leaves it so

    @Slot()
    def _on_stop(self) -> None:
        if self._errand is not None:
            self._errand.cancel()
            self.stop.setEnabled(False)
            self.where.setText(self.tr("Stopping…"))

    @Slot()
    def _on_open(self) -> None:
        if self.model.folder is not None:
            open_folder(self.model.folder)

    @Slot()
    def _on_verify(self) -> None:
        self._start("verify", self.studio.backend.verify)

    @Slot()
    def _on_remove(self) -> None:
        question = self.tr("Delete {model} ({size}) from this machine?").format(
            model=self.model.id, size=words.size(self.model.size)
        )
        if self.model.source:
            question += " " + self.tr("It can be downloaded again.")
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self, self.tr("Remove the model?"), plain(question), buttons.Yes | buttons.Cancel
        )
        if answer == buttons.Yes:
            if self.model.kind == "text":
                self.studio.writer.release()
            elif self.model.id == self.studio.model:
                self.studio.worker.release()
            self._start("remove", self.studio.backend.remove)

    # ── how it looks ──────────────────────────────────────────────────────────────────────────

    def _button(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(3)
        for widget in (self._name, self.about, self.where):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(column, 1)
        row.addSpacing(8)
        for button in (self.use, self.get, self.stop, self.open, self.check, self.remove):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 14, 12)
        whole.setSpacing(8)
        whole.addLayout(row)
        whole.addWidget(self.bar)
