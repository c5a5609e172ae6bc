"""What is measured of a take, and the verdict."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.api import SpeechRow, Take
from engine.audio.loudness import loudness
from engine.script.pace import Pace
from engine.script.quality import Measures, Verdict, judge, levels_of_neighbours, measure
from tests.engine.script.speaker import RATE, spoken
from tests.fake import tone

TEXT = "The quick brown fox jumps over the lazy dog and runs away from all of them."


def take(text: str = TEXT, number: int = 0) -> Take:
    return spoken(SpeechRow(text=text, take=number))


def changed(**changes: object) -> Take:
    return dataclasses.replace(take(), **changes)  # type: ignore[arg-type]


def verdict(take: Take, text: str = TEXT) -> str:
    return str(judge(measure(take), text))


def test_good_takes_are_good() -> None:
    for number in range(20):
        assert verdict(take(number=number)) == "good"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (changed(ended=False), "did not end the sentence"),
        (changed(audio=np.zeros(RATE * 5, dtype=np.float32)), "nothing is heard"),
        (changed(audio=np.zeros(0, dtype=np.float32), semantic=np.zeros(0, np.int32)), "nothing"),
        (changed(audio=np.full(RATE * 5, np.nan, dtype=np.float32)), "no numbers"),
        (changed(audio=tone(30.0, RATE, 300)), "30.0 s long, about 5.4 expected"),
        (changed(audio=tone(0.4, RATE, 300)), "only 0.4 s, about 5.4 expected"),
        (changed(audio=tone(5, RATE, 300) * 4), None),
        (changed(semantic=np.resize([5, 6, 7], 260).astype(np.int32)), "repeats itself for 5"),
        (changed(semantic=np.full(260, 9, np.int32)), "repeats itself for 5"),
    ],
)
def test_each_fault_is_named(bad: Take, words: str | None) -> None:
    if words is None:
        bad = dataclasses.replace(bad, audio=np.clip(bad.audio, -1, 1))
        words = "clipped for"
    assert words in verdict(bad)


def test_silence_where_it_does_not_belong() -> None:
    sound = take().audio
    quiet = np.zeros(RATE * 3, dtype=np.float32)
    start, middle = np.split(sound, [len(sound) // 2])
    assert "of silence at the beginning" in verdict(changed(audio=np.r_[quiet, sound]))
    assert "of silence at the end" in verdict(changed(audio=np.r_[sound, quiet]))
    inside = measure(changed(audio=np.r_[start, quiet, middle]))
    assert inside.inner == pytest.approx(3, abs=0.1)
    assert "of silence inside" in str(judge(inside, TEXT))


def test_a_word_that_is_cut_off() -> None:
    whole = take()
    sound = whole.audio[: len(whole.audio) // 2]
    loud = np.flatnonzero(np.abs(sound) > 0.08)[-1]  # in the middle of a word
    cut = changed(audio=sound[: loud + 1])
    assert "the last word is cut off" in verdict(cut)
    assert measure(whole).end < -60
    song = f"♪ {TEXT} ♪"
    assert "cut off" not in verdict(cut, song)  # a song may end loudly
    hiss = np.random.default_rng(0).normal(0, 0.004, len(whole.audio))
    noisy = changed(audio=(whole.audio + hiss).astype(np.float32))
    assert verdict(noisy) == "good"  # as made-up voices are


def test_what_is_said_three_times() -> None:
    tokens = np.random.default_rng(0).integers(0, 1000, 400)
    for period, good in ((40, False), (15, True)):  # 0.8 s and 0.3 s, at 50 a second
        again = tokens.copy()
        again[100 : 100 + 3 * period] = np.resize(again[100 : 100 + period], 3 * period)
        sound = np.r_[tone(7.9, RATE, 300), np.zeros(800)].astype(np.float32)
        said = measure(changed(audio=sound, semantic=again.astype(np.int32)))
        assert said.looped == pytest.approx(3 * period / 50, rel=0.05)
        assert judge(said, TEXT).good == good


def test_what_is_said_twice_is_no_loop() -> None:
    tokens = np.random.default_rng(0).integers(0, 1000, 400).astype(np.int32)
    tokens[140:180] = tokens[100:140]
    assert measure(changed(semantic=tokens)).looped == 0.0
    tokens[180:220] = tokens[100:140]
    assert measure(changed(semantic=tokens)).looped > 0.0


def test_a_voice_that_is_known_is_held_to_its_pace() -> None:
    start, known = Pace(), Pace(13.9)
    seconds = start.seconds(TEXT)
    short, long = (dataclasses.replace(measure(take()), seconds=s) for s in (seconds * 0.45, 13.0))
    for measures in (short, long):
        assert judge(measures, TEXT, pace=start).good
        assert "expected" in str(judge(measures, TEXT, pace=known))


@pytest.mark.parametrize(
    ("rate", "shortest", "longest"),
    [(14.0, 3.3, 27.0), (7.0, 9.8, 38.0), (28.0, 2.3, 11.0)],  # 0.35·10 − 0.2, 0.5·20 − 0.2 …
)
def test_how_short_and_how_long_a_take_may_be(rate: float, shortest: float, longest: float) -> None:
    def words(seconds: float) -> str:
        return str(judge(Measures(seconds=seconds, ended=True), "x" * 140, pace=Pace(rate)))

    assert words(shortest + 0.01) == words(longest - 0.01) == "good"
    assert words(shortest - 0.01).startswith("only ")
    assert f"long, about {140 / rate:.1f} expected" in words(longest + 0.01)


@pytest.mark.parametrize(
    ("name", "good", "bad", "words"),
    [
        ("lead", 1.0, 1.01, "silence at the beginning"),
        ("tail", 1.5, 1.51, "silence at the end"),
        ("inner", 1.2, 1.21, "silence inside"),
        ("clipped", 0.005, 0.0051, "clipped for 5 ms"),
        ("looped", 1.2, 1.21, "repeats itself"),
        ("end", -20.0, -19.9, "cut off"),
        ("loudness", -29.0, -29.1, "9 dB quieter"),
        ("loudness", -11.0, -10.9, "9 dB louder"),
    ],
)
def test_the_limits_are_the_last_good_values(
    name: str, good: float, bad: float, words: str
) -> None:
    plain = Measures(seconds=9.0, loudness=-20.0, ended=True)
    for value, wanted in ((good, "good"), (bad, words)):
        measures = dataclasses.replace(plain, **{name: value})  # type: ignore[arg-type]
        assert wanted in str(judge(measures, "x" * 140, level=-20.0))


def test_less_than_a_twentieth_of_a_second_is_nothing() -> None:
    for seconds, heard in ((0.04, False), (0.06, True)):
        verdict = str(judge(Measures(seconds=seconds + 2, lead=1.0, tail=1.0, ended=True), "a"))
        assert (verdict != "nothing is heard") == heard


def test_samples_at_full_scale_are_clipped() -> None:
    audio = np.zeros(RATE, dtype=np.float32)
    audio[100:180], audio[200:240] = 1.0, -1.0  # 15 ms
    audio[300:340], audio[400:440] = 0.9991, -0.9991  # 10 ms
    audio[500:900] = np.linspace(-0.998, 0.998, 400)
    audio[950:952] = 1.5, -1.5  # as a codec can give
    assert measure(changed(audio=audio)).clipped == pytest.approx(0.02525)
    assert measure(changed(audio=audio * np.float32(0.998 / 1.5))).clipped == 0.0
    loud = dataclasses.replace(measure(take()), clipped=2.0)
    assert "clipped for 2000 ms" in str(judge(loud, TEXT))


def test_measures_are_what_they_say() -> None:
    audio = np.concatenate([np.zeros(800), tone(2.0, RATE, 300), np.zeros(1600)]).astype(np.float32)
    seen = measure(changed(audio=audio))
    assert seen.seconds == pytest.approx(2.3)
    assert (seen.lead, seen.tail) == (pytest.approx(0.1), pytest.approx(0.2))
    assert seen.speech == pytest.approx(2.0)
    assert seen.peak == pytest.approx(0.5, abs=1e-3)
    assert seen.loudness == pytest.approx(loudness(audio, RATE))
    assert Measures.from_dict(seen.to_dict()) == seen
    nothing = measure(changed(audio=np.zeros(2 * RATE, dtype=np.float32)))
    assert (nothing.lead, nothing.tail, nothing.speech) == (2.0, 0.0, 0.0)


def test_a_loop_is_measured_in_seconds() -> None:
    tokens = np.random.default_rng(0).integers(0, 1000, 500)
    tokens[100:250] = np.resize(tokens[100:120], 150)  # 3 s at 50 a second
    seen = measure(changed(audio=tone(10, RATE, 300), semantic=tokens.astype(np.int32)))
    assert seen.looped == pytest.approx(3.0, abs=0.1)


def test_a_level_that_jumps() -> None:
    seen = measure(take())
    assert judge(seen, TEXT, level=seen.loudness + 3).good
    assert "12 dB quieter than its neighbours" in str(judge(seen, TEXT, level=seen.loudness + 12))
    assert "12 dB louder" in str(judge(seen, TEXT, level=seen.loudness - 12))


def test_the_least_bad_is_the_best() -> None:
    silent = judge(measure(changed(audio=np.zeros(RATE, dtype=np.float32))), TEXT)
    cut = judge(measure(changed(ended=False)), TEXT)
    long_end = judge(
        measure(changed(audio=np.r_[take().audio, np.zeros(3 * RATE, np.float32)])), TEXT
    )
    good = judge(measure(take()), TEXT)
    assert silent.badness > cut.badness > long_end.badness > good.badness == 0
    assert Verdict() == good  # has no equal


def test_neighbours_are_those_around_and_not_the_row_itself() -> None:
    levels = [-20.0, -21.0, -22.0, -2.0, -20.0, -21.0, -22.0]
    assert levels_of_neighbours(levels)[3] == pytest.approx(-21.0)
    assert levels_of_neighbours([None, -20.0, -20.0, -20.0]) == [None, None, None, None]
    edge = [-2.0, -20.0, -21.0, -22.0, -9.0, -9.0]  # three on each side are looked at
    assert levels_of_neighbours(edge)[0] == levels_of_neighbours(edge[::-1])[-1] == -21.0
    assert levels_of_neighbours([-20.0, -21.0, None, -22.0, -23.0])[0] == -22.0
    assert levels_of_neighbours([]) == []


@pytest.mark.parametrize(
    ("period", "looped"),
    [(1, 0.06), (50, 3.0), (51, 0.0)],  # tokens, 50 a second; seconds
)
def test_loops_of_up_to_a_second_are_looked_for(period: int, looped: float) -> None:
    tokens = np.random.default_rng(0).permutation(400).astype(np.int32)
    tokens[100 : 100 + 3 * period] = np.resize(tokens[100 : 100 + period], 3 * period)
    seen = measure(changed(audio=tone(8.0, RATE, 300), semantic=tokens))
    assert seen.looped == pytest.approx(looped)
