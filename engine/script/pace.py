"""How fast a voice speaks: what is heard of a text, and what was learned of every voice.

A project keeps the paces that it began with (see `Project.paces`): what is learned later changes
neither its rows nor its verdicts.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from engine.errors import UserError
from engine.system.atomic_files import remove_leftovers
from engine.system.inner_files import set_aside, write_own
from engine.system.outside import JSON_BYTES, VOICE_BYTES, read_outside
from engine.system.untrusted_json import finite, parse_object

# What is heard of a character, in letters: "7" is "seven", one ideograph is a syllable or two.
_DIGITS, _SIGNS, _IDEOGRAPHS, _SYLLABLES, _TAG = 4.0, 6.0, 3.3, 2.2, 15.0
_DIGIT = re.compile(r"\d")
_SIGN = re.compile("[&%$€£@+=°]")
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_COUNTED = re.compile(f"{_DIGIT.pattern}|{_SIGN.pattern}")
_SYLLABLE = re.compile("[\u3040-\u30ff\uac00-\ud7af]")  # kana, Hangul
TAG = re.compile(r"\[[^\[\]\n]{1,40}\]")  # [laughs], [pause 0.8] …

_SLOWEST, _FASTEST = 4.0, 40.0  # letters a second that are believed
_DAMAGE = (ValueError, TypeError, AttributeError, RecursionError)
_TAKES = 60  # of a voice that are remembered
_VOICES = 200
_lock = threading.Lock()  # of the file; another program's takes of the same moment may get lost


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a voice speaks, in letters per second (a digit counts as four, and so on)."""

    rate: float = 14.0

    def __post_init__(self) -> None:
        if not 1 <= self.rate <= 100:
            raise ValueError(f"a voice speaks 1 to 100 letters a second, not {self.rate}")

    def seconds(self, text: str) -> float:
        """Predicted length of the sound of a text, in seconds."""
        return letters(text) / self.rate

    @property
    def known(self) -> bool:
        """Whether it was learned, and is not just the start value."""
        return self.rate != Pace().rate

    @classmethod
    def learned(cls, takes: Iterable[tuple[str, float]]) -> Pace:
        """From (text, seconds of sound without silence at its ends) of this voice's good takes."""
        return cls.of_rates(_rates(takes))

    @classmethod
    def of_rates(cls, rates: list[float]) -> Pace:
        """The median, held near the start value while there are few takes."""
        start = cls().rate
        if not rates:
            return cls()
        weight = len(rates) / (len(rates) + 3)
        rate = weight * median(rates) + (1 - weight) * start
        return cls(min(max(rate, _SLOWEST), _FASTEST))


START = Pace()


def letters(text: str) -> float:
    """What is heard of a text, counted in letters. Additive, but for tags cut in two."""
    heard = float(len(text))
    if "[" in text:
        for tag in TAG.findall(text):
            inside = (_DIGITS - 1) * len(_DIGIT.findall(tag)) + (_SIGNS - 1) * len(
                _SIGN.findall(tag)
            )
            heard += _TAG - len(tag) - inside
    if _COUNTED.search(text):
        heard += (_DIGITS - 1) * len(_DIGIT.findall(text))
        heard += (_SIGNS - 1) * len(_SIGN.findall(text))
    if not text.isascii():
        heard += (_IDEOGRAPHS - 1) * len(_IDEOGRAPH.findall(text))
        heard += (_SYLLABLES - 1) * len(_SYLLABLE.findall(text))
    return heard


def voice_key(model: str, voice: str | None, content: str | None = None) -> str:
    """Under which name a voice is remembered. model: its hash. voice: a preset, an .npz, or None
    where the model makes one up. content: the hash of an .npz; it is read where that is unknown."""
    if voice is not None and voice.lower().endswith(".npz"):
        if content is None:
            with suppress(
                OSError, UserError
            ):  # that it is missing is said by whoever speaks with it
                content = hashlib.sha256(read_outside(Path(voice), VOICE_BYTES)).hexdigest()
        voice = f"file {(content or '')[:16]}"
    return f"{model[:16]} {voice or ''}".strip()


class Paces:
    """What was learned of the voices, in one JSON file of the user's. Any thread.

    The last good takes of every voice count. A file full of rubbish counts as an empty one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def of(self, key: str) -> Pace:
        """The pace of a voice by its `voice_key`; the start value for one that was never heard."""
        return Pace.of_rates(self._read().get(key, []))

    def learn(self, heard: Mapping[str, Iterable[tuple[str, float]]]) -> None:
        """Remember good takes: `voice_key` → (text, seconds of sound without silence at its ends).

        A disk that refuses changes nothing: it costs a guess, and no work. A damaged file is set
        aside.
        """
        new = {key: rates for key, takes in heard.items() if (rates := _rates(takes))}
        remove_leftovers(self.path.parent, {self.path.name})  # also where there is nothing new
        if not new:
            return
        with _lock, suppress(UserError, OSError):
            try:
                known = self._stored()
            except _DAMAGE:
                set_aside(self.path)
                known = {}
            is_ours = bool(known)
            for key, rates in new.items():
                known[key] = [*known.pop(key, []), *rates][-_TAKES:]  # the last one heard is last
            kept = dict(list(known.items())[-_VOICES:])
            rounded = {key: [round(rate, 2) for rate in rates] for key, rates in kept.items()}
            self.path.parent.mkdir(parents=True, exist_ok=True)
            data = json.dumps(rounded).encode() + b"\n"
            write_own(self.path, data, known=is_ours)

    def _read(self) -> dict[str, list[float]]:
        try:
            return self._stored()
        except (OSError, *_DAMAGE):
            return {}

    def _stored(self) -> dict[str, list[float]]:
        """What the file says; {} where there is none. Raises OSError, and _DAMAGE for rubbish."""
        try:
            data = read_outside(self.path, JSON_BYTES)
        except FileNotFoundError:
            return {}
        return {
            str(key): [finite(rate) for rate in rates if _SLOWEST / 4 <= rate <= _FASTEST * 4]
            for key, rates in parse_object(data).items()
        }


def _rates(takes: Iterable[tuple[str, float]]) -> list[float]:
    return [letters(text) / seconds for text, seconds in takes if seconds > 0.3]
