"""Three lines of Python for those who script:

    from engine.speaker import Speaker

    with Speaker() as speaker:
        speaker.say("Hello.").save("hello.wav")

It says what `main.py say` says, in the same rows, the same voice and the same sound.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import io
import wave
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api import Metrics, Speech, SpeechRequest, SpeechRow, SpeechSampling, Take
from engine.audio import play
from engine.audio.wav import to_pcm16
from engine.audio.writer import Writer
from engine.conversion.aloud import Manner, SpokenRow, added, speak_on
from engine.conversion.say_rows import Rows
from engine.engines import Engines
from engine.errors import UserError
from engine.models import bark
from engine.settings import Settings
from engine.system.atomic_files import check_writable
from engine.turns import Closing, Turns


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Spoken:
    """A text that was spoken.

    audio: float32 (samples,), −1 … 1, at sample_rate Hz. rows: each with its text, its sound and
    its take (all tokens). notes: sentences on what took a slower way, and why.
    """

    audio: NDArray[np.float32]
    sample_rate: int
    rows: tuple[SpokenRow, ...]
    notes: tuple[str, ...]

    @property
    def takes(self) -> tuple[Take, ...]:
        """One for each row."""
        return tuple(row.take for row in self.rows)

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.audio) / self.sample_rate

    @property
    def metrics(self) -> Metrics:
        """What all rows cost together."""
        return added(row.speech.metrics for row in self.rows)

    def save(self, path: str | Path, *, replace: bool = False) -> Path:
        """Write it as WAV, FLAC, OGG, MP3, Opus or M4B: what the name ends in.

        replace: also over a file that is there. Raises UserError for a file that is there, a format
        that is not known and a folder that cannot be written to.
        """
        path = Path(path)
        if path.exists() and not replace:
            raise UserError(f"{path} is there already: choose another name, or replace=True")
        check_writable(path)
        with Writer(path, self.sample_rate) as writer:
            writer.write(self.audio)
        return path

    def play(self) -> None:
        """Play it on the default output device, to its end. Raises UserError without one."""
        play.play(self.audio, self.sample_rate)

    def _repr_html_(self) -> str:
        """What a notebook shows: something to press, and the text."""
        sound = io.BytesIO()
        with wave.open(sound, "wb") as file:
            file.setparams((1, 2, self.sample_rate, len(self.audio), "NONE", ""))
            file.writeframes(to_pcm16(self.audio).tobytes())
        data = base64.b64encode(sound.getvalue()).decode()
        text = html.escape(" ".join(row.text for row in self.rows))
        return (
            f'<audio controls src="data:audio/wav;base64,{data}"></audio>'
            f"<div>{self.seconds:.1f} s in {self.metrics.seconds:.1f} s: {text}</div>"
        )


class Speaker(Closing):
    """One model, loaded with its first text, for any number of threads: their requests wait for
    each other."""

    def __init__(self, model: str | Path | None = None, **settings: Any) -> None:
        """model: a folder, or an id of the Hub, which is downloaded where it is not here; None is
        the starter voice. settings: the fields of engine.settings.Settings, precision="int8".

        Raises UserError for a model that is not there or damaged, ValueError and TypeError for
        settings that do not exist.
        """
        chosen = Settings(**settings)
        self.model = bark.STARTER if model is None else bark.find(str(model))
        self._rows: dict[tuple[str | None, bool], Rows] = {}
        self._turns = Turns(Engines(chosen, self.model))

    @property
    def voices(self) -> tuple[str, ...]:
        """The presets that the model brings."""
        from engine.bark.voices import presets

        return tuple(presets(self.model))

    def say(
        self,
        text: str,
        *,
        voice: str | Path | None = None,
        seed: int = 0,
        sampling: SpeechSampling | None = None,
        numbers: bool = True,
        max_seconds: float | None = None,
    ) -> Spoken:
        """Speak a text of any length.

        voice: a preset, an .npz file, or None: one that the model makes up, the same for all rows.
        seed: another seed, another take. sampling: how tokens are drawn, SpeechSampling.greedy()
        for always the likeliest. numbers: figures and abbreviations are said in words.
        max_seconds: the sound is cut there. Raises UserError for what the user can mend.
        """
        manner = self._manner(voice, seed, sampling, max_seconds)
        rows = tuple(self._spoken(text, manner, numbers))
        rate = rows[0].take.sample_rate
        one = len(rows) == 1  # its silences are its own
        audio = rows[0].take.audio if one else np.concatenate([row.sound for row in rows])
        if not len(audio):
            raise UserError("the model said nothing to this text: try another seed")
        notes = dict.fromkeys(note for row in rows for note in row.speech.notes)
        return Spoken(audio=audio, sample_rate=rate, rows=rows, notes=tuple(notes))

    def stream(
        self,
        text: str,
        *,
        voice: str | Path | None = None,
        seed: int = 0,
        sampling: SpeechSampling | None = None,
        numbers: bool = True,
        max_seconds: float | None = None,
    ) -> Generator[SpokenRow]:
        """As `say`, row after row as they end: while one is in your hands, the next is made.

        The sounds of all rows, one behind the other, are the whole. What stops asking (a loop that
        is left) ends after the row at work.
        """
        manner = self._manner(voice, seed, sampling, max_seconds)
        rows = self._spoken(text, manner, numbers)
        with closing(rows), ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(next, rows, None)
            while (row := coming.result()) is not None:
                coming = ahead.submit(next, rows, None)
                yield row

    def say_together(
        self,
        texts: Sequence[str],
        *,
        voice: str | Path | None = None,
        seed: int = 0,
        sampling: SpeechSampling | None = None,
        numbers: bool = True,
    ) -> tuple[Spoken, ...]:
        """Speak several short texts in one go, which costs less than one by one: a row each.

        The metrics of each are those of all together. Raises UserError for a text that is longer
        than a row; `say` divides such a one.
        """
        manner = self._manner(voice, seed, sampling, None)
        rows = self._rows_of(manner.voice, numbers)
        said = [self._one_row(rows, text) for text in texts]
        asked = tuple(SpeechRow(text=text, voice=manner.voice, seed=seed) for text in said)
        speech: Speech = self._turns.ask(SpeechRequest(rows=asked, sampling=manner.sampling))
        return tuple(
            Spoken(
                audio=take.audio,
                sample_rate=take.sample_rate,
                rows=(
                    SpokenRow(
                        text=text,
                        sound=take.audio,
                        speech=dataclasses.replace(speech, takes=(take,)),
                    ),
                ),
                notes=speech.notes,
            )
            for text, take in zip(said, speech.takes, strict=True)
        )

    def close(self) -> None:
        """Wait for what was asked, and give the memory back."""
        self._turns.close()

    def _spoken(self, text: str, manner: Manner, numbers: bool) -> Generator[SpokenRow]:
        if not text.strip():
            raise UserError("there is no text to speak: give at least one word")
        rows = self._rows_of(manner.voice, numbers)
        rows.check(text)
        yield from speak_on(rows.of([text]), manner, self._turns.ask)

    def _rows_of(self, voice: str | None, numbers: bool) -> Rows:
        rows = self._rows.get((voice, numbers))
        if rows is None:
            rows = self._rows[voice, numbers] = Rows(self.model, voice, numbers=numbers)
        return rows

    def _one_row(self, rows: Rows, text: str) -> str:
        """A text as it is spoken."""
        rows.check(text)
        if not rows.is_one(text):
            raise UserError(
                f"“{text[:40]}…” is longer than a row: say it with say, which divides it"
            )
        return rows.said(text)

    def _manner(
        self,
        voice: str | Path | None,
        seed: int,
        sampling: SpeechSampling | None,
        max_seconds: float | None,
    ) -> Manner:
        name = None if voice is None else str(voice)
        SpeechRow(text="x", voice=name, seed=seed)  # refuses what is wrong
        return Manner(
            voice=name,
            seed=seed,
            sampling=sampling if sampling is not None else SpeechSampling(),
            max_seconds=max_seconds,
        )
