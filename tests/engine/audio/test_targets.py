"""What a finished recording shall be, by the name of the target."""

from __future__ import annotations

from engine.audio.targets import TARGETS, Target


def test_a_number_is_its_own_loudness() -> None:
    for name in ("-16", "-18", "-23"):
        assert TARGETS[name] == Target(lufs=float(name), peak=-1.0, floor=None, rms=None)


def test_an_audiobook_is_what_acx_takes() -> None:
    book = TARGETS["audiobook"]  # peaks below −3 dB, noise below −60 dB, level −23 … −18 dB
    assert (book.peak, book.floor, book.rms) == (-3.0, -60.0, (-23.0, -18.0))
    assert book.lufs == -20.0
