"""Order: what Speak was pressed for, and what has become of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.api import Progress, Speech, SpeechRequest, SpeechRow, SpeechSampling, Take
from engine.audio.join import sounding
from engine.job import Job
from engine.models.info import ModelFacts
from engine.settings import Settings
from gui.speak.division import Chosen, lines_of
from gui.speak.phrasing import Phrasing
from gui.studio.backend import Backend
from gui.studio.others import Others
from gui.widgets.outlook import Outlook

if TYPE_CHECKING:  # the window is up before a text is divided
    from engine.script.flow import Line


@dataclass(frozen=True, kw_only=True)
class Order:
    """What Speak was pressed for: everything that can change before the work begins."""

    text: str
    voice: str | None
    seed: int
    sampling: SpeechSampling
    settings: Settings
    model: str
    numbers: bool = True  # figures and abbreviations are said in words

    def request(self, rows: tuple[str, ...]) -> SpeechRequest:
        """The rows of the text in one request; equal sentences are spoken differently."""
        return SpeechRequest(
            rows=tuple(
                SpeechRow(text=row, voice=self.voice, seed=self.seed, take=number)
                for number, row in enumerate(rows)
            ),
            sampling=self.sampling,
        )


@dataclass(frozen=True, slots=True)
class Divided:
    """An order with the rows of its text. seconds: predicted of each."""

    order: Order
    lines: tuple[Line, ...]
    seconds: tuple[float, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """What is spoken."""
        return tuple(line.text for line in self.lines)


def divide(backend: Backend, order: Order, facts: ModelFacts | None) -> Divided:
    """Divide the text into rows. Errand thread."""
    lines = lines_of(order.text, Chosen(order.model, facts, order.voice, order.numbers))
    pace = backend.pace(order.model, order.voice)
    return Divided(order, lines, tuple(pace.seconds(line.text) for line in lines))


@dataclass(eq=False)
class Making:
    """An order on its way, and what is finished of it."""

    order: Order
    job: Job
    outlook: Outlook
    phrasing: Phrasing
    takes: dict[int, Take] = field(default_factory=dict)
    pieces: dict[int, list[NDArray[np.float32]]] = field(default_factory=dict)
    rate: int = 0  # of the pieces, Hz
    others: Others | None = None  # since the work began

    def note(self, progress: Progress) -> Progress:
        """Keep what a report brings; the same, as it is to be heard."""
        progress = self.phrasing(progress)
        if progress.sound is not None:
            self.pieces.setdefault(progress.row, []).append(progress.sound)
            self.rate = progress.sample_rate
        if progress.take is not None:
            self.takes[progress.take.row] = progress.take
            self.pieces.pop(progress.take.row, None)
        return progress

    def partial(self) -> Take | None:
        """What could be heard so far: the first rows, and what has come of the next one. None
        where that is nothing."""
        whole: list[Take] = []
        while len(whole) in self.takes:
            whole.append(self.takes[len(whole)])
        pieces = [np.nan_to_num(piece) for piece in self.pieces.get(len(whole), [])]
        take = joined(whole) if whole else _silence(self.rate)
        audio = np.concatenate([take.audio, *pieces])
        return dataclasses.replace(take, audio=audio, ended=False) if len(audio) else None


def _silence(rate: int) -> Take:
    """A take of nothing: what is heard of a first sentence has no tokens yet."""
    none = np.zeros((8, 0), dtype=np.int32)
    return Take(
        row=0,
        audio=np.zeros(0, dtype=np.float32),
        sample_rate=rate,
        semantic=none[0],
        coarse=none[:2],
        fine=none,
        ended=False,
    )


def joined(takes: Iterable[Take]) -> Take:
    """The takes of a text as one. Their sounds are those of a Phrasing."""
    takes = tuple(takes)
    if len(takes) == 1:
        return takes[0]
    return Take(
        row=0,
        audio=np.concatenate([take.audio for take in takes]),
        sample_rate=takes[0].sample_rate,
        semantic=np.concatenate([take.semantic for take in takes]),
        coarse=np.concatenate([take.coarse for take in takes], axis=1),
        fine=np.concatenate([take.fine for take in takes], axis=1),
        ended=all(take.ended for take in takes),
    )


# ── what was learned ──────────────────────────────────────────────────────────────────────────


def learn(backend: Backend, order: Order, request: SpeechRequest, speech: Speech) -> None:
    """Remember how fast the voice spoke, where it ended the sentence. Errand thread."""
    heard = []
    for row, take in zip(request.rows, speech.takes, strict=True):
        start, end = sounding(take.audio, take.sample_rate)
        if take.ended:
            heard.append((row.text, (end - start) / take.sample_rate))
    backend.learn(order.model, order.voice, heard)
