"""Japanese as it is compared: what is said, in katakana, however it was written."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from engine.spoken.moras import reading
from engine.spoken.openjtalk import spell

_COLUMNS = {
    "ア": "アカサタナハマヤラワガザダバパァャヮ", "イ": "イキシチニヒミリギジビピィ",
    "ウ": "ウクスツヌフムユルグズブプゥュヴ", "エ": "エケセテネヘメレゲゼデベペェ",
    "オ": "オコソトノホモヨロヲゴゾドボポォョ",
}  # fmt: skip
_VOWEL = {kana: vowel for vowel, column in _COLUMNS.items() for kana in column}
_LONGER = {(v, v) for v in "アイウエオ"} | {("オ", "ウ"), ("エ", "イ")}


def plain(katakana: str) -> str:
    """A reading without marks, long vowels always as ー, so that spellings do not count."""
    katakana = re.sub("[^ァ-ヴー]", "", katakana.translate(str.maketrans("ヲヂヅ", "オジズ")))
    return "".join(
        "ー" if (_VOWEL.get(before, ""), kana) in _LONGER else kana
        for before, kana in pairwise(" " + _long(katakana))
    )


def _long(katakana: str) -> str:
    """ー → the vowel that it makes longer."""
    made = ""
    for kana in katakana:
        made += _VOWEL.get(made[-1:], "") if kana == "ー" else kana
    return made


def moras(reading: str) -> list[str]:
    """A `plain` reading, mora by mora."""
    return re.findall("[ァ-ヴー][ャュョァィゥェォヮ]?", reading)


def said_as(spelled: str) -> str:
    """Moras as the tokenizer spells them → `plain` reading."""
    return plain(reading(spelled))


def read(sentence: str) -> str:
    """Japanese as it is written → `plain` reading."""
    return plain(reading(spell(sentence)[0]))
