"""Is this take good? What can be measured of it, and a verdict with reasons in words.

A verdict depends on the take and its text alone, never on the order in which takes were made: an
interrupted run must choose the same takes as one that was not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api import Take
from engine.audio.join import loud_frames, sounding
from engine.audio.loudness import SILENCE, loudness
from engine.script.pace import Pace
from engine.system.untrusted_json import fields_of

_END = 0.02  # seconds whose level tells whether a word was cut
_CLIPPED = 0.999  # |sample| at which the sound is cut off
_LONGEST_PERIOD = 1.0  # seconds of a loop of tokens that is looked for
_NEIGHBOURS = 3  # good takes of the same voice on each side that a level is compared with


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """What is measured of a take once, and kept with it.

    seconds: its length. lead, tail: seconds of silence at its ends. inner: its longest silence
    inside, in seconds. loudness: LUFS. peak: highest |sample|. clipped: seconds at full scale.
    looped: seconds for which its semantic tokens repeat. end: level of its last 20 ms, in dB of its
    loudest. ended: the model ended the sentence.
    finite: all samples are numbers. refused: why there is no take at all, or "".
    """

    seconds: float = 0.0
    lead: float = 0.0
    tail: float = 0.0
    inner: float = 0.0
    loudness: float = SILENCE
    peak: float = 0.0
    clipped: float = 0.0
    looped: float = 0.0
    end: float = -120.0
    ended: bool = False
    finite: bool = True
    refused: str = ""

    @property
    def speech(self) -> float:
        """Seconds from the first sound to the last."""
        return max(0.0, self.seconds - self.lead - self.tail)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Measures:
        """Raises ValueError for what `to_dict` did not give."""
        return fields_of(cls, stored, infinity=True)


def measure(take: Take) -> Measures:
    """Look at a take; a hundredth of its length in time. Any thread."""
    audio, rate = take.audio, take.sample_rate
    if not np.isfinite(audio).all():
        return Measures(seconds=take.seconds, ended=take.ended, finite=False)
    start, end = sounding(audio, rate)
    return Measures(
        seconds=take.seconds,
        lead=start / rate if end else take.seconds,
        tail=(len(audio) - end) / rate if end else 0.0,
        inner=_longest_silence(audio[start:end], rate),
        loudness=loudness(audio, rate),
        peak=float(np.abs(audio).max(initial=0.0)),
        clipped=float((np.abs(audio) >= _CLIPPED).sum()) / rate,
        looped=_longest_loop(take.semantic, take.seconds),
        end=_end_level(audio, rate),
        ended=take.ended,
    )


def _longest_silence(audio: NDArray[np.float32], rate: int) -> float:
    edges = np.flatnonzero(np.diff(np.concatenate([[1], loud_frames(audio, rate), [1]])))
    return float((edges[1::2] - edges[::2]).max(initial=0)) / 100


def _end_level(audio: NDArray[np.float32], rate: int) -> float:
    frame = round(rate * _END)
    whole = audio[len(audio) % frame :].astype(np.float64).reshape(-1, frame)
    levels = np.sqrt((whole**2).mean(axis=1)) if len(whole) else np.zeros(1)
    return float(20 * np.log10(max(levels[-1], 1e-6) / max(levels.max(), 1e-6)))


def _longest_loop(tokens: NDArray[np.int32], seconds: float) -> float:
    """Seconds of the longest stretch that repeats what came a period before, at least thrice."""
    if not seconds or not len(tokens):
        return 0.0
    rate = len(tokens) / seconds
    longest = 0
    for period in range(1, min(round(rate * _LONGEST_PERIOD), len(tokens) - 1) + 1):
        same = np.concatenate([[0], tokens[period:] == tokens[:-period], [0]]).astype(np.int8)
        edges = np.flatnonzero(np.diff(same))
        run = int((edges[1::2] - edges[::2]).max(initial=0))
        if run >= 2 * period:
            longest = max(longest, run + period)
    return longest / rate


# ── the verdict ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What is still good: seconds, but for `jump`, dB to the neighbours, and `end`, dB.

    Sixty good takes of the starter voice stay below 0.1 s of lead, 0.4 s of tail, 0.6 s of inner
    silence, 0.4 s of loop and −55 dB at the end. A song may end loudly. shortest, longest: parts of
    the expected length; the first of each pair for a voice of which nothing was learned.
    """

    lead: float = 1.0
    tail: float = 1.5
    inner: float = 1.2
    clipped: float = 0.005
    looped: float = 1.2
    end: float = -20.0
    jump: float = 9.0
    shortest: tuple[float, float] = (0.35, 0.5)
    longest: tuple[float, float] = (2.5, 1.8)


