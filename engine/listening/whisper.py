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
from engine.listening.alignment import compare
from engine.listening.comparable import without_tags
from engine.listening.heard import RATE, Heard, Word
from engine.listening.windows import LEAD, LONGEST, WINDOW, in_time, together, without_silent

# Probability of no speech, mean log probability, of what is invented: noise has 0.45 or more and
# -1.4 or less, speech 0.5 or less and seldom less than -0.7.
_NO_SPEECH, _UNSURE = 0.4, -1.0
_HOP = 160  # samples of a frame
_MOST = 400  # tokens that can be read at once
_LEAST = 1e-5  # probability: what is less likely is as wrong
_LOOPED = 2.4  # by which a text can be compressed: it goes round in a circle
_RANGE = 2.0  # by which silence is below the loudest, in the units of features
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
                texts = [meant[number] for number in numbers] if meant else [""] * len(parts)
                found = self._in_windows(parts, seconds, base, texts)
                for number, sound, one in zip(numbers, parts, found, strict=True):
                    words = in_time(without_silent(one.words, sound), sound)
                    heard[number] = dataclasses.replace(one, words=words)
        except MemoryError as error:
            raise UserError("there is not enough memory to listen: close other programs") from error
        return heard

    def _in_windows(
        self,
        sounds: Sequence[NDArray[np.float32]],
        seconds: float,
        language: str,
        texts: Sequence[str],
    ) -> list[Heard]:
        """What is said in some sounds, in windows of so many seconds. texts: that were meant, each
        "" where nobody said.

        Where the end of a text was not heard, it is heard again with silence around it: a window
        as it is costs short sounds their ends, but tells takes apart at least as well."""
        if len(sounds[0]) > LONGEST * RATE:
            return [Heard(words=tuple(self._words(sounds[0], language)), language=language)]
        quiet = not any(texts)
        found = []
        for number, one in enumerate(self._at_once(sounds, seconds, language, texts, quiet)):
            own = sounds[number : number + 1], seconds, language, texts[number : number + 1]
            if one is not None and not quiet and (off := compare(texts[number], one)).missing_end:
                (again,) = self._at_once(*own, True)
                if again is not None and compare(texts[number], again).errors < off.errors:
                    one = dataclasses.replace(one, words=again.words)
            if one is None:  # a longer window ends that
                (one,) = self._at_once(own[0], WINDOW, *own[2:], True)
            found.append(one or Heard(language=language))
        return found

    def _at_once(
        self,
        sounds: Sequence[NDArray[np.float32]],
        seconds: float,
        language: str,
        texts: Sequence[str],
        quiet: bool,
    ) -> list[Heard | None]:
        """What is said in each of some sounds, in a window of its own; None where that goes round
        in a circle. seconds: of a window: encoding thirty takes nine times as long as ten. quiet:
        there is silence around the sound; else it begins with the window, and the rest is zeros.

        They are written down together, which takes a third of the time. That changes no bit, while
        texts that are placed together would change each other's probabilities."""
        tokenizer, frames = self._tokenizer(language), round(seconds * RATE) // _HOP
        encoded, lengths = list[NDArray[np.float32]](), list[int]()
        lead = LEAD if quiet else 0.0
        for sound in sounds:
            before = np.zeros(round(lead * RATE), dtype=np.float32)
            features = self._model.feature_extractor(np.concatenate([before, sound]))
            length = min(features.shape[-1] - 1, frames)
            rest = features.max() - _RANGE if quiet else 0.0
            window = np.full((len(features), frames), rest, dtype=np.float32)
            window[:, :length] = features[:, :length]
            encoded.append(np.array(self._model.encode(window)))
            lengths.append(length)
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
        found = list[Heard | None]()
        for number, (result, length) in enumerate(zip(results, lengths, strict=True)):
            tokens, ratio = _written(result, tokenizer)
            if ratio > _LOOPED:
                found.append(None)
                continue
            one = _on_device(encoded[number])
            likely, probable = self._likely(one, without_tags(texts[number]), length, tokenizer)
            words = self._placed(one, tokens, length, tokenizer, lead)
            heard = Heard(words=words, language=language, likely=likely, probable=probable)
            found.append(heard)
        return found

    def _placed(
        self, encoded: Any, tokens: list[int], length: int, tokenizer: Any, lead: float
    ) -> tuple[Word, ...]:
        """The words of some tokens, with their seconds. length: frames of the sound. lead: seconds
        of silence in front of it."""
        from faster_whisper.transcribe import merge_punctuations

        if not tokens:
            return ()
        (places,) = self._model.find_alignment(tokenizer, [tokens], encoded, length)
        merge_punctuations(places, _OPENING, _CLOSING)
        return tuple(
            Word(
                place["word"],
                max(0.0, float(place["start"]) - lead),
                max(0.0, float(place["end"]) - lead),
                float(place["probability"]),
            )
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


def _written(result: Any, tokenizer: Any) -> tuple[list[int], float]:
    """The tokens of a text that was heard, [] where it is invented, and by how much it can be
    compressed."""
    count = len(result.sequences_ids[0])
    tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
    data = tokenizer.decode(tokens).strip().encode()
    mean = result.scores[0] * count / (count + 1)  # its end counts as a token, too
    invented = _is_invented(0.0, result.no_speech_prob, mean)
    return [] if invented else tokens, len(data) / len(zlib.compress(data))


def _is_invented(ratio: float, no_speech: float, likely: float) -> bool:
    """Whether a text is what Whisper makes up over noise and silence, or going round in a circle.
    ratio: by which it can be compressed. likely: the mean logarithm of its probability."""
    return ratio > _LOOPED or (no_speech > _NO_SPEECH and likely < _UNSURE)
