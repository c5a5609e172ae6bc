"""A text of any length spoken on and on: row after row, in one voice, as one sound."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.api import Metrics, Speech, SpeechRequest, SpeechRow, SpeechSampling, Take
from engine.audio.join import Gaps, trim
from engine.errors import UserError
from engine.script.take_file import TOKENS

if TYPE_CHECKING:
    from engine.script.flow import Line


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SpokenRow:
    """A row that has ended. text: as it was spoken. sound: float32 (samples,), the silence before
    it first. speech: what the engine said; its take is untrimmed."""

    text: str
    sound: NDArray[np.float32]
    speech: Speech

    @property
    def take(self) -> Take:
        """The row's take."""
        return self.speech.takes[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How all rows are spoken. voice: as in SpeechRow; without one, all keep the voice that the
    model makes up for the first. max_seconds: the whole sound is cut there."""

    voice: str | None = None
    seed: int = 0
    sampling: SpeechSampling = field(default_factory=SpeechSampling)
    max_seconds: float | None = None
    gaps: Gaps = field(default_factory=Gaps)


def speak_on(
    lines: Iterable[Line], manner: Manner, speak: Callable[[SpeechRequest], Speech]
) -> Iterator[SpokenRow]:
    """Speak row after row; each is given out as it ends, and the next line is asked for then.

    speak: does one request. Whatever it raises passes: what was given out before stays.
    """
    voice, before, left = manner.voice, "", manner.max_seconds
    with ExitStack() as stack:
        for line in lines:
            row = SpeechRow(text=line.text, voice=voice, seed=manner.seed)
            speech = speak(SpeechRequest(rows=(row,), sampling=manner.sampling, max_seconds=left))
            take = speech.takes[0]
            gap = 0.0
            if before:
                gap = manner.gaps.between(before) if line.pause is None else line.pause
            if not np.isfinite(take.audio).all():
                raise UserError(
                    "the sound holds values that are no numbers: choose --precision float32 or "
                    "another seed"
                )
            sound = trim(take.audio, take.sample_rate)
            if voice is None and len(sound):  # silence is none
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                voice = str(voice_of(take, Path(folder)))
            if len(sound):
                silence = np.zeros(round(gap * take.sample_rate), dtype=np.float32)
                sound = np.concatenate([silence, sound])
                before = line.text
            if left is not None:
                sound = sound[: round(left * take.sample_rate)]
                left -= len(sound) / take.sample_rate
            yield SpokenRow(text=line.text, sound=sound, speech=speech)
            if left is not None and left < 0.1:
                return


def voice_of(take: Take, folder: Path) -> Path:
    """A voice file in a folder, of what a take sounds like."""
    path = folder / "made-up.npz"
    np.savez(path, **{name: getattr(take, field) for field, name in TOKENS.items()})
    return path


def added(metrics: Iterable[Metrics]) -> Metrics:
    """What several requests cost together."""
    stages: dict[str, float] = {}
    host = device = 0
    for one in metrics:
        for stage, seconds in one.stages.items():
            stages[stage] = stages.get(stage, 0.0) + seconds
        host, device = max(host, one.host_bytes), max(device, one.device_bytes)
    return Metrics(stages=stages, host_bytes=host, device_bytes=device)
