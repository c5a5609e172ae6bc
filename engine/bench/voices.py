"""Which voices of a model are understood best: each says the same sentences, and is heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.bench.sentences import SENTENCES
from engine.bench.share import Share
from engine.bench.understood import understood
from engine.errors import UserError
from engine.listening.heard import Recogniser

_LANGUAGE = re.compile(r"(?:v\d+/)?([a-z]{2})_speaker_\d+$")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a voice. share: of its words that were heard otherwise; None where it could not
    be judged, and why."""

    voice: str
    share: Share | None
    why: str = ""


def judge(
    folder: Path,
    voices: Sequence[str],
    recogniser: Recogniser,
    count: int,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Judged]:
    """The voices of a checkpoint, those that are understood best first. count: sentences of each,
    at most. Every sentence is one take that nobody chose. tell: told of each voice."""
    found = list(_each(folder, voices, recogniser, count, tell))
    return sorted(found, key=lambda one: (one.share is None, one.share.value if one.share else 0))


def _each(
    folder: Path,
    voices: Sequence[str],
    recogniser: Recogniser,
    count: int,
    tell: Callable[[str], None],
) -> Iterator[Judged]:
    from engine.api import SpeechRequest, SpeechRow, VoiceFacts
    from engine.bark.engine import BarkEngine
    from engine.bark.voice_facts import read_voice_facts
    from engine.models.hub import fetch_file
    from engine.settings import Settings

    engine, about = BarkEngine(folder, Settings(), fetch_file), read_voice_facts(folder)
    try:
        for number, voice in enumerate(voices, 1):
            named = _LANGUAGE.match(voice)
            known = about.get(voice, VoiceFacts()).languages
            language = named[1] if named else next(iter(known), "en")
            texts = SENTENCES.get(language, ())[:count]
            if not texts:
                yield Judged(voice, None, f"there are no sentences in its language, {language}")
                continue
            tell(f"{voice}: speaking, {number} of {len(voices)}")
            try:
                rows = tuple(
                    SpeechRow(text=text, voice=voice, take=n) for n, text in enumerate(texts)
                )
                takes = engine.generate(SpeechRequest(rows=rows)).takes
                tell(f"{voice}: listening")
                sounds, rate = [take.audio for take in takes], takes[0].sample_rate
                heard = understood(recogniser, texts, sounds, rate, language)
            except UserError as error:
                yield Judged(voice, None, str(error))
                continue
            yield Judged(voice, heard.share)
    finally:
        engine.close()
