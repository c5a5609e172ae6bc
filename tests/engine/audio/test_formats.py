"""The kinds of sound file, by name, ending and rate."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.audio.formats import FORMATS, fitting_rate, format_of, is_sound
from engine.errors import UserError


def test_each_format_has_words_of_its_own_that_begin_with_its_name() -> None:
    labels = [format.label for format in FORMATS.values()]
    assert len(set(labels)) == len(labels)
    for name, format in FORMATS.items():
        assert format.label.upper().startswith(name.partition("-")[0].rstrip("24").upper())


def test_what_each_format_can_hold() -> None:
    assert {name for name, format in FORMATS.items() if format.chapters} == {"m4b"}
    assert {name for name, format in FORMATS.items() if format.covers} == {"mp3", "opus", "m4b"}
    lossless = {name: format.bits for name, format in FORMATS.items() if format.bits}
    assert lossless == {"wav": 16, "wav24": 24, "wav-float": 32, "flac": 16}
    assert {name: f.bitrate for name, f in FORMATS.items() if f.bitrate} == {"opus": 48, "m4b": 64}


def test_all_but_opus_hold_the_rates_of_mpeg_and_none_between() -> None:
    for name in FORMATS.keys() - {"opus"}:
        for whole in (8_000, 11_025, 12_000):  # MPEG 2.5; MPEG 2 has the double, MPEG 1 four times
            for rate in (whole, 2 * whole, 4 * whole):
                assert fitting_rate(name, rate) == rate, name
                assert fitting_rate(name, rate - 1) == rate, name


def test_sound_files_of_other_programs_are_known_as_such() -> None:
    others = ("wave", "aif", "aiff", "aac", "m4a", "oga", "wma", "wem", "w64", "caf")
    for ending in (*others, "wav", "flac", "ogg", "mp3", "opus", "m4b"):
        assert is_sound(f"a.b.{ending}"), ending
        assert is_sound(f"C:\\lines\\A.{ending.upper()}"), ending
    assert not is_sound("wav")
    assert not is_sound("a.wav/b")


def test_an_unknown_ending_is_told_the_known_ones() -> None:
    with pytest.raises(UserError) as refused:
        format_of(Path("folder/a.doc"))
    assert str(refused.value) == (
        "a.doc names no sound format: end it in one of .wav, .flac, .ogg, .mp3, .opus, .m4b"
    )
    assert format_of(Path("a.FLAC")) == "flac"
    assert format_of(Path("a.wav")) == "wav"  # 16 bits, where a bare ending says no more


@pytest.mark.parametrize(
    ("format", "rate", "fitting"),
    [("opus", 24_000, 24_000), ("opus", 22_050, 24_000), ("mp3", 96_000, 48_000), ("wav", 1, 8000)],
)
def test_the_next_higher_rate_that_fits(format: str, rate: int, fitting: int) -> None:
    assert fitting_rate(format, rate) == fitting
