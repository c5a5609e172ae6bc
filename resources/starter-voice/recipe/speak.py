"""The teacher speaks: sentences → which sound of speech is when, and sound.

    speak.py WORK held-out --voice NAME   the sentences of held-out.txt, which are never trained on
    speak.py WORK rows                    alignments alone: no sound, 20 ms a row
    speak.py WORK sound --voice NAME      alignments and sound
    … --language ja --rohan FILE          the same in Japanese: held-out.ja.txt; folders …-ja

A semantic token says which sound of speech (a "unit", about a phoneme) is spoken in 40 ms, and
whether it begins there. Every unit lasts at least one token. Shards that exist are skipped, so the
command can be stopped and given again, and --part 0 --of 2 shares it between processes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shards
import soxr
import text
from alignment import Phonemes
from english import English
from kokoro import FRAME, RATE, Kokoro

if TYPE_CHECKING:
    from japanese_text import Source

SOUND_RATE, TOKEN = 16_000, 640  # samples of a second, of a semantic token (25 Hz)
RHYTHM = {"en": "af_heart", "ja": "jf_alpha"}  # the voices whose lengths all voices have
BEFORE = 0.04  # seconds of the silence before the first sound that are kept
LAST = 3  # tokens at most of the silence after the last
COMMON = 24_000  # rows of words that people use, each some two times
UNITS = {unit: i for i, unit in enumerate(text.FIXED["units"])}


class Teacher:
    """Sentence → row and, if asked, sound. English; see JapaneseTeacher."""

    def __init__(self, voices: Path, voice: str = "") -> None:
        """voice: who speaks; nobody if empty."""
        self.voice = voice
        self.kokoro = Kokoro(voices, sound=bool(voice))
        self.english = English(set(self.kokoro.ids))

    def __call__(self, sentence: str) -> tuple[shards.Row, np.ndarray | None] | None:
        """A row and int16 (640 · tokens,) at 16 kHz; None for what cannot be aligned."""
        read = self.english(sentence)
        if read is None:
            return None
        lengths = self.kokoro.lengths(read.spoken, RHYTHM["en"])
        row, start = _row(sentence, read, lengths)
        if not self.voice:
            return row, None
        made = self.kokoro.speak(read.spoken, self.voice, lengths)
        return row, _cut(made, start, sum(row.counts))


class JapaneseTeacher:
    """The same in Japanese, from sentences or accent phrases; row.text is in moras."""

    def __init__(self, voices: Path, voice: str = "") -> None:
        from japanese import Japanese

        self.voice = voice
        self.kokoro = Kokoro(voices, sound=bool(voice))
        self.japanese = Japanese(set(self.kokoro.ids))

    def __call__(self, sentence: Source) -> tuple[shards.Row, np.ndarray | None] | None:
        """As Teacher's; None also for what has more text ids than a row takes."""
        from pitch import tuned

        read = self.japanese(sentence)
        if read is None or read.phonemes.spans[-1][1] >= text.LONGEST:
            return None
        spoken = read.phonemes.spoken
        lengths = self.kokoro.lengths(spoken, RHYTHM["ja"])
        row, start = _row(read.text, read.phonemes, lengths)
        if not self.voice:
            return row, None
        tune = partial(tuned, read.said, read.where, lengths)
        made = self.kokoro.speak(spoken, self.voice, lengths, tune)
        return row, _cut(made, start, sum(row.counts))


def _row(said: str, read: Phonemes, lengths: np.ndarray) -> tuple[shards.Row, float]:
    """A row, and the second of the sound at which it starts."""
    seconds = np.bincount(read.unit, lengths[1:] * FRAME, len(read.units))
    start = max(0.0, lengths[0] * FRAME - BEFORE)
    counts = _counts(np.cumsum(seconds) + lengths[0] * FRAME - start)
    return shards.Row(said, [index(unit) for unit in read.units], counts, read.spans), start


def index(unit: str) -> int:
    """The id of a unit; a rare one is spoken as its neighbour."""
    for known in (unit, unit.replace("ʲ", ""), unit.strip("ˈː"), unit.strip("ˈ")[:1], "ə"):
        if known in UNITS:
            return UNITS[known]
    raise ValueError(unit)


