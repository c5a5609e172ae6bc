"""Texts made comparable: what is written and what was heard as the same words, by language.

A recogniser writes as it likes: figures, capitals, American spellings, one of two words that sound
alike. None of that was said otherwise. Languages without spaces are compared by character, kana as
one script; a kanji that was heard as kana, or the other way round, is settled by the alignment.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from engine.spoken.normalise import spoken_as

UNSPACED = frozenset({"ja", "zh", "yue", "th", "lo", "km", "my"})

_TAG = re.compile(r"\[[^\[\]\n]{1,40}\]|♪")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_CHARACTER = re.compile(r"[^\W_]ー?|ー")
# Sound alike: the first stands for all.
_ALIKE = """
their there they're|to too two|for four fore|your you're|its it's|here hear|right write rite wright
sea see|son sun|one won|eight ate|new knew|no know|by buy bye|be bee|our hour are|week weak
meet meat|wear where ware|whole hole|made maid|tale tail|mail male|sail sale|pair pear pare
bare bear|dear deer|fair fare|flour flower|great grate|hair hare|heal heel|him hymn|knight night
knot not|lead led|loan lone|main mane|none nun|pale pail|peace piece|plain plane|poor pore pour
rain reign rein|read red|road rode rowed|role roll|root route|scene seen|sight site cite|some sum
stair stare|steal steel|tide tied|toe tow|vain vein|waist waste|wait weight|way weigh|wood would
which witch|who's whose|aloud allowed|board bored|break brake|cell sell|cent sent scent|die dye
blue blew|through threw|past passed|principal principle|course coarse|bow bough|heard herd
ok okay|mr mister|mrs missus|dr doctor|st saint|gray grey|til till until|alright all-right
"""
_SAME = {
    word: group.split()[0] for group in re.split(r"[|\n]", _ALIKE.strip()) for word in group.split()
}
# "twelve dollars and fifty cents" is heard as $12.50.
_MONEY = re.compile(
    r"\b(dollars?|euros?|pounds?) (?:and )?((?:[a-z]+[ -])?[a-z]+) (?:cents?|pence|penny)\b"
)
_SPELLINGS = (  # British → as both are compared
    (re.compile(r"(?<=[a-z]{2})our(?=s$|ed$|ing$|$|ful|less|ite|able)"), "or"),
    (re.compile(r"is(?=e[ds]?$|ing$|ation)"), "iz"),
    (re.compile(r"(?<=[a-z]{2})tre(?=s?$)"), "ter"),
    (re.compile(r"ll(?=ed$|ing$|er$)"), "l"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"(?<=def|off|lic)ence$"), "ense"),
)


@dataclass(frozen=True, slots=True)
class Units:
    """The words of a text, or its characters. keys: equal is said alike. shown: for people."""

    keys: tuple[str, ...]
    shown: tuple[str, ...]


def without_tags(text: str) -> str:
    """A text without what is to be done, [laughs], and not to be said."""
    return " ".join(_TAG.sub(" ", text).split())


@lru_cache(maxsize=4096)
def comparable(text: str, language: str) -> Units:
    """A text made comparable. language: an ISO 639-1 code."""
    base = language.lower().partition("-")[0]
    text = unicodedata.normalize("NFKC", _TAG.sub(" ", text))
    text = spoken_as(text, base).casefold().replace("’", "'").replace("ʼ", "'")
    if base in UNSPACED:
        characters = tuple(_CHARACTER.findall(text))
        return Units(tuple(map(_kana, characters)), characters)
    if base == "en":
        text = _MONEY.sub(r"\1 \2", text)
    words = tuple(_WORD.findall(text))
    key = _english if base == "en" else _without_marks
    return Units(tuple(map(key, words)), words)


def _without_marks(word: str) -> str:
    return word.replace("'", "")


def _english(word: str) -> str:
    if word in _SAME:
        return _SAME[word].replace("'", "")
    word = word.replace("'", "")
    for pattern, plain in _SPELLINGS:
        word = pattern.sub(plain, word)
    return word


def _kana(text: str) -> str:
    """Katakana as hiragana, and long vowels written as such."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def is_kana(unit: str) -> bool:
    """Whether a unit is kana."""
    return all("ぁ" <= c <= "ゖ" or c == "ー" for c in unit)


def is_kanji(unit: str) -> bool:
    """Whether a unit is a character with readings."""
    return all("\u3400" <= c <= "\u9fff" or c == "々" for c in unit)
