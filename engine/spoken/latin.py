"""Words in Latin letters inside Japanese: in kana, as Japanese people say them.

A few are known by heart, capitals are spelled (GPU → ジーピーユー), the others are turned into
kana by the package kanalizer. A passage of English stays English: three words and more, or two with
a small one.
"""

from __future__ import annotations

import re

from engine.errors import UserError

MISSING = (
    "Japanese is read with the packages pyopenjtalk-plus and kanalizer, which are not installed: "
    "python3 main.py set-up --japanese installs them"
)
_WORD = r"[A-Za-z]+(?:['’][A-Za-z]+)*"
PASSAGE = re.compile(rf"{_WORD}(?:[ \-]+{_WORD})*")
_KNOWN = {
    "bark": "バーク", "ok": "オーケー", "web": "ウェブ", "wifi": "ワイファイ",
    "wi-fi": "ワイファイ", "google": "グーグル", "youtube": "ユーチューブ",
    "twitter": "ツイッター", "linux": "リナックス", "windows": "ウィンドウズ", "mac": "マック",
    "macos": "マックオーエス", "ios": "アイオーエス", "iphone": "アイフォーン",
    "android": "アンドロイド", "python": "パイソン", "java": "ジャバ", "github": "ギットハブ",
    "microsoft": "マイクロソフト", "amazon": "アマゾン", "apple": "アップル",
    "facebook": "フェイスブック", "openai": "オープンエーアイ",
    "chatgpt": "チャットジーピーティー", "hello": "ハロー", "email": "イーメール",
    "e-mail": "イーメール", "vs": "バーサス", "tensorflow": "テンソルフロー",
    "pytorch": "パイトーチ", "transformers": "トランスフォーマーズ", "hugging": "ハギング",
    "face": "フェイス", "studio": "スタジオ", "tokyo": "トーキョー", "no": "ノー",
    "km": "キロメートル", "cm": "センチメートル", "kg": "キログラム", "the": "ザ",
    "pdf": "ピーディーエフ",
}  # fmt: skip
_LETTERS = {
    "a": "エー", "b": "ビー", "c": "シー", "d": "ディー", "e": "イー", "f": "エフ", "g": "ジー",
    "h": "エイチ", "i": "アイ", "j": "ジェー", "k": "ケー", "l": "エル", "m": "エム", "n": "エヌ",
    "o": "オー", "p": "ピー", "q": "キュー", "r": "アール", "s": "エス", "t": "ティー",
    "u": "ユー", "v": "ブイ", "w": "ダブリュー", "x": "エックス", "y": "ワイ", "z": "ゼット",
}  # fmt: skip
_SMALL_WORDS = {
    "am", "and", "are", "at", "be", "been", "but", "can", "could", "did", "do", "does", "don't",
    "for", "had", "has", "have", "he", "her", "him", "his", "i", "i'm", "if", "in", "is", "it",
    "it's", "me", "my", "not", "of", "on", "our", "she", "so", "that", "the", "their", "them",
    "they", "this", "to", "us", "was", "we", "were", "will", "with", "would", "you", "your",
}  # fmt: skip
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # parts of ChatGPT, MacBook


def is_english(sentence: str) -> bool:
    """Whether a sentence that has Japanese letters has an English passage, too."""
    for passage in PASSAGE.findall(sentence):
        words = re.findall(_WORD, passage)
        small = any(word in _SMALL_WORDS or word == "I" for word in words)
        if len(words) >= 3 or (len(words) == 2 and small):
            return True
    return False


def in_kana(sentence: str) -> str:
    """All Latin words of a Japanese sentence in katakana."""
    return PASSAGE.sub(lambda found: _passage(found[0]), sentence)


def _passage(words: str) -> str:
    if known := _KNOWN.get(words.lower()):
        return known
    return "".join(_word(word) for word in re.findall(_WORD, words))


def _word(word: str) -> str:
    if known := _KNOWN.get(word.lower()):
        return known
    return "".join(_part(part) for part in _HUMP.findall(re.sub("['’]", "", word)))


def _part(part: str) -> str:
    lower = part.lower()
    if known := _KNOWN.get(lower):
        return known
    if len(part) == 1 or (part.isupper() and len(part) <= 5) or not re.search("[aeiouy]", lower):
        return "".join(map(_LETTERS.__getitem__, lower))
    try:
        import kanalizer
    except ImportError as error:
        raise UserError(MISSING) from error
    return str(kanalizer.convert(lower, on_invalid_input="warning"))
