"""Sound that keeps the time of its subtitles: where each cue begins, and how fast it is spoken.

A cue's sound begins with the cue. Where it can, it is brought to the cue's length; what is shorter
than the slowest speed would fill stays as it was spoken, and what is longer than the fastest speed
can hold runs on into the silence after its cue, or makes the next one wait: no word is cut, and two
cues never sound at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio.join import Gaps, trim
from engine.audio.speed import FASTEST, SLOWEST, Stretcher
from engine.errors import UserError
from engine.script.rows import Script, ScriptRow

CLOSE = 0.05  # seconds by which a sound may miss its cue
_NAMED = 8  # overruns that are told one by one
_SAME = 0.005  # a change of speed that nobody hears


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """How sound is fitted to its cues. slowest, fastest: bounds of the speed, 1 is as it was
    spoken. length: seconds of the whole recording; None ends it with the last cue."""

    slowest: float = 0.8
    fastest: float = 1.3
    length: float | None = None

    def __post_init__(self) -> None:
        if not SLOWEST <= self.slowest <= 1 <= self.fastest <= FASTEST:
            raise UserError(
                f"speech is stretched between {SLOWEST:g} and 1 and between 1 and {FASTEST:g} "
                f"times its speed, not {self.slowest:g} to {self.fastest:g}"
            )
        if self.length is not None and not 0 < self.length < 360_000:
            raise UserError(f"a recording lasts up to 100 hours, not {self.length:g} seconds")


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle. rows: their places, one after the other. start, end: seconds."""

    rows: tuple[int, ...]
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """What becomes of a cue. speed: of its sound. begin, end: seconds where the sound does."""

    cue: Cue
    speed: float
    begin: float
    end: float

    @property
    def late(self) -> float:
        """Seconds by which it begins after its cue."""
        return self.begin - self.cue.start

    @property
    def over(self) -> float:
        """Seconds by which it ends after its cue."""
        return self.end - self.cue.end


def cues_of(rows: Sequence[ScriptRow]) -> list[Cue]:
    """The cues of rows that have times, in the order of the rows; what belongs to one cue, or
    begins with it, is one. Raises UserError for a row without a time, and for cues that go back."""
    cues: list[Cue] = []
    whole = ""
    for place, row in enumerate(rows):
        if row.start is None or row.end is None:
            raise UserError(
                f"row {row.id} has no time: sound is timed by subtitles, or by a table with start "
                "and end"
            )
        name = row.part_of or row.id
        last = cues[-1] if cues else None
        if last is not None and (name == whole or row.start == last.start):
            cues[-1] = Cue((*last.rows, place), last.start, max(last.end, row.end))
        elif last is not None and row.start < last.start:
            raise UserError(
                f"row {row.id} begins before the row in front of it: put the cues in order of time"
            )
        else:
            cues.append(Cue((place,), row.start, row.end))
        whole = name
    return cues


def check(script: Script, per: str) -> None:
    """Raise UserError where the sound of a script cannot be timed."""
    if per == "row":
        raise UserError("what is timed is one recording, not one per row: leave --per row out")
    try:
        cues_of(script.rows)
    except UserError as error:
        raise UserError(f"{script.title}: {error}") from error


def fit(
    cues: Sequence[Cue], sounds: Sequence[float], pauses: Sequence[float], timing: Timing
) -> Iterator[Fitted]:
    """How fast every cue is spoken, and where. sounds: seconds of sound of each cue; 0 where it has
    none. pauses: seconds between its rows, which are not stretched."""
    at = 0.0
    for cue, sound, pause in zip(cues, sounds, pauses, strict=True):
        begin = max(cue.start, at)
        speed = speed_for(sound, cue.end - begin - pause, timing)
        end = begin + sound / speed + pause
        at = max(at, end)
        yield Fitted(cue, speed, begin, end)


def speed_for(sound: float, room: float, timing: Timing) -> float:
    """The speed at which `sound` seconds are best in a room of so many."""
    if sound <= 0:
        return 1.0
    wanted = sound / room if room > 0 else timing.fastest
    if wanted < timing.slowest or abs(wanted - 1) < _SAME:
        return 1.0
    return min(wanted, timing.fastest)


def stretched(audio: NDArray[np.float32], rate: int, speed: float) -> NDArray[np.float32]:
    """A trimmed sound at another speed and the same pitch, float32 (samples,).

    It is trimmed again: silence at its ends was stretched with it, and ffmpeg's filter gives a few
    milliseconds more or less.
    """
    if speed == 1 or not len(audio):
        return audio

    stretcher = Stretcher(rate, speed)
    made = np.concatenate([stretcher.push(audio), stretcher.flush()])
    return trim(made[: round(len(audio) / speed)], rate)


def expected(
    rows: Sequence[ScriptRow], seconds: Sequence[float], gaps: Gaps, timing: Timing
) -> list[str]:
    """Sentences on cues that will not be kept. seconds: of each row's sound, as far as known; 0
    where it has none."""
    cues = cues_of(rows)
    sounds = [sum(seconds[place] for place in cue.rows) for cue in cues]
    pauses = [
        sum(gaps.between(rows[place].text) for place in cue.rows[:-1]) if sound else 0.0
        for cue, sound in zip(cues, sounds, strict=True)
    ]
    return overruns(list(fit(cues, sounds, pauses, timing)), rows)


def foretold(
    rows: Sequence[ScriptRow], seconds: Sequence[float], gaps: Gaps, timing: Timing
) -> list[str]:
    """The same, of sound that is not there yet."""
    told = expected(rows, seconds, gaps, timing)
    return [
        f"by its predicted length, {words}" if words.startswith("cue ") else words for words in told
    ]


def overruns(fitted: Sequence[Fitted], rows: Sequence[ScriptRow]) -> list[str]:
    """Sentences on cues that the sound does not keep to; a cue without sound keeps its time."""
    found = []
    for one, following in zip(fitted, [*fitted[1:], None], strict=True):
        if max(one.over, one.late) > CLOSE and one.begin != one.end:
            into = following is not None and following.late > CLOSE
            found.append(_words(one, rows[one.cue.rows[0]].id, into))
    told = found[:_NAMED]
    if len(found) > _NAMED:
        told.append(_and_more(len(found) - _NAMED))
    return told


def _words(one: Fitted, row: str, into: bool) -> str:
    """A cue that is not kept. into: it runs into the next one."""
    at, late, over, speed = clock(one.cue.start), one.late, one.over, one.speed
    if over <= CLOSE:
        return f"cue {row} at {at} begins {late:.1f} s late"
    if late <= CLOSE and not into:
        return f"cue {row} at {at} runs {over:.1f} s past its end at {speed:.2f}× speed"
    if late <= CLOSE:
        return (
            f"cue {row} at {at} runs {over:.1f} s past its end, into the next one at "
            f"{speed:.2f}× speed"
        )
    if not into:
        return (
            f"cue {row} at {at} begins {late:.1f} s late and runs {over:.1f} s past its end at "
            f"{speed:.2f}× speed"
        )
    return (
        f"cue {row} at {at} begins {late:.1f} s late and runs {over:.1f} s past its end, into the "
        f"next one at {speed:.2f}× speed"
    )


def _and_more(count: int) -> str:
    return f"and {count} more cues that are not kept"


def clock(seconds: float) -> str:
    """0:01:05.200"""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
