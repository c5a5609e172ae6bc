"""Short sounds are heard together, and each gets its own words."""

from __future__ import annotations

import numpy as np
import pytest

from engine.listening import windows as module
from engine.listening.heard import RATE, Word
from engine.listening.windows import in_time, speaks, windows, without_silent
from tests.fake import tone


def test_as_many_as_fit_and_each_in_its_place() -> None:
    sounds = [tone(seconds, RATE) for seconds in (3.0, 20.0, 4.0, 40.0, 2.0)]
    found = list(windows(sounds))
    assert [[number for number, _, _ in window.places] for window in found] == [[0, 1, 2], [3], [4]]
    for window in found:
        for number, start, end in window.places:
            part = window.sound[round(start * RATE) : round(end * RATE)]
            np.testing.assert_array_equal(part, sounds[number])


def test_words_go_to_the_sound_in_whose_time_they_are() -> None:
    (window,) = windows([tone(2.0, RATE), tone(2.0, RATE)])
    words = [
        Word("one", 0.1, 0.5),
        Word("end", 1.9, 2.3),
        Word("nobody", 2.2, 2.3),
        Word("two", 2.4, 3.0),
        Word("late", 4.9, 5.1),
    ]
    shared = [(number, word.text, word.start, word.end) for number, word in window.share(words)]
    assert [part[:2] for part in shared] == [(0, "one"), (0, "end"), (1, "two")]
    assert np.allclose([part[2:] for part in shared], [(0.1, 0.5), (1.9, 2.0), (0.0, 0.5)])


def test_silence_and_what_is_hardly_there_is_not_heard() -> None:
    noise = np.random.default_rng(0).normal(0, 0.001, RATE).astype(np.float32)
    click = np.zeros(RATE, np.float32)
    click[8000:8050] = 0.9
    for sound in (np.zeros(RATE, np.float32), np.zeros(0, np.float32), noise, click):
        assert not speaks(sound)
    assert list(windows([noise, click])) == []
    assert speaks(tone(0.5, RATE))


def test_words_in_silence_are_invented() -> None:
    sound = np.concatenate([tone(1.0, RATE), np.zeros(RATE, np.float32)])
    words = [Word("here", 0.2, 0.6), Word("edge", 0.9, 1.3), Word("you", 1.5, 1.8)]
    assert [word.text for word in without_silent(words, sound)] == ["here", "edge"]
    assert without_silent([Word("x", 5.0, 5.1)], sound) == []
    assert module.GAP < module.WINDOW


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
