"""A speech engine for scripts: no model; what a take sounds like follows from what made it.

Words in a row's text choose what is wrong with its takes; see `FAULTS`. `python -m
tests.engine.script.speaker convert …` is main.py with this engine, in a process of its own.
"""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

import numpy as np

from engine.api import Metrics, Progress, Report, Speech, SpeechRequest, SpeechRow, Take, silent
from engine.errors import UserError
from engine.script.pace import letters

RATE = 8_000
# A fault with a number happens in the takes before that one: "cut2" fails twice, then is good.
_FIGURES = {"one": "1", "two": "2", "three": "3", "nine": "9"}
FAULTS = ("cut", "silent", "loop", "loud", "hole", "endless", "nan", "unspeakable")


def spoken(row: SpeechRow) -> Take:
    """The take of a row: noise bursts for words, as loud as speech, as long as the text asks."""
    voice = row.voice or ""
    if voice.endswith(".npz") and Path(voice).exists():  # what is in it counts, not its name
        voice = str(np.load(voice)["semantic_prompt"].tolist())
    seed = hashlib.sha256(f"{row.text}|{voice}|{row.seed}|{row.take}".encode()).digest()
    random = np.random.default_rng(list(seed))
    fault = next((f for f in FAULTS if _happens(f, row)), "")
    if fault in ("unspeakable", "nan"):
        raise UserError("the text is 999 word pieces long and one row holds 256: split it")
    seconds = letters(row.text) / 14 * random.uniform(0.85, 1.15)
    if fault == "endless":
        seconds = seconds * 3 + 3
    count = round(seconds * RATE)
    syllables = np.sin(2 * np.pi * 4 * np.arange(count) / RATE) > -0.7
    audio = random.normal(0, 0.08, count) * syllables
    if fault == "loud":
        audio = np.clip(audio * 40, -1, 1)
    if fault == "silent":
        audio *= 0
    if fault == "hole":
        audio[count // 3 : count // 3 + 2 * RATE] = 0
    ends = [np.zeros(round(random.uniform(0.05, 0.4) * RATE)) for _ in range(2)]
    audio = np.concatenate([ends[0], audio, ends[1]]).astype(np.float32)
    tokens = max(4, round(len(audio) / RATE * 50))
    semantic = random.integers(0, 100, tokens)
    if fault == "loop":
        semantic[:] = np.resize(semantic[:7], tokens)
    frames = round(tokens * 75 / 50)
    return Take(
        row=0,
        audio=audio,
        sample_rate=RATE,
        semantic=semantic.astype(np.int32),
        coarse=random.integers(0, 32, (2, frames)).astype(np.int32),
        fine=random.integers(0, 32, (4, frames)).astype(np.int32),
        ended=fault != "cut",
    )


def _happens(fault: str, row: SpeechRow) -> bool:
    text = re.sub(r"(?<=[a-z]) (one|two|three|nine)\b", lambda m: _FIGURES[m[1]], row.text)
    for word in text.split():  # "cut2" is spoken as "cut two"
        word = word.strip(".,!?")
        if word == fault:
            return True
        if word.startswith(fault) and word[len(fault) :].isdigit():
            return row.take < int(word[len(fault) :])
    return False


class Speaker:
    """Speaks rows, in an order of its own, and remembers what it was asked."""

    def __init__(self, delay: float = 0.0) -> None:
        """delay: seconds of work for one row."""
        self.requests: list[SpeechRequest] = []
        self.delay = delay
        self.notes: tuple[str, ...] = ()  # sentences for the user
        self.closed = False

    @property
    def rows(self) -> list[SpeechRow]:
        return [row for request in self.requests for row in request.rows]

    def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
        self.requests.append(request)
        takes: dict[int, Take] = {}
        for row in request.rows:
            if _happens("unspeakable", row):
                spoken(row)  # raises, before any work
        for index, row in reversed(list(enumerate(request.rows))):
            report(Progress(stage="semantic", done=1, total=2, row=index))
            end = time.perf_counter() + self.delay
            while time.perf_counter() < end:
                report(Progress(stage="coarse", done=1, total=2))
            take = spoken(row)
            takes[index] = Take(
                row=index,
                audio=take.audio,
                sample_rate=RATE,
                semantic=take.semantic,
                coarse=take.coarse,
                fine=take.fine,
                ended=take.ended,
            )
            done = len(takes)
            total = len(request.rows)
            report(Progress(stage="rows", done=done, total=total, row=index, take=takes[index]))
        return Speech(
            takes=tuple(takes[i] for i in range(len(request.rows))),
            metrics=Metrics(stages={"load": 1.0, "semantic": 0.5}, host_bytes=1000),
            notes=self.notes,
        )

    def close(self) -> None:
        self.closed = True


if __name__ == "__main__":
    import os
    import sys

    import main
    from engine.cli import models
    from engine.engines import Engines

    work = float(os.environ.get("SPEAKER_DELAY", "0"))
    Engines._build = lambda self, request: Speaker(work)  # type: ignore[method-assign]
    models.find_model = lambda name: Path("model")
    sys.exit(main.main())
