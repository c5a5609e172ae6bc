"""Context: what every view of the window shares.

Contract for views: `class XView(QWidget)` is constructed as `XView(studio)` with `studio: Context`
and finds everything there; views know neither the window nor each other. What concerns another
view is said through a signal of the Context (speak_requested, open_requested), and what the user
should read through `say`.

    backend    backend.Backend. Call its "any thread" methods directly, the others through
               `studio.errands.ask(studio.backend.facts, model)`, which answers by signals.
    worker     the engine thread of speech: `job = studio.submit(request)`, then `worker.updated`.
    writer     the same of texts, `writer.updated`.
    errands    quick questions, answered within a second; downloads: those that take longer; ears:
               what is heard of a take; measurements: those that want the machine for themselves,
               one after another.
    player     sound.player.Player, the one voice of the program: whoever plays stops the others.
    history    history.model.HistoryModel, the takes that were made; `keep` adds one.
    state      values that outlive the program: `studio.state.get("write.prompt", "")`.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.api import Take
from engine.errors import UserError
from engine.job import Job
from engine.models.info import ModelFacts
from engine.readings import TextWork
from engine.settings import Settings
from gui.history.model import HistoryModel
from gui.history.store import History, TakeRecord
from gui.sound.player import Player
from gui.studio.backend import Backend
from gui.studio.state import State
from gui.studio.worker import Errand, Errands, Worker

# A text is heard from its first sentence on. Whoever needs many rows and no early start (the Script
# view) replaces it for its own requests.
USUAL = Settings(batch_size=1)

# What the state holds beside settings: texts, what was opened, loaded, starred or measured.
_NO_SETTINGS = (
    "speak.text",
    "write.prompt",
    "write.conversation",
    "script.project",
    "open.recent",
    "voices.files",
    "voices.favourites",
    "speeds",
    "write.speeds",
    "window.view",
)


class Context(QObject):
    """The shared objects and the current choices. GUI thread.

    Signals
        model_changed(str): another speech model is chosen; facts_changed follows.
        facts_changed(ModelFacts | None): what the chosen model can do, None until it is known.
        settings_changed(Settings): how to do the work.
        limits_changed(dict): Backend.cannot() has been answered.
        models_changed(): a model was downloaded or removed; ask backend.models() again.
        said(str, str, str): a sentence for the user, its kind ("note", "warning" or "error"), and
            the view that it belongs to, "" for the one that is shown.
        speak_requested(str): put this text into the Speak view, show it, and speak.
        silence_requested(): stop speaking.
        speak_along(str): speak this too, as is chosen in the Speak view, and show nothing else.
        open_requested(list[Path]): open these files where they belong: texts in the Script view,
            voices in the Speak view.
        file_opened(Path): it was asked for, and it opened.
        show_requested(str): show a view: "speak", "write", "script", "models" or
            "benchmark".
        crashed(Exception): a bug was found; the window shows its report.
    """

    model_changed = Signal(str)
    facts_changed = Signal(object)
    settings_changed = Signal(object)
    limits_changed = Signal(object)
    models_changed = Signal()
    said = Signal(str, str, str)
    speak_requested = Signal(str)
    speak_along = Signal(str)
    silence_requested = Signal()
    open_requested = Signal(list)
    file_opened = Signal(object)
    show_requested = Signal(str)
    crashed = Signal(object)

    def __init__(
        self, backend: Backend, state_file: Path, takes: Path, parent: QObject | None = None
    ) -> None:
        """state_file: where the state is written. takes: the folder of the history."""
        super().__init__(parent)
        self.backend = backend
        self.worker = Worker(backend, self)
        self.writer = Worker(backend, self, kind="text")
        self.errands = Errands("errands", self)
        self.downloads = Errands("downloads", self)
        self.ears = Errands("ears", self)
        self.measurements = Errands("measurements", self)
        self.state = State(state_file, self.errands, self)
        self.player = Player(self)
        self.player.set_device(self.state.get("sound.device", "") or None)
        if self.state.get("offline", False):
            backend.set_offline(True)
        self.history = HistoryModel(History(takes))
        self.history.failed.connect(self._on_history_failed)
        self.settings = _settings(self.state.get("settings", {}), USUAL)
        self.both = False  # texts are spoken while they are written: keep both engines in memory
        self.facts: ModelFacts | None = None
        self.limits: dict[tuple[str, Any], str] = {}
        self._facts_errand: Errand | None = None
        self.model = self._first_model(self.state.get("model", ""))
        self.models_changed.connect(self._on_models_changed)

    def start(self) -> None:
        """Ask the first slow questions. Once, when the window is there."""
        if self.state.problem:
            self.say(self.state.problem, "warning")
        elif not _can_be_written(self.state.path):
            self.say(
                self.tr(
                    "{0} cannot be written: what you choose is forgotten at the end, and takes are "
                    "not kept. Export what you need."
                ).format(self.state.path.parent),
                "warning",
            )
        self._ask_facts()
        errand = self.downloads.ask(self.backend.cannot)  # some seconds
        errand.done.connect(self._on_limits)
        errand.failed.connect(self.explain)
        self.history.load()

    # ── choices ───────────────────────────────────────────────────────────────────────────────

    def set_model(self, model: str) -> None:
        """Choose a speech model, by its id."""
        if model != self.model:
            self.model = model
            self.state.set("model", model)
            self.model_changed.emit(model)
            self._ask_facts()

    def set_settings(self, settings: Settings) -> None:
        """Choose how to do the work, from the next job on."""
        if settings != self.settings:
            self.settings = settings
            self.state.set("settings", dataclasses.asdict(settings))
            self.settings_changed.emit(settings)

    def reset(self) -> None:
        """Have every setting of the program as at the first start; what was made stays."""
        self.state.reset(_NO_SETTINGS)
        self.backend.set_offline(False)
        self.player.set_device(None)
        self.player.devices_changed.emit()  # others show the choice too
        self.set_model(self._first_model(""))
        self.set_settings(USUAL)

    def submit(
        self, request: Any, *, settings: Settings | None = None, model: str | None = None
    ) -> Job:
        """Queue a request with the current settings and speech model, or with others.

        The other kind's engine gives its memory back, unless it is at work or both are wanted.
        """
        mine, other = self.worker, self.writer
        if isinstance(request, TextWork):
            mine, other = other, mine
        if not other.running and not self.both:
            other.release()
        return mine.submit(request, settings or self.settings, model or self.model)

    @property
    def running(self) -> int:
        """How many jobs run or wait, of both kinds."""
        return self.worker.running + self.writer.running

    def keep(self, record: TakeRecord, take: Take) -> None:
        """Add a take to the history; a sentence says where the disk refuses."""
        # A disk may take its time.
        errand = self.errands.ask(_keep, self.history.history, record, take)
        errand.done.connect(self.history.insert)
        errand.failed.connect(self.explain)

    # ── words for the user ────────────────────────────────────────────────────────────────────

    def say(self, sentence: str, kind: str = "note", view: str = "") -> None:
        """Show one sentence in the window. kind: "note", "warning" or "error". view: whose it is,
        where it may come while another one is shown."""
        self.said.emit(sentence, kind, view)

    def explain(self, error: Exception, view: str = "") -> None:
        """Show what went wrong: a UserError as a sentence, anything else as a crash report.

        Connect it to Errand.failed; call it with the error of a Failed.
        """
        if isinstance(error, UserError):
            self.say(str(error), "error", view)
        else:
            self.crashed.emit(error)

    # ── the end ───────────────────────────────────────────────────────────────────────────────

    def close(self) -> bool:
        """Stop all work, write the state and end the threads; whether they all ended in time."""
        self.worker.cancel_all()
        self.writer.cancel_all()
        self.state.set("sound.device", self.player.device or "")
        self.player.close()
        self.state.save()
        self.backend.listening.stop()
        errands = (self.errands, self.downloads, self.ears, self.measurements)
        loops = (*errands, self.worker, self.writer)
        return all([loop.close() for loop in loops])

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _first_model(self, remembered: str) -> str:
        """The model to begin with: the one of last time, else one that is here, else the default;
        "" where none is known at all."""
        speech = [model for model in self.backend.models() if model.kind == "speech"]
        here = [model.id for model in speech if model.state == "here"]
        if remembered in [model.id for model in speech] and (remembered in here or not here):
            return remembered
        return next(iter([*here, *(model.id for model in speech)]), "")

    def _on_models_changed(self) -> None:
        chosen = self._first_model(self.model)
        if chosen != self.model:
            self.set_model(chosen)
        elif self.facts is None:
            self._ask_facts()

    def _ask_facts(self) -> None:
        if self._facts_errand is not None:
            self._facts_errand.cancel()
        self._set_facts(None)
        known = {model.id: model for model in self.backend.models()}
        if self.model in known and known[self.model].state == "here":
            self._facts_errand = self.errands.ask(self.backend.facts, self.model)
            self._facts_errand.done.connect(self._set_facts)
            self._facts_errand.failed.connect(self.explain)

    def _set_facts(self, facts: ModelFacts | None) -> None:
        if facts is not None:
            self._facts_errand = None
        if facts != self.facts:
            self.facts = facts
            self.facts_changed.emit(facts)

    def _on_history_failed(self, sentence: str) -> None:
        self.say(sentence, "warning")

    def _on_limits(self, limits: dict[tuple[str, Any], str]) -> None:
        self.limits = limits
        self.limits_changed.emit(limits)


def _can_be_written(path: Path) -> bool:
    """Whether a file can be made there, folders included."""
    place = path.parent
    while not place.exists() and place != place.parent:
        place = place.parent
    return os.access(place, os.W_OK)


def _keep(history: History, record: TakeRecord, take: Take) -> TakeRecord:
    history.add(record, take)
    return record


def _settings(stored: dict[str, Any], settings: Settings) -> Settings:
    """The settings of last time, without what this version does not know or take."""
    for option in dataclasses.fields(Settings):
        if option.name in stored:
            try:
                settings = settings.replace(**{option.name: stored[option.name]})
            except (ValueError, TypeError):
                continue
    return settings
