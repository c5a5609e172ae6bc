"""Golden joins: gaps of the right length, nothing lost, no click."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.join import Gaps, Piece, Placed, cut, join, sounding, trim, trim_end, trim_start
from tests.fake import tone

RATE = 24_000
PAD = 0.03  # seconds that trim leaves


def padded(before: float, after: float, seconds: float = 0.5, hertz: float = 200) -> np.ndarray:
    """A tone with noise of −65 dB before and after it, as a take has."""
    noise = np.random.default_rng(0)
    quiet = [noise.normal(0, 10 ** (-65 / 20), round(s * RATE)) for s in (before, after)]
    return np.concatenate([quiet[0], tone(seconds, RATE, hertz), quiet[1]]).astype(np.float32)


def joined(pieces: list[Piece]) -> tuple[np.ndarray, list[Placed]]:
    placed: list[Placed] = []
    return np.concatenate([*join(pieces, RATE, placed)]), placed


def test_silence_at_the_ends_goes_but_for_a_little() -> None:
    take = padded(0.7, 1.3)
    start, end = sounding(take, RATE)
    assert start == pytest.approx(0.7 * RATE, abs=0.011 * RATE)
    assert end == pytest.approx(1.2 * RATE, abs=0.011 * RATE)
    assert len(trim(take, RATE)) == pytest.approx((0.5 + 2 * PAD) * RATE, abs=0.02 * RATE)


def test_what_is_cut_off_goes_to_the_sample_and_without_a_click() -> None:
    take = padded(0.7, 1.3)
    for begin, end, first, last in (
        (0.8, None, 0.8 * RATE, None),
        (None, 1.1, None, 1.1 * RATE),
        (0.8, 1.1, 0.8 * RATE, 1.1 * RATE),
        (0.1, 3.0, None, None),  # silence goes, as ever
    ):
        whole = trim(take, RATE)
        start = sounding(take, RATE)[0] - round(PAD * RATE)
        first = start if first is None else round(first)
        last = start + len(whole) if last is None else round(last)
        kept = trim(take, RATE, begin, end)
        assert len(kept) == last - first
        fade = RATE // 100
        np.testing.assert_array_equal(kept[fade:-fade], take[first + fade : last - fade])
        assert max(abs(kept[0]), abs(kept[-1])) < 1e-4
    assert len(trim(take, RATE, 2.0, 1.0)) == len(trim(take, RATE, 60.0)) == 0


def test_a_quiet_take_is_not_silence() -> None:
    quiet = padded(0.5, 0.5) * np.float32(0.03)
    assert len(trim(quiet, RATE)) == pytest.approx((0.5 + 2 * PAD) * RATE, abs=0.02 * RATE)
    assert len(trim(np.zeros(RATE, dtype=np.float32), RATE)) == 0
    assert len(trim(np.zeros(0, dtype=np.float32), RATE)) == 0


def test_what_sounds_is_left_as_it_is() -> None:
    take = padded(0.5, 0.5)
    before = take.copy()
    kept = trim(take, RATE)
    assert np.array_equal(take, before)  # the caller's samples are not touched
    inside = kept[round(0.06 * RATE) : -round(0.06 * RATE)]
    place = np.correlate(take, inside[:2000], "valid").argmax()
    assert inside == pytest.approx(take[place : place + len(inside)], abs=1e-6)


@pytest.mark.parametrize("gap", [0.0, 0.08, 0.35, 1.6])
def test_the_gap_has_its_length_to_the_sample(gap: float) -> None:
    pieces = [trim(padded(0.2, 0.4), RATE) for _ in range(3)]
    sound, placed = joined([Piece(audio=piece, gap=gap) for piece in pieces])
    length, silence = len(pieces[0]), round(gap * RATE)
    start = round(gap * RATE)  # the first piece's own
    assert placed == [
        Placed(start + i * (length + silence), start + i * (length + silence) + length)
        for i in range(3)
    ]
    for place, piece in zip(placed, pieces, strict=True):
        assert np.array_equal(sound[place.start : place.end], piece)
    between = np.concatenate([sound[a.end : b.start] for a, b in zip(placed, placed[1:])])  # noqa: B905, RUF007
    assert not between.any()


def test_a_gap_below_0_is_a_cross_fade_of_constant_level() -> None:
    level = np.ones(4800, dtype=np.float32)
    sound, placed = joined([Piece(audio=level), Piece(audio=level, gap=-0.02)])
    assert len(sound) == 9600 - 480
    assert placed[1].start == 4800 - 480
    assert sound == pytest.approx(1.0, abs=1e-6)


def test_no_join_clicks_above_60_db() -> None:
    """A click is what lies where no tone is: above 3 kHz, with tones of 200 Hz."""
    cut = [tone(0.3 + i * 0.0137, RATE, 200)[33:-21] for i in range(8)]  # at full level
    gaps = [0, 0.1, 0.0, -0.02, 0.0004, 0.35, -0.005, 1.0]
    pieces = [Piece(audio=trim(c, RATE), gap=g) for c, g in zip(cut, gaps, strict=True)]
    assert above_3_khz(joined(pieces)[0]) < 10 ** (-60 / 20)
    assert above_3_khz(np.concatenate(cut)) > 0.01  # hard cuts do click


def above_3_khz(sound: np.ndarray) -> float:
    """The highest sample of what lies above 3 kHz."""
    sound = np.concatenate([sound, np.zeros(RATE)])
    spectrum = np.fft.rfft(sound) * (np.fft.rfftfreq(len(sound), 1 / RATE) > 3000)
    return float(np.abs(np.fft.irfft(spectrum, len(sound))).max())


def test_gaps_follow_what_stands_between() -> None:
    gaps = Gaps()
    assert gaps.between("and so it goes") == gaps.word
    assert gaps.between("and so,") == gaps.between("und so –") == gaps.clause
    assert gaps.between("as to Malcolm, X") == gaps.word  # a letter closes nothing
    for text in ("It ends.", "Does it?", "“It does!”", "他说。", "She said 'no.'", "(Yes.) "):
        assert gaps.between(text) == gaps.sentence, text
    assert gaps.between("and so,", new_speaker=True) == gaps.speaker
    assert gaps.between("It ends.", new_speaker=True, new_chapter=True) == gaps.chapter
    with pytest.raises(ValueError, match="0 to 60"):
        Gaps(word=-1)


def test_a_change_of_speaker_or_chapter_never_shortens_a_gap() -> None:
    gaps = Gaps(word=0.2, sentence=0.9, speaker=0.5, chapter=0.7)
    assert gaps.between("so", new_speaker=True) == 0.5
    assert gaps.between("So.", new_speaker=True) == gaps.between("So.", new_chapter=True) == 0.9
    assert gaps.between("so", new_speaker=True, new_chapter=True) == 0.7


@pytest.mark.parametrize("name", ["word", "clause", "sentence", "speaker", "chapter"])
def test_a_gap_lasts_0_to_60_seconds(name: str) -> None:
    assert (getattr(Gaps(**{name: 0.0}), name), getattr(Gaps(**{name: 60.0}), name)) == (0, 60)
    for wrong in (-0.01, 60.01):
        with pytest.raises(ValueError, match="0 to 60"):
            Gaps(**{name: wrong})


@pytest.mark.parametrize(("first", "second"), [(100, 4800), (4800, 100), (100, 100), (0, 50)])
def test_an_overlap_is_no_longer_than_what_overlaps(first: int, second: int) -> None:
    pieces = [np.ones(count, dtype=np.float32) for count in (first, second)]
    sound, placed = joined([Piece(audio=pieces[0]), Piece(audio=pieces[1], gap=-0.02)])
    shared = min(first, second)
    assert placed == [Placed(0, first), Placed(first - shared, first + second - shared)]
    assert sound == pytest.approx(1.0, abs=1e-6)


def test_a_cross_fade_leaves_the_callers_samples_as_they_are() -> None:
    pieces = [np.full(4800, level, dtype=np.float32) for level in (1.0, 0.5)]
    joined([Piece(audio=pieces[0]), Piece(audio=pieces[1], gap=-0.02)])
    assert [set(piece.tolist()) for piece in pieces] == [{1.0}, {0.5}]


@pytest.mark.parametrize(("decibels", "sounds"), [(-39, True), (-41, False)])
def test_what_is_40_db_below_the_loudest_is_silence(decibels: float, sounds: bool) -> None:
    end = tone(0.5, RATE, 200) * np.float32(10 ** (decibels / 20))
    sound = np.concatenate([tone(0.5, RATE, 200), end])
    assert sounding(sound, RATE) == (0, RATE if sounds else RATE // 2)


@pytest.mark.parametrize(("level", "sounds"), [(-54.5, True), (-55.5, False)])
def test_what_is_below_55_db_is_silence_whatever_the_rest_is(level: float, sounds: bool) -> None:
    quiet = np.full(RATE, 10 ** (level / 20), dtype=np.float32)
    assert sounding(quiet, RATE) == ((0, RATE) if sounds else (0, 0))


def test_a_sound_without_silence_is_kept_whole_and_faded_for_10_ms() -> None:
    kept = trim(np.ones(RATE, dtype=np.float32), RATE)
    assert len(kept) == RATE
    assert (kept[240:-240] == 1).all()
    assert kept[[0, 120, 239]] == pytest.approx([0, 0.5, 1], abs=0.01)
    assert kept[239] < 1
    assert kept == pytest.approx(kept[::-1])


@pytest.mark.parametrize("count", [1, 3, 99, 479])
def test_a_sound_shorter_than_two_fades_is_faded_to_its_middle(count: int) -> None:
    kept = trim(np.ones(count, dtype=np.float32), RATE)
    assert len(kept) == count
    assert kept == pytest.approx(kept[::-1])
    assert kept[count // 2] == pytest.approx(1.0, abs=0.15 if count < 100 else 0.01)


def test_nothing_joined_is_nothing() -> None:
    assert list(join([], RATE)) == []


def test_a_cut_is_faded_where_it_is_cut_and_nowhere_else() -> None:
    sound = np.ones(RATE, dtype=np.float32)
    middle, head, tail = (
        cut(sound, RATE, 0.25, 0.5),
        cut(sound, RATE, 0, 0.5),
        cut(sound, RATE, 0.5, 9),
    )
    assert [len(part) / RATE for part in (middle, head, tail)] == [0.25, 0.5, 0.5]
    ends = [(part[0] == 1, part[-1] == 1) for part in (middle, head, tail)]
    assert ends == [(False, False), (True, False), (False, True)]
    assert (middle[240:-240] == 1).all()
    assert (sound == 1).all()
    assert len(cut(sound, RATE, 0.5, 0.5)) == 0


def test_the_ends_of_a_sound_that_is_being_made_are_those_of_the_whole() -> None:
    take, at = padded(0.5, 0.5), round(0.75 * RATE)
    end = sounding(take, RATE)[1]
    parts = [trim_start(take[:at], RATE), trim_end(take[at:], end - at, RATE)]
    assert np.array_equal(np.concatenate(parts), trim(take, RATE))


def test_a_last_part_without_sound_keeps_a_little_silence() -> None:
    """It fell silent before that part began, or as it began."""
    rest = np.full(RATE, 0.001, dtype=np.float32)
    for end in (-5000, -1, 0):
        kept = trim_end(rest, end, RATE)
        assert len(kept) == round(PAD * RATE)
        assert kept[0] == rest[0]
        assert kept[-1] == pytest.approx(0, abs=1e-7)
    assert (rest == np.float32(0.001)).all()  # the caller's
