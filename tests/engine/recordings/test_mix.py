"""The sound of a recording: how far rows are turned up, peaks, gaps, what is read how often."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api import Cancelled
from engine.audio.join import Gaps, Placed
from engine.audio.loudness import SILENCE, amplitude, loudness
from engine.recordings.mix import Mix
from engine.script.quality import Measures
from engine.script.rows import ScriptRow
from engine.script.selection import RowState
from tests.fake import tone

RATE = 16_000
Sound = tuple[NDArray[np.float32], int]


class Sounds(list[Sound]):
    """A store of the sounds of rows; counts what was read."""

    read = 0

    def audio(self, key: str) -> Sound:
        self.read += 1
        return self[int(key)]


def sine(level: float, seconds: float = 2.0, rate: int = RATE) -> Sound:
    """level: LUFS."""
    sound = tone(seconds, rate, 440)
    return sound * np.float32(amplitude(level - loudness(sound, rate))), rate


def mix(
    *sounds: Sound,
    rows: tuple[ScriptRow, ...] = (),
    measures: Measures | None = None,
    lufs: float | None = -20.0,
    peak: float = -0.3,
    tick: object = lambda: None,
) -> tuple[Mix, Sounds]:
    store = Sounds(sounds)
    states = [
        RowState(
            id=str(i),
            status="good",
            key=str(i),
            measures=measures or Measures(seconds=len(a) / rate, loudness=loudness(a, rate)),
        )
        for i, (a, rate) in enumerate(sounds)
    ]
    made = rows or tuple(ScriptRow(id=str(i), text="So.") for i in range(len(sounds)))
    return Mix(
        store,  # type: ignore[arg-type]
        made,
        states,
        RATE,
        gaps=Gaps(),
        lufs=lufs,
        peak=peak,
        tick=tick,  # type: ignore[arg-type]
    ), store


def heard(mix: Mix) -> list[NDArray[np.float32]]:
    """The sound of every row."""
    placed: list[Placed] = []
    sound = np.concatenate(list(mix.blocks(placed)))
    return [sound[place.start : place.end] for place in placed]


def levels(mix: Mix) -> list[float]:
    return [loudness(row, RATE) for row in heard(mix)]


@pytest.mark.parametrize(
    ("level", "comes"), [(-26, -20), (-27.9, -20), (-32, -24), (-14, -20), (-8, -16)]
)
def test_a_row_is_turned_up_or_down_by_8_db_at_most(level: float, comes: float) -> None:
    mixed, _ = mix(sine(-20), sine(-20), sine(level))
    assert levels(mixed) == pytest.approx([-20, -20, comes], abs=0.2)


def test_without_a_target_levels_stay_and_nothing_is_read_for_them() -> None:
    mixed, store = mix(sine(-20), sine(-29), lufs=None)
    mixed.fit()
    assert store.read == 0
    assert levels(mixed) == pytest.approx([-20, -29], abs=0.1)


def test_rows_that_are_silent_have_no_level() -> None:
    nothing = np.zeros(RATE, dtype=np.float32), RATE
    mixed, _ = mix(sine(-20), nothing, nothing, lufs=-17.0)
    assert levels(mixed) == pytest.approx([-17, SILENCE, SILENCE], abs=0.1)


def test_what_limiting_takes_away_is_made_up_for() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, 4 * RATE).astype(np.float32)
    mixed, _ = mix((noise, RATE), lufs=-12.4, peak=-5.0)
    assert levels(mixed)[0] < -12.6
    mixed.fit()
    assert levels(mixed)[0] == pytest.approx(-12.4, abs=0.1)
    assert np.abs(heard(mixed)[0]).max() <= amplitude(-5.0)


def test_a_take_at_another_rate_comes_to_this_one() -> None:
    mixed, _ = mix(sine(-20), sine(-20, rate=24_000))
    first, second = heard(mixed)
    assert len(second) == pytest.approx(len(first), abs=2)
    spectrum = np.abs(np.fft.rfft(second * np.hanning(len(second))))
    assert spectrum.argmax() * RATE / len(second) == pytest.approx(440, abs=1)


def test_samples_that_are_no_numbers_are_silent() -> None:
    sound, rate = sine(-20)
    sound[5000] = np.nan
    mixed, _ = mix((sound, rate), measures=Measures(seconds=2.0, loudness=-20.0))
    assert np.isfinite(heard(mixed)[0]).all()


def test_what_stands_between_two_rows_gives_the_gap() -> None:
    gaps, texts = Gaps(), ("So.", "so,", "One", "so", "so", "so", "so")
    changes: dict[int, dict[str, object]] = {
        2: {"heading": True, "chapter": 1},
        3: {"chapter": 1},
        4: {"chapter": 1, "speaker": "ANNA"},
        5: {"chapter": 1, "speaker": "ANNA", "pause": 0.0},
        6: {"chapter": 2, "speaker": "BEN", "pause": 0.2},
    }
    rows = tuple(
        ScriptRow(id=str(i), text=text, **changes.get(i, {}))  # type: ignore[arg-type]
        for i, text in enumerate(texts)
    )
    mixed, _ = mix(*[sine(-20, 0.5)] * len(rows), rows=rows)
    placed: list[Placed] = []
    list(mixed.blocks(placed))
    between = [(b.start - a.end) / RATE for a, b in pairwise(placed)]
    wanted = [gaps.sentence, gaps.chapter, gaps.chapter, gaps.speaker, 0.0, 0.2]
    assert between == pytest.approx(wanted, abs=1 / RATE)


@pytest.mark.parametrize(("seconds", "reads"), [(59.9, 2), (60.1, 6)])
def test_two_minutes_are_kept_in_memory_and_no_more(seconds: float, reads: int) -> None:
    """seconds: what the measures say of each of two rows."""
    measures = Measures(seconds=seconds, loudness=-20.0)
    mixed, store = mix(sine(-20), sine(-20), measures=measures)
    first, *others = [np.concatenate(heard(mixed)) for _ in range(3)]
    assert store.read == reads
    assert all(np.array_equal(first, other) for other in others)


def test_it_can_be_stopped_before_every_row() -> None:
    left = [0, 0]

    def tick() -> None:
        if not left:
            raise Cancelled
        left.pop()

    mixed, store = mix(sine(-20), sine(-20), sine(-20), tick=tick)
    with pytest.raises(Cancelled):
        mixed.fit()
    assert store.read == 2
