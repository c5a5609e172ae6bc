"""Rows without a voice, in one: that of the first which has a sound."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.api import Progress, SpeechRequest, SpeechRow
from engine.conversion.one_voice import OneVoice
from engine.errors import UserError
from tests.engine.script.speaker import Speaker
from tests.fake import SteppedEngine

TEXTS = ("silent it was here.", "The lamp was lit.", "Nobody knew why.", "The boats were gone.")


def request(*texts: str) -> SpeechRequest:
    rows = (SpeechRow(text=text, seed=3, take=number) for number, text in enumerate(texts))
    return SpeechRequest(rows=tuple(rows))


class Listening(Speaker):
    """Notes what the voices are while they are there."""

    def __init__(self) -> None:
        super().__init__()
        self.voices: list[list[list[int] | None]] = []

    def generate(self, request: SpeechRequest, *args: object) -> object:  # type: ignore[override]
        self.voices.append(
            [
                None if row.voice is None else np.load(row.voice)["semantic_prompt"].tolist()
                for row in request.rows
            ]
        )
        return super().generate(request, *args)  # type: ignore[arg-type]


def test_the_rest_is_spoken_together_in_the_voice_of_the_first_sound() -> None:
    speaker = Listening()
    asked = request(*TEXTS)
    speech = OneVoice(speaker).generate(asked)  # type: ignore[arg-type]
    made_up = speech.takes[1].semantic.tolist()
    assert speaker.voices == [[None], [None], [made_up, made_up]]
    assert [take.row for take in speech.takes] == [0, 1, 2, 3]
    spoken = [row for part in speaker.requests for row in part.rows]
    assert [dataclasses.replace(row, voice=None) for row in spoken] == list(asked.rows)
    assert speech.metrics.seconds > 0


def test_the_reports_are_those_of_one_request() -> None:
    engine = SteppedEngine()
    engine.step(3)
    told: list[Progress] = []
    OneVoice(engine).generate(request(*TEXTS[1:]), told.append)
    rows = [step for step in told if step.stage == "rows"]
    assert [(step.row, step.done, step.total) for step in rows] == [(0, 1, 3), (1, 2, 3), (2, 3, 3)]
    assert [step.take.row for step in rows if step.take] == [0, 1, 2]


def test_what_cannot_be_spoken_is_said() -> None:
    with pytest.raises(UserError, match="split it"):
        OneVoice(Speaker()).generate(request("The lamp was lit.", "unspeakable"))
