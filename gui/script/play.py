"""Playing a script: row after row from its takes, read from the disk a little ahead."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from engine.audio.join import Gaps, trim
from engine.audio.track import Track
from engine.listening.marks import MarkedWord
from engine.script.project import Project
from engine.script.rows import ScriptRow
from engine.script.store import Store
from engine.script.trims import Trim, kept
from gui.script.hearing import words_of
from gui.studio.context import Context
from gui.widgets.heard_text import word_at

_AHEAD = 15.0  # seconds of sound that are ready before they are heard


class ScriptPlayer(QObject):
    """Plays rows of a project through the player of the window. GUI thread.

    row_changed(str): the row that is heard now; "" when it is over. word_changed(str, str, int):
    row, key of its take, and the word of `words_of` that sounds; −1 for none.
    """

    row_changed = Signal(str)
    word_changed = Signal(str, str, int)

    def __init__(self, studio: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._project: Project | None = None
        self._rows: list[tuple[ScriptRow, str]] = []  # with the key of its take
        self._trims: list[Trim | None] = []  # of each take, what is heard of it
        self._next = 0  # row to read from the disk
        self._reading = False
        self._track: Track | None = None
        self._starts: list[float] = []  # second of the track at which each row begins
        self._row = ""
        self._start = 0.0  # second of the first take at which it begins
        self._words: tuple[MarkedWord, ...] = ()  # of the take that is heard
        self._told = ("", "", -1)
        studio.player.position_changed.connect(self._on_position)
        studio.player.state_changed.connect(self._on_state)

    def play(self, project: Project, rows: list[tuple[ScriptRow, str]], start: float = 0.0) -> None:
        """Play these rows with their takes (keys in the project's store), one after another.
        start: a second of the first take; where that was cut off, all of the take is heard."""
        self.stop()
        if rows:
            self._project, self._rows, self._next, self._starts = project, rows, 0, []
            self._trims = [project.choice(row.id).trim_of(key) for row, key in rows]
            self._start = start
            if start and not self._is_kept(start):
                self._trims[0] = None
            self._read()

    def stop(self) -> None:
        """Silence, if it is ours that is heard."""
        if self._is_ours():
            self._studio.player.stop()
        self._forget()

    @property
    def playing(self) -> bool:
        """Whether rows are heard, or about to be."""
        return self._project is not None

    def _is_ours(self) -> bool:
        return self._track is not None and self._studio.player.track is self._track

    def _forget(self) -> None:
        self._project = self._track = None
        self._rows = []
        self._tell("")
        self._on_word("", "", -1)

    def _read(self) -> None:
        assert self._project is not None
        if not self._reading:
            self._reading = True
            store = self._project.store
            cut = self._trims[self._next]
            errand = self._studio.errands.ask(_sound, store, self._next, self._rows, cut)
            errand.done.connect(self._on_read)
            errand.failed.connect(self._on_failed)

    @Slot(object)
    def _on_read(self, read: tuple[list[tuple[ScriptRow, str]], NDArray[np.float32], int]) -> None:
        self._reading = False
        rows, audio, rate = read
        if self._project is None:
            return
        if rows is not self._rows:  # others are to be played by now
            self._read()
            return
        player = self._studio.player
        if self._track is None:
            self._track = Track(rate)
            self._track.append(audio)
            self._starts.append(0.0)
            player.play_track(self._track, max(0.0, self._start - self._begin(0)))
            self._tell(self._rows[0][0].id)
        elif not self._is_ours():
            self._forget()
            return
        else:
            self._starts.append(self._track.seconds)
            player.feed(audio)
        self._next += 1
        if self._next >= len(self._rows):
            player.finish()
        elif self._track.seconds - player.position < _AHEAD:
            self._read()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._reading = False
        self.stop()
        self._studio.explain(error)

    @Slot(float)
    def _on_position(self, seconds: float) -> None:
        if not self._is_ours() or self._track is None or not self._starts:
            return
        number = bisect_right(self._starts, seconds + 1e-6) - 1
        self._tell(self._rows[number][0].id)
        self._tell_word(number, seconds - self._starts[number])
        if self._next < len(self._rows) and self._track.seconds - seconds < _AHEAD:
            self._read()

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if self._track is not None and (state == "stopped" or not self._is_ours()):
            self._forget()

    def _begin(self, number: int) -> float:
        """The second of a row's take from which on it is heard."""
        assert self._project is not None
        measures = self._project.store.measures(self._rows[number][1])
        return 0.0 if measures is None else kept(measures, self._trims[number])[0]

    def _is_kept(self, start: float) -> bool:
        """Whether a second of the first take is heard of it, where it is trimmed."""
        cut = self._trims[0]
        if cut is None:
            return True
        return (cut.begin or 0.0) <= start and (cut.end is None or start < cut.end)

    def _tell_word(self, number: int, seconds: float) -> None:
        """seconds: since the row began."""
        row, key = self._rows[number]
        if self._told[:2] != (row.id, key):
            self._words = words_of(self._project, row, key)
        at = word_at(self._words, seconds + self._begin(number)) if self._words else -1
        self._on_word(row.id, key, at)

    def _on_word(self, *told: Any) -> None:
        if told != self._told:
            self._told = told
            self.word_changed.emit(*told)

    def _tell(self, row: str) -> None:
        if row != self._row:
            self._row = row
            self.row_changed.emit(row)


def _sound(
    store: Store, number: int, rows: list[tuple[ScriptRow, str]], cut: Trim | None
) -> tuple[list[tuple[ScriptRow, str]], NDArray[np.float32], int]:
    """The sound of a row, trimmed, with the silence after it. cut: what of it is heard. Errand
    thread."""
    row, key = rows[number]
    audio, rate = store.audio(key)
    sound = trim(np.nan_to_num(audio), rate, *((cut.begin, cut.end) if cut else ()))
    gap = 0.0
    if number + 1 < len(rows):
        after = rows[number + 1][0]
        gap = Gaps().between(
            row.text, new_speaker=after.speaker != row.speaker, new_chapter=after.heading
        )
        gap = gap if after.pause is None else after.pause
    return rows, np.concatenate([sound, np.zeros(round(gap * rate), dtype=np.float32)]), rate
