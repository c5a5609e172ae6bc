"""Takes: what can be done with one that was made: keep, play, export, compare, speak on with."""

from __future__ import annotations

import itertools
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout

from engine.api import Take
from engine.audio.track import Track
from gui.history.export import Clip, ExportDialog
from gui.history.list import HistoryList
from gui.history.model import file_name, name_of
from gui.history.store import History, TakeRecord
from gui.speak.compare import CompareView, changes, verdict
from gui.speak.live import Live
from gui.speak.result import ResultPanel
from gui.speak.voices import VoiceChooser
from gui.studio.context import Context
from gui.widgets.kept_geometry import keep_geometry
from gui.widgets.sentences import sentence

_KEPT = 4  # takes that were made and wait to be heard, or to be exported again


def _load(history: History, records: list[TakeRecord]) -> list[tuple[TakeRecord, Take]]:
    return [(record, history.load(record)) for record in records]


class Takes(QObject):
    """Joins the list of takes, the result panel and the dialogs.

    compared(str): the last two takes were made with other settings; what that did, in one line.
    shown(TakeRecord | None, Take | None): what the result panel has; None while it is being made.
    """

    compared = Signal(str)
    shown = Signal(object, object)

    def __init__(
        self,
        studio: Context,
        listed: HistoryList,
        result: ResultPanel,
        live: Live,
        voices: VoiceChooser,
    ) -> None:
        super().__init__(result)
        self._studio = studio
        self._listed = listed
        self._result = result
        self._live = live
        self._voices = voices
        self._made: dict[int, tuple[TakeRecord | None, Take]] = {}  # the last ones, by job
        self._tracks: WeakKeyDictionary[Track, int] = WeakKeyDictionary()  # and the job of each
        self._others = itertools.count(-1, -1)  # for what no job of this run has made
        live.opened.connect(self._on_opened)
        studio.history.rowsInserted.connect(self._on_listed)
        self._last: TakeRecord | None = None
        self._pair: tuple[TakeRecord, TakeRecord] | None = None
        listed.play_requested.connect(self.play)
        listed.export_requested.connect(self._on_export)
        listed.compare_requested.connect(self.compare)
        result.export_requested.connect(self.export_shown)
        result.save_voice_requested.connect(self._on_save_voice)
        voices.sampled.connect(self._on_sampled)

    def keep(self, job: int, record: TakeRecord, take: Take) -> None:
        """A take was made just now: it is in the result panel, or comes there when those before it
        have been heard."""
        self._remember(job, record, take)
        self._voices.set_last(take, record.model)
        self._studio.keep(record, take)
        if record.partial:
            return
        before, self._last = self._last, record
        self._pair = None if before is None else (before, record)
        different = before is not None and bool(changes(before, record))
        self.compared.emit(verdict(before, record) if before is not None and different else "")

    @Slot(object)
    def play(self, record: TakeRecord) -> None:
        """Show a take of the history and play it."""
        errand = self._studio.errands.ask(_load, self._studio.history.history, [record])
        errand.done.connect(self._on_loaded_to_play)
        errand.failed.connect(self._studio.explain)

    @Slot()
    def export_shown(self) -> None:
        """Export what the result panel shows, as far as it has come."""
        track = self._result.track
        if track is None or not len(track):
            return
        record, _ = self._shown() or (None, None)
        clip = Clip(
            name=file_name(record) if record is not None else name_of(self._result.title),
            audio=track.read(0, len(track)),
            sample_rate=track.rate,
            text=record.text if record is not None else self._result.title,
            voice=(record.voice if record is not None else None) or "",
        )
        self._export([clip], self._result.marked)

    @Slot(object, object)
    def compare(self, before: TakeRecord, after: TakeRecord) -> None:
        """Show two takes side by side."""
        dialog = QDialog(self._result.window())
        dialog.setWindowTitle(self.tr("Two takes side by side"))
        view = CompareView()
        view.show_takes(before, after)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        column = QVBoxLayout(dialog)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        column.addWidget(view)
        column.addWidget(buttons)
        self._open(dialog, "compare")

    @Slot()
    def compare_last(self) -> None:
        """Show the last two takes side by side."""
        if self._pair is not None:
            self.compare(*self._pair)

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    @Slot(object)
    def _on_loaded_to_play(self, loaded: list[tuple[TakeRecord, Take]]) -> None:
        record, take = loaded[0]
        self._show(record.text, record, take)
        self._voices.set_last(take, record.model)

    @Slot(str, object)
    def _on_sampled(self, title: str, take: Take) -> None:
        self._show(title, None, take)

    def _show(self, title: str, record: TakeRecord | None, take: Take) -> None:
        self._live.leave()
        self._put(title, record, take, play=True)

    def _put(self, title: str, record: TakeRecord | None, take: Take, *, play: bool) -> None:
        self._result.show_take(title, take.audio, take.sample_rate, play=play)
        number = next(self._others)
        self._remember(number, record, take)
        self._on_opened(number)

    def _remember(self, job: int, record: TakeRecord | None, take: Take) -> None:
        self._made[job] = record, take
        shown = self._number()
        for old in [number for number in self._made if number != shown][:-_KEPT]:
            del self._made[old]
        self._tell_shown()

    def _tell_shown(self) -> None:
        shown = self._shown()
        self._result.voice_button.setEnabled(shown is not None)
        self.shown.emit(*(shown or (None, None)))

    def _number(self) -> int | None:
        """What made the sound in the panel."""
        track = self._result.track
        return None if track is None else self._tracks.get(track)

    def _shown(self) -> tuple[TakeRecord | None, Take] | None:
        """The take in the panel; None while it is being made."""
        number = self._number()
        return None if number is None else self._made.get(number)

    @Slot(int)
    def _on_opened(self, job: int) -> None:
        if self._result.track is not None:
            self._tracks[self._result.track] = job
        self._tell_shown()

    @Slot()
    def _on_listed(self) -> None:
        """At the start the player has what was made last."""
        self._studio.history.rowsInserted.disconnect(self._on_listed)
        records = self._studio.history.records()
        if self._result.track is None and records:
            errand = self._studio.errands.ask(_load, self._studio.history.history, records[:1])
            errand.done.connect(self._on_last)  # a damaged one is told when it is wanted

    @Slot(object)
    def _on_last(self, loaded: list[tuple[TakeRecord, Take]]) -> None:
        record, take = loaded[0]
        if self._result.track is None:
            self._put(record.text, record, take, play=False)
            self._voices.set_last(take, record.model)

    @Slot(list)
    def _on_export(self, records: list[TakeRecord]) -> None:
        errand = self._studio.errands.ask(_load, self._studio.history.history, records)
        errand.done.connect(self._on_loaded_to_export)
        errand.failed.connect(self._studio.explain)

    @Slot(object)
    def _on_loaded_to_export(self, loaded: list[tuple[TakeRecord, Take]]) -> None:
        self._export([self._clip(record, take) for record, take in loaded])

    def _clip(self, record: TakeRecord, take: Take) -> Clip:
        return Clip(
            name=file_name(record),
            audio=take.audio,
            sample_rate=take.sample_rate,
            text=record.text,
            voice=record.voice or "",
        )

    def _export(self, clips: list[Clip], marked: tuple[float, float] | None = None) -> None:
        state = self._studio.state
        dialog = ExportDialog(clips, self._result.window(), sentence, marked)
        kind = QStandardPaths.StandardLocation.MusicLocation
        folder = state.get("export.folder", QStandardPaths.writableLocation(kind))
        dialog.choose(state.get("export.format", "wav"), state.get("export.rate", 0), Path(folder))
        dialog.written.connect(self._on_written)
        self._open(dialog, "export")

    @Slot(list)
    def _on_written(self, files: list[Path]) -> None:
        dialog = self.sender()
        assert isinstance(dialog, ExportDialog)
        format, rate, folder = dialog.chosen
        for name, value in (("format", format), ("rate", rate), ("folder", str(folder))):
            self._studio.state.set(f"export.{name}", value)
        names = ", ".join(path.name for path in files[:3]) + (" …" if len(files) > 3 else "")
        self._studio.say(self.tr("Written: {0}, in {1}").format(names, folder))

    @Slot()
    def _on_save_voice(self) -> None:
        shown = self._shown()
        if shown is None:
            return
        record, take = shown
        if not len(take.semantic):
            self._studio.say(
                self.tr("This sound was stopped in its first sentence: it is too short a voice."),
                "warning",
            )
            return
        self._voices.save(take, record.model if record is not None else self._studio.model)

    def _open(self, dialog: QDialog, name: str) -> None:
        keep_geometry(dialog, name, self._studio.state)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
