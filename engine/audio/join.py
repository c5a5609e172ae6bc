"""Takes become one recording: trimmed, at one level, with gaps that fit, without a click."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FRAME = 0.01  # seconds in which a level is measured
_QUIET = 40.0  # dB under the loudest frame that count as silence
_NOTHING = 10 ** (-55 / 20)  # rms that is silence whatever the rest is
_PAD = 0.03  # seconds kept before and after what sounds
_FADE = 0.01  # seconds
_CLOSING = "\"'»«”’“)]}』」 "
_SENTENCE, _CLAUSE = re.compile(r"[.!?…。！？♪]$"), re.compile(r"[,;:–—、，；：-]$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaps:
    """Seconds of silence between two rows, by what stands between them.

    word: the sentence goes on. clause: after a comma and the like. sentence: after a full stop.
    speaker: at least this where the speaker changes. chapter: at least this before a heading.
    """

    word: float = 0.08
    clause: float = 0.18
    sentence: float = 0.35
    speaker: float = 0.5
    chapter: float = 1.6

    def __post_init__(self) -> None:
        for name in ("word", "clause", "sentence", "speaker", "chapter"):
            if not 0 <= getattr(self, name) <= 60:
                raise ValueError(f"a gap lasts 0 to 60 seconds, not {getattr(self, name)}")

    def between(
        self, before: str, *, new_speaker: bool = False, new_chapter: bool = False
    ) -> float:
        """Seconds after the text `before`."""
        end = before.rstrip(_CLOSING)
        gap = self.word
        if _SENTENCE.search(end):
            gap = self.sentence
        elif _CLAUSE.search(end):
            gap = self.clause
        if new_speaker:
            gap = max(gap, self.speaker)
        return max(gap, self.chapter) if new_chapter else gap


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Piece:
    """A trimmed sound and the seconds of silence before it; below 0 they overlap, cross-faded."""

    audio: NDArray[np.float32]
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a piece went, in samples of the recording."""

    start: int
    end: int


def sounding(audio: NDArray[np.float32], sample_rate: int) -> tuple[int, int]:
    """First and last+1 sample of what is not silence at the ends; (0, 0) where all is silence."""
    loud = np.flatnonzero(loud_frames(audio, sample_rate))
    if not len(loud):
        return 0, 0
    frame = round(sample_rate * _FRAME)
    return int(loud[0]) * frame, min(len(audio), (int(loud[-1]) + 1) * frame)


def loud_frames(audio: NDArray[np.float32], sample_rate: int) -> NDArray[np.bool_]:
    """For every 10 ms, the last ones perhaps cut: does it sound? bool (frames,)."""
    frame = round(sample_rate * _FRAME)
    padded = np.pad(audio.astype(np.float64), (0, -len(audio) % frame))
    levels = np.sqrt((padded.reshape(-1, frame) ** 2).mean(axis=1))
    highest = levels.max(initial=0.0)
    loud: NDArray[np.bool_] = levels > max(_NOTHING, highest * 10 ** (-_QUIET / 20))
    return loud


def trim(
    audio: NDArray[np.float32],
    sample_rate: int,
    begin: float | None = None,
    end: float | None = None,
) -> NDArray[np.float32]:
    """The sound without the silence at its ends, faded in and out over what is kept of it. begin,
    end: seconds of it before and after which nothing is kept.

    Sound that is nothing but silence gives no samples.
    """
    start, stop = sounding(audio, sample_rate)
    if start == stop:
        return audio[:0]
    pad = round(sample_rate * _PAD)
    first, last = max(0, start - pad), stop + pad
    if begin is not None:
        first = max(first, round(begin * sample_rate))
    if end is not None:
        last = min(last, round(end * sample_rate))
    kept = audio[first : max(first, last)].astype(np.float32)  # a copy
    fade = min(round(sample_rate * _FADE), len(kept) // 2)
    ramp = _ramp(fade)
    kept[:fade] *= ramp
    kept[len(kept) - fade :] *= ramp[::-1]
    return kept


def cut(
    audio: NDArray[np.float32], sample_rate: int, start: float, end: float
) -> NDArray[np.float32]:
    """A stretch of a sound, in seconds of it, faded in and out where it is cut."""
    first, last = max(0, round(start * sample_rate)), min(len(audio), round(end * sample_rate))
    kept = audio[first:last].astype(np.float32)  # a copy
    fade = min(round(sample_rate * _FADE), len(kept) // 2)
    ramp = _ramp(fade)
    if first:
        kept[:fade] *= ramp
    if last < len(audio):
        kept[len(kept) - fade :] *= ramp[::-1]
    return kept


def trim_start(audio: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """The first part of a sound that is still being made, without the silence before it."""
    start, end = sounding(audio, sample_rate)
    if start == end:
        return audio[:0]
    kept = audio[max(0, start - round(sample_rate * _PAD)) :].astype(np.float32)  # a copy
    fade = min(round(sample_rate * _FADE), len(kept))
    kept[:fade] *= _ramp(fade)
    return kept


def trim_end(audio: NDArray[np.float32], end: int, sample_rate: int) -> NDArray[np.float32]:
    """The last part of a sound, which falls silent at the sample `end`."""
    kept = audio[: max(0, end) + round(sample_rate * _PAD)].astype(np.float32)  # a copy
    fade = min(round(sample_rate * _FADE), len(kept))
    kept[len(kept) - fade :] *= _ramp(fade)[::-1]
    return kept


def trimmed(lead: float, tail: float, seconds: float) -> tuple[float, float]:
    """Where what `trim` keeps begins and ends in a sound, in seconds. lead, tail: of silence."""
    return max(0.0, lead - _PAD), min(seconds, seconds - tail + _PAD)


def join(
    pieces: Iterable[Piece], sample_rate: int, placed: list[Placed] | None = None
) -> Iterator[NDArray[np.float32]]:
    """The recording, piece by piece: float32 (any length,).

    placed: gets the place of every piece, once what lies before it has been given out. Never more
    than two pieces are in memory. Pieces come faded from `trim`, so no join clicks; where a gap is
    below 0 the end of one and the beginning of the next are added, each faded over the overlap.
    """
    held = np.empty(0, dtype=np.float32)  # the end of what came before: it may overlap
    at = 0  # samples given out
    for piece in pieces:
        audio = piece.audio
        if piece.gap >= 0:
            gap = np.zeros(round(max(piece.gap, 0.0) * sample_rate), dtype=np.float32)
            out = np.concatenate([held, gap])
        else:
            overlap = min(round(-piece.gap * sample_rate), len(held), len(audio))
            ramp = _ramp(overlap)
            audio = audio.copy()
            audio[:overlap] = audio[:overlap] * ramp + held[len(held) - overlap :] * ramp[::-1]
            out = held[: len(held) - overlap]
        at += len(out)
        if len(out):
            yield out
        if placed is not None:
            placed.append(Placed(at, at + len(audio)))
        held = audio
    if len(held):
        yield held


def _ramp(count: int) -> NDArray[np.float32]:
    """From 0 to 1 without a corner: half a raised cosine."""
    phase = (np.arange(count) + 0.5) / max(count, 1)
    return (0.5 - 0.5 * np.cos(np.pi * phase)).astype(np.float32)
