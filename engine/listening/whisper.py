"""Whisper, through faster-whisper: the optional packages `listen`. Imported by nobody before it is
asked to hear."""

from __future__ import annotations

import dataclasses
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.listening.comparable import without_tags
from engine.listening.heard import RATE, Heard, Word
from engine.listening.windows import WINDOW, in_time, together, without_silent

_NO_SPEECH, _UNSURE = 0.6, -1.0  # probability of no speech, mean log probability: together invented
_HOP = 160  # samples of a frame
_MOST = 400  # tokens that can be read at once
_LEAST = 1e-5  # probability: what is less likely is as wrong
_LOOPED = 2.4  # by which a text can be compressed: it goes round in a circle
_A_SECOND, _BESIDES = 20, 32  # tokens that are written at most, of a loop
_OPENING, _CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"  # marks that belong to the word beside
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
        self._tokenizers: dict[str, Any] = {}  # by language

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
        heard = [Heard(language=base) for _ in sounds]
        try:
            for seconds, numbers in together(sounds):
                parts = [sounds[number] for number in numbers]
                texts = [meant[number] for number in numbers] if meant else ()
                if len(parts[0]) > WINDOW * RATE:
                    found = [Heard(words=tuple(self._words(parts[0], base)), language=base)]
                else:
                    found = self._at_once(parts, round(seconds * RATE) // _HOP, base, texts)
                for number, sound, one in zip(numbers, parts, found, strict=True):
                    words = in_time(without_silent(one.words, sound), sound)
                    heard[number] = dataclasses.replace(one, words=words)
        except MemoryError as error:
            raise UserError("there is not enough memory to listen: close other programs") from error
        return heard

    def _at_once(
        self,
        sounds: Sequence[NDArray[np.float32]],
        frames: int,
        language: str,
        meant: Sequence[str],
    ) -> list[Heard]:
        """What is said in each of some sounds, each in a window of its own. frames: of a window:
        encoding thirty seconds takes nine times as long as encoding ten.

        They are written down together, which takes a third of the time. That changes no bit, while
        texts that are placed together would change each other's probabilities."""
        tokenizer = self._tokenizer(language)
        lengths, windows = [], []
        for sound in sounds:
            features = self._model.feature_extractor(sound)
            lengths.append(min(features.shape[-1] - 1, frames))
            short = features[:, : lengths[-1]]
            windows.append(np.pad(short, ((0, 0), (0, frames - lengths[-1]))))
        encoded = [np.array(self._model.encode(window)) for window in windows]
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        results = self._model.model.generate(
            _on_device(np.concatenate(encoded)),
            [prompt] * len(sounds),
            beam_size=1,
            max_length=min(
                len(prompt) + _BESIDES + _A_SECOND * max(lengths) * _HOP // RATE,
                self._model.max_length,
            ),
            return_scores=True,
            return_no_speech_prob=True,
        )
        found = []
        for number, (one, length) in enumerate(zip(encoded, lengths, strict=True)):
            sound = _on_device(one)
            words = self._placed(sound, _written(results[number], tokenizer), length, tokenizer)
            text = without_tags(meant[number]) if meant else ""
            likely, probable = self._likely(sound, text, length, tokenizer)
            found.append(Heard(words=words, language=language, likely=likely, probable=probable))
        return found

    def _placed(
        self, encoded: Any, tokens: list[int], length: int, tokenizer: Any
    ) -> tuple[Word, ...]:
        """The words of some tokens, with their seconds. length: frames of the sound."""
        from faster_whisper.transcribe import merge_punctuations

        if not tokens:
            return ()
        (places,) = self._model.find_alignment(tokenizer, [tokens], encoded, length)
        merge_punctuations(places, _OPENING, _CLOSING)
        return tuple(
            Word(place["word"], *(float(place[name]) for name in ("start", "end", "probability")))
            for place in places
            if place["word"]
        )

    def _likely(
        self, encoded: Any, text: str, length: int, tokenizer: Any
    ) -> tuple[float | None, float | None]:
        """How probable the tokens of a text are, where the recogniser reads them one after the
        other instead of its own: the mean of their logarithms, and of themselves. None where there
        is no text, or no room for it."""
        tokens = tokenizer.encode(f" {text}") if text else []
        if not tokens or len(tokens) > _MOST:
            return None, None
        (aligned,) = self._model.model.align(
            encoded, tokenizer.sot_sequence, [tokens], length, median_filter_width=7
        )
        words, of_words = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
        said = [any(map(str.isalnum, word)) for word, part in zip(words, of_words, strict=True)
                for _ in part][: len(tokens)]  # fmt: skip
        own = np.array(aligned.text_token_probs)[said]
        if not len(own):
            return None, None
        return float(np.log(np.maximum(own, _LEAST)).mean()), float(own.mean())

    def _words(self, sound: NDArray[np.float32], language: str) -> list[Word]:
        """The words of a sound that is longer than a window."""
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
            if not _is_invented(
                segment.compression_ratio, segment.no_speech_prob, segment.avg_logprob
            )
            for word in segment.words or ()
        ]

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer,
                self.many_languages,
                task="transcribe" if self.many_languages else None,
                language=language if self.many_languages else None,
            )
        return self._tokenizers[language]


def _on_device(encoded: NDArray[np.float32]) -> Any:
    """What was encoded, float32 (sounds, frames, width), as it is taken up again."""
    from ctranslate2 import StorageView

    return StorageView.from_array(np.ascontiguousarray(encoded))


def _written(result: Any, tokenizer: Any) -> list[int]:
    """The tokens of a text that was heard; [] where it is invented."""
    tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
    if not tokens:
        return []
    count = len(result.sequences_ids[0])
    data = tokenizer.decode(tokens).strip().encode()
    ratio = len(data) / len(zlib.compress(data))
    mean = result.scores[0] * count / (count + 1)  # its end counts as a token, too
    return [] if _is_invented(ratio, result.no_speech_prob, mean) else tokens


def _is_invented(ratio: float, no_speech: float, likely: float) -> bool:
    """Whether a text is what Whisper makes up over noise and silence, or going round in a circle.
    ratio: by which it can be compressed. likely: the mean logarithm of its probability."""
    return ratio > _LOOPED or (no_speech > _NO_SPEECH and likely < _UNSURE)
