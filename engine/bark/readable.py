"""Whether a model can read a text: what its tokenizer keeps of the letters."""

from __future__ import annotations

import unicodedata

from engine.bark.tokenizer import TextTokenizer
from engine.errors import UserError

_ALPHABETS = {  # name → letters that whoever reads it knows
    "Latin": "aeinrst",
    "Greek": "αεινοστ",
    "Cyrillic": "аеинорст",
    "Hebrew": "אבהוילמ",
    "Arabic": "ابتلمنه",
    "Devanagari": "कतनमरलस",
    "Thai": "กนมรลอ",
    "Hangul": "가나다이하",
    "kana": "あいのはカス",
    "Chinese": "一中人大日",
}
_MOST = 12  # letters that a sentence shows


def unreadable(tokenizer: TextTokenizer, text: str) -> str:
    """Why a text cannot be read: which letters are lost, what the model reads, and what to do; ""
    where nothing is lost. Where packages are lacking that read it, which."""
    try:
        lost = tokenizer.lost(text)
    except UserError as error:
        return str(error)
    if not lost:
        return ""
    shown = lost if len(lost) <= _MOST else f"{lost[:_MOST]}…"
    known = _known(tokenizer)
    reads = ", ".join(known) or "few"
    if known == ["Latin"] and {_alphabet(letter) for letter in lost} - set(known):
        return (
            f"the model cannot read {shown}: it reads {reads} letters; get suno/bark-small, which "
            "reads most alphabets, or spell these words in the pronunciations"
        )
    return (
        f"the model cannot read {shown}: it reads {reads} letters; spell these words in the "
        "pronunciations"
    )


def _known(tokenizer: TextTokenizer) -> list[str]:
    """Names of the alphabets that are read."""
    others = (
        {"kana", "Chinese"} if tokenizer.moras else set()
    )  # what is not Japanese of these is lost
    known = [
        name
        for name, letters in _ALPHABETS.items()
        if name not in others and not tokenizer.lost(letters)
    ]
    return [*known, "Japanese"] if tokenizer.moras else known


def _alphabet(letter: str) -> str:
    """Under which name of _ALPHABETS a letter is known."""
    name = unicodedata.name(letter, "")
    if name.startswith(("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")):
        return "kana"
    if name.startswith("CJK"):
        return "Chinese"
    return name.partition(" ")[0].title()