PACE, LIMITS = Pace(), Limits()


@dataclass(frozen=True, slots=True)
class Verdict:
    """reasons: what is wrong, in words; () is good. badness: the least is the best; 0 has no equal,
    and a good take with more is in doubt: a word was heard otherwise, as a recogniser may err."""

    reasons: tuple[str, ...] = ()
    badness: float = 0.0

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.reasons

    def __str__(self) -> str:
        return ", ".join(self.reasons) or "good"


def judge(
    measures: Measures,
    text: str,
    *,
    pace: Pace = PACE,
    limits: Limits = LIMITS,
    level: float | None = None,
) -> Verdict:
    """Whether a take of this text is good.

    level: LUFS of its neighbours; None leaves the comparison out.
    """
    if measures.refused:
        return Verdict((measures.refused,), 1000.0)
    if not measures.finite:
        return Verdict(("the sound holds values that are no numbers",), 900.0)
    if measures.speech < 0.05:
        return Verdict(("nothing is heard",), 800.0)
    faults: list[tuple[float, str]] = []
    if not measures.ended:
        faults.append((100, "the model did not end the sentence"))
    expected, heard = pace.seconds(text), measures.speech
    if heard > limits.longest[pace.known] * expected + 2:
        faults.append((40 + heard / expected, f"{heard:.1f} s long, about {expected:.1f} expected"))
    if heard < limits.shortest[pace.known] * expected - 0.2:
        faults.append((60 + expected / heard, f"only {heard:.1f} s, about {expected:.1f} expected"))
    if measures.end > limits.end and "♪" not in text:
        faults.append((30, "the last word is cut off"))
    if measures.looped > limits.looped:
        faults.append((50 + measures.looped, f"repeats itself for {measures.looped:.1f} s"))
    if measures.inner > limits.inner:
        faults.append((20 + measures.inner, f"{measures.inner:.1f} s of silence inside"))
    if measures.lead > limits.lead:
        faults.append((5 + measures.lead, f"{measures.lead:.1f} s of silence at the beginning"))
    if measures.tail > limits.tail:
        faults.append((5 + measures.tail, f"{measures.tail:.1f} s of silence at the end"))
    if measures.clipped > limits.clipped:
        faults.append((10, f"clipped for {measures.clipped * 1000:.0f} ms"))
    if level is not None and abs(measures.loudness - level) > limits.jump:
        jump = measures.loudness - level
        words = "louder" if jump > 0 else "quieter"
        faults.append((10 + abs(jump) / 10, f"{abs(jump):.0f} dB {words} than its neighbours"))
    return Verdict(tuple(words for _, words in faults), sum(weight for weight, _ in faults))


def levels_of_neighbours(levels: Sequence[float | None]) -> list[float | None]:
    """For each take of one voice, in order, the median level of those around it, in LUFS.

    levels: None where there is no good take. None in the result where there are fewer than three
    to compare with.
    """
    known = [(i, level) for i, level in enumerate(levels) if level is not None]
    at = {i: place for place, (i, _) in enumerate(known)}
    result: list[float | None] = []
    for i in range(len(levels)):
        if i not in at:
            result.append(None)
            continue
        place = at[i]
        around = known[max(0, place - _NEIGHBOURS) : place] + known[place + 1 :][:_NEIGHBOURS]
        result.append(median(level for _, level in around) if len(around) >= 3 else None)
    return result
