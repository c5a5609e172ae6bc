"""Whisper, through faster-whisper: the optional packages `listen`. Imported by nobody before it is
asked to hear."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.listening.comparable import without_tags
from engine.listening.heard import Heard, Word
from engine.listening.windows import in_time, windows, without_silent

_NO_SPEECH, _UNSURE = 0.6, -1.0  # probability of no speech, mean log probability: together invented
_HOP, _WINDOW = 160, 3000  # samples of a frame; frames that are encoded at once
_MOST = 400  # tokens that can be read at once
_LEAST = 1e-5  # probability: what is less likely is as wrong
_LOOPED = 2.4  # by which the text of a segment can be compressed: it goes round in a circle
MISSING = (
    "nothing can be heard without the packages for listening: install them with `pip install "
    "faster-whisper`, or leave --listen out"
)


class Whisper:
    """A Recogniser. Loads at once: 150 MB for base, half a second."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """folder: a model for faster-whisper. threads: of the processor.

        Raises UserError where the packages are missing, or the model is damaged.
        """
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # what is missing is not fetched unasked
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise UserError(MISSING) from error
        try:
            self._model: Any = WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError, KeyError, Exception) as error:
            why = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UserError(
                f"the recogniser in {folder} cannot be read ({why}): remove it and get it again"
            ) from error
        self.many_languages = bool(self._model.model.is_multilingual)
        self._encode, self._model.encode = self._model.encode, self._keep
        self._encoded: Any = None  # the first 30 seconds of what was heard last

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        """As Recogniser. Raises UserError for a language that the model does not know."""
        base = language.lower().partition("-")[0]
        known = self._model.supported_languages if self.many_languages else ["en"]
        if base not in known:
            raise UserError(
                f"this recogniser does not know the language {language}: take one of many "
                "languages, such as whisper-base"
            )
        words: list[list[Word]] = [[] for _ in sounds]
        likely: list[float | None] = [None] * len(sounds)
        for window in windows(sounds):
            for number, word in window.share(self._words(window.sound, base)):
                words[number].append(word)
            if meant:
                numbers = [number for number, _, _ in window.places]
                found = self._likely(window.sound, [meant[number] for number in numbers], base)
                for number, value in zip(numbers, found, strict=True):
                    likely[number] = value
        return [
            Heard(words=in_time(without_silent(found, sound), sound), language=base, likely=value)
            for found, sound, value in zip(words, sounds, likely, strict=True)
        ]

    def _keep(self, features: NDArray[np.float32]) -> Any:
        """Encode, and keep the beginning: it is the half of the work."""
        encoded = self._encode(features)
        if self._encoded is None:
            self._encoded = encoded
        return encoded

    def _likely(
        self, sound: NDArray[np.float32], texts: Sequence[str], language: str
    ) -> list[float | None]:
        """The mean logarithm of the probability of each text's tokens, where the recogniser reads
        them one after the other instead of its own; None where it has no room for them."""
        from faster_whisper.tokenizer import Tokenizer

        tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self.many_languages,
            task="transcribe" if self.many_languages else None,
            language=language if self.many_languages else None,
        )
        pieces = [tokenizer.encode(f" {plain}") for text in texts if (plain := without_tags(text))]
        tokens = [token for piece in pieces for token in piece]
        frames = len(sound) // _HOP
        if not tokens or len(pieces) < len(texts) or len(tokens) > _MOST or frames > _WINDOW:
            return [None] * len(texts)
        (aligned,) = self._model.model.align(
            self._encoded, tokenizer.sot_sequence, [tokens], frames, median_filter_width=7
        )
        logarithms = np.log(np.maximum(aligned.text_token_probs, _LEAST))
        found, at = list[float | None](), 0
        for piece in pieces:
            words, of_words = tokenizer.split_to_word_tokens([*piece, tokenizer.eot])
            said = [any(map(str.isalnum, word)) for word, part in zip(words, of_words, strict=True)
                    for _ in part][: len(piece)]  # fmt: skip
            own = logarithms[at : at + len(piece)][said]
            found.append(float(own.mean()) if len(own) else None)
            at += len(piece)
        return found

    def _words(self, sound: NDArray[np.float32], language: str) -> list[Word]:
        self._encoded = None
        try:
            segments, _ = self._model.transcribe(
                sound,
                language=language,
                beam_size=1,
                temperature=0.0,
                condition_on_previous_text=False,  # a mistake would breed others
                word_timestamps=True,
            )
            return [
                Word(word.word, float(word.start), float(word.end), float(word.probability))
                for segment in segments
                if not _is_invented(segment)
                for word in segment.words or ()
            ]
        except MemoryError as error:
            raise UserError("there is not enough memory to listen: close other programs") from error


def _is_invented(segment: Any) -> bool:
    """Whether a segment is what Whisper makes up over noise and silence."""
    if segment.compression_ratio > _LOOPED:
        return True
    return bool(segment.no_speech_prob > _NO_SPEECH and segment.avg_logprob < _UNSURE)
