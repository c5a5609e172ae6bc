"""What each voice of a checkpoint sounds like: samples/NAME.flac, and NAME.ja.flac if it has
learned Japanese.

    samples.py FOLDER

Every voice says the same sentence, its first take with the seed 0; "default" is the voice that
speaks without a preset.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from engine.api import SpeechRequest, SpeechRow
from engine.bark.engine import BarkEngine
from engine.bark.tokenizer import reads_moras
from engine.bark.voices import presets
from engine.settings import Settings

ENGLISH = "Good evening. The ferry comes at seven, and there is hot soup on board."
JAPANESE = "こんばんは。船は七時に着きます。中で温かいスープが飲めますよ。"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder / "samples"
    folder.mkdir(exist_ok=True)
    for former in folder.glob("*.flac"):
        former.unlink()
    voices: list[str | None] = [None, *presets(folder.parent)]
    engine = BarkEngine(folder.parent, Settings(precision="float32"))
    sentences = {".flac": ENGLISH} | ({".ja.flac": JAPANESE} if reads_moras(folder.parent) else {})
    for ending, sentence in sentences.items():
        rows = tuple(SpeechRow(text=sentence, voice=voice) for voice in voices)
        takes = engine.generate(SpeechRequest(rows=rows)).takes
        for voice, take in zip(voices, takes, strict=True):
            path = folder / f"{voice or 'default'}{ending}"
            soundfile.write(path, take.audio, take.sample_rate, subtype="PCM_16")
            print(f"{path}: {take.seconds:.1f} s")
    engine.close()


if __name__ == "__main__":
    main()
