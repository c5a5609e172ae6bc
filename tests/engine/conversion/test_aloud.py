"""A long text as one sound: one voice, pauses, and nothing that is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.api import SpeechRequest
from engine.audio.join import trim
from engine.conversion.aloud import Manner, SpokenRow, speak_on
from engine.errors import UserError
from engine.script.flow import Line
from tests.engine.script.speaker import RATE, Speaker

LINES = (
    Line("The lamp was lit early that night."),
    Line("Nobody knew why,"),
    Line("And in the morning the boats were gone.", pause=0.7),
)


def spoken(manner: Manner, speaker: Speaker, *lines: Line) -> list[SpokenRow]:
    return list(speak_on(lines or LINES, manner, speaker.generate))


def test_every_row_is_there_with_its_pause_before_it() -> None:
    rows = spoken(Manner(voice="anna"), Speaker())
    assert [row.text for row in rows] == [line.text for line in LINES]
    for row, gap in zip(rows, (0.0, 0.35, 0.7), strict=True):
        silence = round(gap * RATE)
        assert not row.sound[:silence].any()
        np.testing.assert_array_equal(row.sound[silence:], trim(row.take.audio, RATE))


def test_all_rows_keep_the_voice_that_was_made_up_for_the_first() -> None:
    speaker = Speaker()
    heard: list[list[int]] = []

    def speak(request: SpeechRequest) -> object:
        voice = request.rows[0].voice
        heard.append([] if voice is None else np.load(voice)["semantic_prompt"].tolist())
        return speaker.generate(request)

    first, *_ = rows = list(speak_on(LINES, Manner(), speak))  # type: ignore[arg-type]
    assert len(rows) == 3
    assert heard == [[], *[first.take.semantic.tolist()] * 2]
    assert not Path(str(speaker.requests[-1].rows[0].voice)).exists()


def test_the_next_line_is_asked_for_when_a_row_has_ended() -> None:
    asked = []

    def lines() -> Iterator[Line]:
        for line in LINES:
            asked.append(line)
            yield line

    rows = speak_on(lines(), Manner(voice="anna"), Speaker().generate)
    next(rows)
    assert asked == [LINES[0]]
    rows.close()  # type: ignore[attr-defined]


def test_the_whole_sound_is_cut_at_its_length() -> None:
    rows = spoken(Manner(voice="anna", max_seconds=3.0), Speaker())
    assert sum(len(row.sound) for row in rows) <= 3.0 * RATE + 1


def test_a_row_of_silence_adds_nothing() -> None:
    rows = spoken(Manner(voice="anna"), Speaker(), LINES[0], Line("silent it was here."), LINES[1])
    assert len(rows[1].sound) == 0
    assert not rows[2].sound[: round(0.35 * RATE)].any()


def test_what_cannot_be_spoken_is_said() -> None:
    with pytest.raises(UserError, match="split it"):
        spoken(Manner(), Speaker(), Line("unspeakable"))
