"""Moras and their pitch: how a text id of a checkpoint that reads Japanese is spelled.

One id for each mora at one pitch: hiragana where the voice is low, katakana where it is high, `〜`
and `ー` for a vowel that goes on, `|` between accent phrases, and `, . ? !`. So 橋を渡る。 is
はシお|わタル. (the voice rises to シ and falls after it; わたる stays high).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BETWEEN = "|"  # accent phrases
MARKS = ",.?!"
_LOW, _HIGH = "〜", "ー"
_SMALL = dict(zip("ぁぃぅぇぉゃゅょゎ", "あいうえおやゆよわ", strict=True))
_SAME = {
    "を": "お", "ゐ": "い", "ゑ": "え", "ぢ": "じ", "づ": "ず", "ゕ": "か", "ゖ": "け",
}  # fmt: skip
_PAIRS = {
    "ゃゅょ": "きぎしじちてでにひびぴみり",
    "ぇ": "いうきぎくぐしじちつにひびぴみりふでゔ",
    "ぃ": "うくぐしすずつてでふゔ",
    "ぁ": "くぐつふゔ",
    "ぉ": "うくぐつふゔ",
    "ぅ": "くぐとど",
    "ゅ": "ふゔ",
    "ょ": "ふゔ",
}
_ID = re.compile(r"[ぁ-ゔァ-ヴ][ゃゅょぁぃぅぇぉャュョァィゥェォ]?|\S")
_TWO = {head + small for tails, heads in _PAIRS.items() for small in tails for head in heads}


@dataclass(frozen=True, slots=True)
class Phrase:
    """An accent phrase. moras: hiragana, ー, っ, ん. accent: the mora after which the voice falls,
    counted from 1; 0 where it stays high. words: which of the text's words each mora is of."""

    moras: tuple[str, ...]
    accent: int = 0
    words: tuple[int, ...] = ()

    @property
    def high(self) -> list[bool]:
        """Whether the voice is high, for each mora, as in Tokyo."""
        if self.accent == 1:
            return [place == 0 for place in range(len(self.moras))]
        return [
            place > 0 and (not self.accent or place < self.accent)
            for place in range(len(self.moras))
        ]


Said = Phrase | str  # an accent phrase, or one of MARKS


def moras_of(kana: str, before: Sequence[str] = ()) -> list[str]:
    """Kana of either kind → moras that have an id; what is no kana is left out.

    A rare pair is spoken as two (`いゃ` → い, や), and っ and ー do not pile up. before: moras that
    it goes on from, since ー needs one.
    """
    found = list(before)
    for letter in map(_hiragana, kana):
        letter = _SAME.get(letter, letter)
        if letter == "ゎ" and found[-1:] in (["く"], ["ぐ"]):
            letter = "ぁ"
        if letter in _SMALL and found and found[-1] + letter in _TWO:
            found[-1] += letter
        elif _goes_on(found, letter):
            found.append(_SMALL.get(letter, letter))
    return found[len(before) :]


def _goes_on(moras: list[str], letter: str) -> bool:
    """Whether it is kana, and can be said after those moras."""
    if letter == _HIGH:
        return bool(moras) and moras[-1] != "っ" and moras[-3:] != [_HIGH] * 3
    return "ぁ" <= letter <= "ゔ" and (letter != "っ" or moras[-1:] != ["っ"])


def spelled(said: Iterable[Said]) -> str:
    """Accent phrases and marks, one letter or two for each id."""
    return "".join(item for _, _, item in items(said))


def items(said: Iterable[Said]) -> Iterator[tuple[int, int, str]]:
    """The ids of a text as they are spelled, with the place of their phrase or mark in `said` and
    of their mora in it. `|` is of the phrase that it stands before."""
    fresh = False
    for place, part in enumerate(said):
        if isinstance(part, str):
            yield place, 0, part
            fresh = False
            continue
        if fresh:
            yield place, 0, BETWEEN
        for number, (mora, high) in enumerate(zip(part.moras, part.high, strict=True)):
            yield place, number, _katakana(mora) if high else mora.replace(_HIGH, _LOW)
        fresh = True


def length(text: str) -> int:
    """How many ids a text is that is spelled so; its letters that are no kana are one each."""
    return len(_ID.findall(text))


def reading(text: str) -> str:
    """Spelled moras → katakana without pitch and marks, for people."""
    return re.sub(rf"[{re.escape(BETWEEN)}]", "", _katakana(text.replace(_LOW, _HIGH)))


def _hiragana(letter: str) -> str:
    return chr(ord(letter) - 96) if "ァ" <= letter <= "ヶ" else letter


def _katakana(text: str) -> str:
    return "".join(chr(ord(kana) + 96) if "ぁ" <= kana <= "ゖ" else kana for kana in text)
