"""A request of several rows without a voice, in one: the model makes it up for the first row."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from engine.api import Engine, Progress, Report, Speech, SpeechRequest, Take, silent
from engine.audio.join import sounding
from engine.conversion.aloud import added, voice_of

_ASIDE = ("load", "compile")


class OneVoice:
    """An engine around another one, which speaks the rows after the first in that one's voice, as
    many together as it can."""

    def __init__(self, engine: Engine[SpeechRequest, Speech]) -> None:
        self._engine = engine

    def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
        """As the engine's. A row that cannot be spoken is found when its turn comes."""
        rows = request.rows
        voice: str | None = None
        speeches: list[Speech] = []
        takes: list[Take] = []
        steps = _Steps(len(rows), report)
        with tempfile.TemporaryDirectory() as folder:
            while len(takes) < len(rows):
                first = len(takes)
                asked = rows[first:] if voice else rows[first : first + 1]
                part = tuple(dataclasses.replace(row, voice=voice) for row in asked)
                steps.begin(first, len(part))
                speech = self._engine.generate(dataclasses.replace(request, rows=part), steps)
                speeches.append(speech)
                takes += [dataclasses.replace(take, row=first + take.row) for take in speech.takes]
                last = takes[-1]
                if voice is None and any(sounding(last.audio, last.sample_rate)):
                    voice = str(voice_of(last, Path(folder)))  # silence is none
        return Speech(
            takes=tuple(takes),
            metrics=added(speech.metrics for speech in speeches),
            choices=speeches[-1].choices,
            notes=tuple(dict.fromkeys(note for speech in speeches for note in speech.notes)),
        )

    def close(self) -> None:
        """Give the memory back."""
        self._engine.close()


class _Steps:
    """The report of all parts as that of one request."""

    def __init__(self, rows: int, report: Report) -> None:
        self._rows, self._report = rows, report
        self._first = self._count = 0
        self._before: dict[str, int] = {}  # steps of each stage in the parts that are done
        self._done: dict[str, int] = {}
        self._last = Progress(stage="load", done=0, total=1)

    def begin(self, first: int, count: int) -> None:
        """The next part has so many rows from this one on."""
        self._first, self._count = first, count
        self._before |= self._done

    def __call__(self, progress: Progress) -> None:
        if progress.stage in _ASIDE:  # once; later it is but a chance to stop
            self._report(self._last if self._first else progress)
            return
        stage, before = progress.stage, self._before.get(progress.stage, 0)
        after = self._rows - self._first - self._count  # rows that are not asked for yet
        take = progress.take
        if take is not None:
            take = dataclasses.replace(take, row=self._first + take.row)
        step = dataclasses.replace(
            progress,
            done=before + progress.done,
            total=before + progress.total + after * (progress.total // max(self._count, 1)),
            row=self._first + progress.row if progress.row >= 0 else progress.row,
            rows=tuple(self._first + row for row in progress.rows),
            take=take,
        )
        self._done[stage] = step.done
        self._last = dataclasses.replace(step, take=None, sound=None)
        self._report(step)
