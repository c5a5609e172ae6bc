"""Japanese text → accent phrases of moras, by OpenJTalk (the package pyopenjtalk-plus).

What is written in Latin letters inside a Japanese sentence is turned into kana (latin.py), an
English passage stays in its letters. OpenJTalk is loaded with the first Japanese text: 0.1 GB of
dictionary, mapped from its file. Any thread; one text at a time.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import engine
from engine.errors import UserError
from engine.spoken.latin import MISSING, PASSAGE, in_kana, is_english
from engine.spoken.moras import MARKS, Phrase, Said, moras_of, spelled

SPELLED = "|"  # before a text that is spelled in moras
_JAPANESE = re.compile("[ぁ-ゖァ-ヺー々〆ヵヶ㐀-䶿一-鿿豈-﫿𠀀-𲎯]")
_MARK = {
    "、": ",", "，": ",", "・": ",", "：": ",", "；": ",", "…": ",", "―": ",", "—": ",",
    "（": ",", "）": ",", "。": ".", "．": ".", "？": "?", "！": "!", "‥": ",",
}  # fmt: skip
_WEIGHT = {mark: weight for weight, mark in enumerate(",.!?")}  # of several, the heaviest stays
_SENTENCE = re.compile(r"[^。．？！?!\n]*(?:[。．？！?!\n]+[」』）)】》〉\"']*|$)")
_ACCENTED = re.compile("[À-ɏḀ-ỿ]")  # Latin letters, as é of café
_TURN = threading.Lock()  # OpenJTalk has one state for the whole process


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text as OpenJTalk reads it. words: as they are written. unread: letters without a reading,
    each once."""

    said: tuple[Said, ...]
    words: tuple[str, ...]
    unread: str


def has_japanese(text: str) -> bool:
    """Whether a text has kana or kanji, in whatever width or form."""
    return not text.isascii() and bool(_JAPANESE.search(unicodedata.normalize("NFKC", text)))


@cache
def by_whom() -> str:
    """What reads Japanese here, in words: "pyopenjtalk-plus 0.4.1, kanalizer 0.1.1, Bark Studio
    0.2.0". Each of them may read a word otherwise in another version."""
    names = []
    for package in ("pyopenjtalk-plus", "kanalizer"):
        try:
            names.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            names.append(f"no {package}")
    return ", ".join((*names, f"Bark Studio {engine.__version__}"))


def as_moras(text: str) -> str:
    """A text as a checkpoint is given it that reads moras: `|` and `spell` where it has kana or
    kanji, the text itself where it has none, or begins with `|` already.

    UserError: the packages are not installed.
    """
    if text.lstrip().startswith(SPELLED):
        return text.lstrip()
    return SPELLED + spell(text)[0] if has_japanese(text) else text


@lru_cache(maxsize=4096)
def spell(text: str) -> tuple[str, str]:
    """A text with kana or kanji → the same as moras with pitch, English passages in their letters;
    and the letters that have no reading, each once.

    UserError: OpenJTalk is not installed.
    """
    text = _ACCENTED.sub(_without_accent, unicodedata.normalize("NFKC", text))
    parts: list[str] = []
    unread = ""
    for sentence in _SENTENCE.findall(text):
        for part in _by_language(sentence):
            if has_japanese(part):
                read = analyse(part)
                parts.append(spelled(read.said))
                unread += read.unread
            elif any(letter.isalnum() for letter in part):
                parts.append(part.strip())
    said = re.sub(r"\s+([,.?!])", r"\1", " ".join(part for part in parts if part))
    return said, "".join(dict.fromkeys(unread))


def analyse(text: str) -> Analysis:
    """Japanese text (NFKC, no English passages) → accent phrases and marks."""
    nodes = _nodes(text)
    said: list[Said] = []
    unread = ""
    for number, node in enumerate(nodes):
        before = said[-1] if said and node["chain_flag"] == 1 else ""
        last = before if isinstance(before, Phrase) else None
        moras = tuple(moras_of(node["pron"], last.moras if last else ()))
        if not moras:
            written = node["string"]
            mark = _MARK.get(unicodedata.normalize("NFKC", written[:1]), _MARK.get(written[:1]))
            if mark:
                _add_mark(said, mark)
            unread += "".join(letter for letter in written if letter.isalnum())
            continue
        words = (number,) * len(moras)
        if last:
            said[-1] = Phrase(last.moras + moras, last.accent, last.words + words)
        else:
            said.append(Phrase(moras, max(0, node["acc"]), words))
    for place, part in enumerate(said):
        if isinstance(part, Phrase) and part.accent > len(part.moras):
            said[place] = Phrase(part.moras, len(part.moras), part.words)
    return Analysis(tuple(said), tuple(node["string"] for node in nodes), unread)


def _add_mark(said: list[Said], mark: str) -> None:
    """Marks do not pile up, and none comes first."""
    if not said:
        return
    last = said[-1]
    if isinstance(last, Phrase):
        said.append(mark)
    elif _WEIGHT[mark] > _WEIGHT[last]:
        said[-1] = mark


def _without_accent(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFKD", letter[0])[0]


def _by_language(sentence: str) -> list[str]:
    """A sentence in parts of one language each: Latin words are in kana, but for an English
    passage."""
    if not has_japanese(sentence):
        return [sentence]
    if is_english(sentence):
        return re.split(rf"({PASSAGE.pattern}[{re.escape(MARKS)}]*)", sentence)
    return [in_kana(sentence)]


def _nodes(text: str) -> list[dict[str, Any]]:
    try:
        import onnxruntime  # noqa: F401  — without it OpenJTalk prints a warning and 何 is always なに
        import pyopenjtalk
    except ImportError as error:
        raise UserError(MISSING) from error
    found: list[dict[str, Any]]
    with _TURN:
        try:
            found = pyopenjtalk.run_frontend(text, use_sudachi_kanji_yomi=False)
        except ModuleNotFoundError:  # of Sudachi's dictionary, 190 MB, for kanji that are unknown
            found = pyopenjtalk.run_frontend(text, use_vanilla=True)
    return found