def _counts(ends: np.ndarray) -> list[int]:
    """Ends of units in seconds → tokens of each, at least one, the last at most LAST."""
    marks, mark = [], 0
    for end in ends:
        marks.append(mark := max(mark + 1, round(float(end) * SOUND_RATE / TOKEN)))
    counts: list[int] = np.diff([0, *marks]).tolist()
    counts[-1] = min(counts[-1], LAST)
    return counts


def _cut(wave: np.ndarray, start: float, tokens: int) -> np.ndarray:
    """Exactly so many tokens of sound at RATE, from `start` seconds on, faded out: int16."""
    wave = soxr.resample(wave, RATE, SOUND_RATE)
    wave = wave[round(start * SOUND_RATE) :][: tokens * TOKEN]
    wave = np.pad(wave, (0, tokens * TOKEN - len(wave)))
    wave[-TOKEN:] *= np.linspace(1, 0, TOKEN, dtype=np.float32)
    return (wave.clip(-1, 1) * 32767).astype(np.int16)


def wanted(kind: str, voice: str) -> list[str]:
    """English sentences in the order in which they are spoken."""
    made = text.tokenizer()
    held = text.held_out()
    if kind == "held-out":
        return held
    rest = [s for s in (text.normal(made, s) for s in text.sentences()) if s not in set(held)]
    count = len(rest) * (1 if kind == "rows" else 0) + len(rest) // 5
    both = rest + [text.normal(made, said) for said in text.drills(count, 2, text.dictionary())]
    random.Random(f"{kind} {voice}").shuffle(both)  # each voice says other sentences first
    if kind == "rows":
        both += [text.normal(made, said) for said in text.drills(COMMON, 3, text.common())]
    return [s for s in both if 1 < len(made.encode(s).ids) <= text.LONGEST]


def wanted_japanese(kind: str, voice: str, rohan: Path) -> Sequence[Source]:
    """The same in Japanese."""
    import japanese_text

    if kind == "held-out":
        return japanese_text.held_out()
    if kind == "rows":
        return list(japanese_text.rows(rohan, 0))
    said = japanese_text.sentences(rohan, 0)
    random.Random(f"{kind} {voice}").shuffle(said)
    return said


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("kind", choices=("held-out", "rows", "sound"))
    parser.add_argument("--voices", type=Path, required=True, help="voice vectors of kokoro-js")
    parser.add_argument("--voice", default="", help="who speaks")
    parser.add_argument("--language", choices=tuple(RHYTHM), default="en")
    parser.add_argument("--rohan", type=Path, help="Rohan4600_transcript_utf8.txt")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--of", type=int, default=1)
    parser.add_argument("--shards", type=int, default=10**6, help="so many at most")
    args = parser.parse_args()
    if (args.kind == "rows") == bool(args.voice):
        parser.error("sound and held-out sentences need --voice, rows have none")
    if args.language == "ja" and args.kind != "held-out" and not args.rohan:
        parser.error("Japanese rows and sound need --rohan")
    folder = args.work / shards.kind(args.kind, args.language)
    folder.mkdir(parents=True, exist_ok=True)
    teacher: Any
    todo: Sequence[Source]
    if args.language == "ja":
        teacher = JapaneseTeacher(args.voices, args.voice)
        todo = wanted_japanese(args.kind, args.voice, args.rohan)
    else:
        teacher = Teacher(args.voices, args.voice)
        todo = wanted(args.kind, args.voice)
    count = min(-(-len(todo) // shards.SIZE), args.shards)
    for number in range(args.part, count, args.of):
        target = folder / f"{args.voice or 'all'}.{number:04}.npz"
        if target.exists():
            continue
        start = time.time()
        found = [teacher(s) for s in todo[number * shards.SIZE :][: shards.SIZE]]
        rows = [one[0] for one in found if one]
        sounds = [one[1] for one in found if one and one[1] is not None]
        if sounds:
            np.save(target.with_suffix(".sound.npy"), np.concatenate(sounds))
        shards.write(target, rows)
        hours = sum(sum(row.counts) for row in rows) * TOKEN / SOUND_RATE / 3600
        seconds = time.time() - start
        print(f"{target.name}: {len(rows)} rows, {hours:.3f} h in {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
