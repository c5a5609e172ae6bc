"""Phrasing: the takes of a text as one sound, whether they come whole or piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api import Progress, Take
from engine.conversion.aloud import Manner, speak_on
from engine.script.flow import Line
from gui.speak.phrasing import Phrasing
from tests.engine.script.speaker import RATE, Speaker

LINES = (
    Line("The lamp was lit early that night."),
    Line("Nobody knew why,"),
    Line("And in the morning the boats were gone.", pause=0.7),
)


@pytest.fixture(scope="module")
def takes() -> list[Take]:
    rows = speak_on(LINES, Manner(voice="anna"), Speaker().generate)
    return [
        Take(
            row=number,
            audio=np.pad(row.take.audio, (RATE // 4, RATE // 2)),  # as models do
            sample_rate=RATE,
            semantic=row.take.semantic,
            coarse=row.take.coarse,
            fine=row.take.fine,
            ended=True,
        )
        for number, row in enumerate(rows)
    ]


def said_by_say(takes: list[Take]) -> list[NDArray[np.float32]]:
    left = iter(takes)

    def speak(request: object) -> object:
        return type("Speech", (), {"takes": (next(left),)})

    return [row.sound for row in speak_on(LINES, Manner(voice="anna"), speak)]  # type: ignore[arg-type]


def test_it_is_the_sound_of_say(takes: list[Take]) -> None:
    phrasing = Phrasing(LINES)
    for number in (2, 0, 1):  # rows are finished in any order
        took = phrasing(Progress(stage="rows", done=1, total=3, row=number, take=takes[number]))
        assert took.take is not None
        np.testing.assert_array_equal(took.take.audio, said_by_say(takes)[number])
        assert phrasing.take(takes[number]) is took.take


def test_what_was_heard_early_is_the_beginning_of_the_take(takes: list[Take]) -> None:
    phrasing = Phrasing(LINES)
    take = takes[1]
    heard = []
    for piece in np.array_split(take.audio, 7)[:3]:
        report = Progress(stage="codec", done=1, total=1, row=1, sound=piece, sample_rate=RATE)
        sound = phrasing(report).sound
        assert sound is not None
        heard.append(sound)
    so_far = np.concatenate(heard)
    whole = phrasing.take(take).audio
    np.testing.assert_array_equal(whole[: len(so_far)], so_far)
    assert not whole[: round(0.35 * RATE)].any()  # the pause
    assert abs(len(whole) - len(said_by_say(takes)[1])) <= 0.05 * RATE
    assert abs(whole[-1]) < 1e-4  # it does not click


def test_one_row_keeps_its_silences_and_silence_has_no_pause(takes: list[Take]) -> None:
    assert Phrasing(LINES[:1]).take(takes[0]) is takes[0]
    silent = Take(
        row=1,
        audio=np.full(RATE, np.nan, dtype=np.float32),
        sample_rate=RATE,
        semantic=takes[0].semantic,
        coarse=takes[0].coarse,
        fine=takes[0].fine,
        ended=True,
    )
    assert not len(Phrasing(LINES).take(silent).audio)
