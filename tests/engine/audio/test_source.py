"""What is heard of a track: in small parts, all of it, repeated or not."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.source import Source
from engine.audio.track import Track
from tests.fake import tone

RATE = 24_000


def track(seconds: float, *, complete: bool = True) -> Track:
    made = Track(RATE)
    made.append(tone(seconds, RATE))
    made.complete = complete
    return made


def parts_of(source: Source) -> list[np.ndarray]:
    parts = []
    for _ in range(100):
        if source.ended:
            return parts
        parts.append(source.read())
    raise AssertionError("it does not end")


@pytest.mark.parametrize(("speed", "rate"), [(1.0, RATE), (1.0, 48_000), (1.25, RATE)])
def test_it_comes_in_tenths_of_a_second_to_the_end(speed: float, rate: int) -> None:
    parts = parts_of(Source(track(1.5), 0.5, rate, speed=speed))
    assert sum(map(len, parts)) / rate == pytest.approx(1.0 / speed, abs=0.01)
    assert max(map(len, parts)) / rate < 0.25  # the first is heard at once


def test_without_a_change_it_is_the_track_itself() -> None:
    parts = parts_of(Source(track(0.5), 0.2, RATE))
    assert np.array_equal(np.concatenate(parts), tone(0.5, RATE)[round(0.2 * RATE) :])


def test_what_has_not_come_yet_is_waited_for() -> None:
    growing = track(0.2, complete=False)
    source = Source(growing, 0.0, RATE)
    assert len(source.read(RATE)) == round(0.2 * RATE)
    assert len(source.read()) == 0
    assert not source.ended
    growing.append(tone(0.1, RATE))
    assert len(source.read(RATE)) == round(0.1 * RATE)


def test_a_part_is_repeated_once_its_end_has_come_and_not_from_behind_it() -> None:
    whole = track(1.0)
    again = Source(whole, 0.1, RATE, loop=(0.3, 0.5))
    assert len(again.read(3 * RATE)) >= 3 * RATE
    assert not again.ended
    behind = parts_of(Source(whole, 0.8, RATE, loop=(0.3, 0.5)))
    assert sum(map(len, behind)) == round(0.2 * RATE)
