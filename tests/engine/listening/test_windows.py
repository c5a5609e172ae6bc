"""Each sound has a window of its own, and its words are where it sounds."""

from __future__ import annotations

import numpy as np
import pytest

from engine.listening.heard import RATE, Word
from engine.listening.windows import in_time, speaks, together, window, without_silent
from tests.fake import tone


def test_a_sound_has_the_window_that_it_needs_whoever_else_is_heard() -> None:
    for seconds, needed in ((0.2, 10.0), (8.2, 10.0), (8.3, 12.5), (11.1, 15.0), (28.9, 30.0)):
        assert window(seconds) == needed
    sounds = [tone(seconds, RATE) for seconds in (3.0, 20.0, 4.0, 40.0, 2.0, 1.0, 5.0)]
    found = list(together([*sounds, np.zeros(RATE, np.float32)]))
    assert sorted(found) == [(10.0, (0, 2, 4, 5)), (10.0, (6,)), (22.5, (1,)), (30.0, (3,))]
    assert list(together(sounds[4:5])) == [(10.0, (0,))]


def test_silence_and_what_is_hardly_there_is_not_heard() -> None:
    noise = np.random.default_rng(0).normal(0, 0.001, RATE).astype(np.float32)
    click = np.zeros(RATE, np.float32)
    click[8000:8050] = 0.9
    for sound in (np.zeros(RATE, np.float32), np.zeros(0, np.float32), noise, click):
        assert not speaks(sound)
    assert list(together([noise, click])) == []
    assert speaks(tone(0.5, RATE))


def test_words_in_silence_are_invented() -> None:
    sound = np.concatenate([tone(1.0, RATE), np.zeros(RATE, np.float32)])
    words = [Word("here", 0.2, 0.6), Word("edge", 0.9, 1.3), Word("you", 1.5, 1.8)]
    assert [word.text for word in without_silent(words, sound)] == ["here", "edge"]
    assert without_silent([Word("x", 5.0, 5.1)], sound) == []


def test_words_are_put_where_they_sound() -> None:
    sound = np.concatenate([np.zeros(RATE // 5), np.sin(np.arange(RATE)), np.zeros(RATE)])
    words = [Word(" one", 0.0, 0.4), Word(" two", 0.4, 0.8), Word(" three", 0.8, 1.19)]
    found = in_time(words, sound.astype(np.float32))
    assert [word.text for word in found] == [" one", " two", " three"]
    assert [word.start for word in found] == pytest.approx([0.2, 0.51, 0.91])
    assert [word.end for word in found] == pytest.approx([0.51, 0.91, 1.2])  # the sound is over
    (late,) = in_time([Word(" one", 0.5, 0.9)], sound.astype(np.float32))
    assert (late.start, late.end) == (0.5, pytest.approx(1.01))
    assert in_time([], sound.astype(np.float32)) == ()
