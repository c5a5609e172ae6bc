"""Text: the tokenizer of the voice, and the sentences that it learns from.

The tokenizer spells: one id a letter, `##` inside a word, so that spaces cost nothing. What it
cannot spell it turns into words (digits, a few signs) or into a space. Japanese is spelled mora by
mora, hiragana where the voice is low and katakana where it is high (`ー` high, `〜` low), with `|`
between accent phrases: those ids are there from the start, so that a checkpoint of one language
goes on in two. An English word may be written by its sounds instead of its letters: a sign for
each, small capitals where IPA's own letter is one of the alphabet, `ˈ` before a stressed vowel.
"""

from __future__ import annotations

import ast
import json
import random
import re
import sys
import sysconfig
import warnings
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
MARKS = ",.?!;:-"
LONGEST = 96  # ids in one row
FIXED = json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8"))
LONG_VOWEL = {"ー": "〜"}  # the low one, which hiragana writes like the high one
MORA = "[ぁ-ゔァ-ヴ][ゃゅょぁぃぅぇぉャュョァィゥェォ]?|[ー〜|]"
STRESS = "ˈ"
SOUNDS: dict[str, str] = {  # units of English → how they are written
    stressed: stressed.removesuffix(unit) + sign
    for unit, sign in FIXED["sounds"].items()
    for stressed in (unit, STRESS + unit)
    if stressed in FIXED["units"]
}
SAID = {
    "&": "and", "%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "@": "at", "+": "plus",
    "=": "equals", "°": "degrees",
    "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six",
    "7": "seven", "8": "eight", "9": "nine",
}  # fmt: skip


def low(mora: str) -> str:
    """A mora as it is spelled where the voice is low."""
    return LONG_VOWEL.get(mora, mora)


def high(mora: str) -> str:
    """A mora as it is spelled where the voice is high: katakana."""
    return "".join(chr(ord(kana) + 96) if "ぁ" <= kana <= "ゔ" else kana for kana in mora)


def tokenizer(*, japanese: bool = False) -> Tokenizer:
    """The tokenizer as it is shipped: lower case, accents dropped, digits spelled out.

    japanese: it spells moras; else they count as a space, like all that it cannot say. The ids are
    the same.
    """
    vocabulary = {"[PAD]": 0, "[UNK]": 1}
    moras = [spelled for mora in FIXED["moras"] for spelled in (low(mora), high(mora))]
    sounds = [spelled for sign in SOUNDS.values() for spelled in (sign, f"##{sign}")]
    for piece in (*LETTERS, *(f"##{letter}" for letter in LETTERS), *MARKS, "|", *moras, *sounds):
        vocabulary[piece] = len(vocabulary)
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=1000))
    replace = normalizers.Replace
    kana = "ぁ-ゔァ-ヴー〜|" if japanese else ""
    signs = STRESS + "".join(FIXED["sounds"].values())
    made.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            replace(Regex("[\u0300-\u036f]"), ""),  # Latin accents, not the marks of kana
            normalizers.NFKC(),
            normalizers.Lowercase(),
            replace(Regex("[‘’`´]"), "'"),
            replace(Regex("[–—]"), " - "),
            *(replace(sign, f" {word} ") for sign, word in SAID.items()),
            replace(Regex(f"[^{LETTERS}{re.escape(MARKS)}{kana}{signs}]"), " "),
            replace(Regex("(?<![a-z])'+|'+(?![a-z])"), " "),
            replace(Regex(" +"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(Regex(f"[{re.escape(MARKS)}]|{MORA}"), "isolated"),
        ]
    )
    return made


def normal(made: Tokenizer, text: str) -> str:
    """Text as the tokenizer reads it, which is also what the teacher speaks."""
    return made.normalizer.normalize_str(text).strip()


def held_out() -> list[str]:
    """The sentences that are never trained on, as the tokenizer reads them."""
    lines = Path(__file__).with_name("held-out.txt").read_text(encoding="utf-8").splitlines()
    made = tokenizer()
    return [normal(made, line) for line in lines]


def sentences() -> list[str]:
    """Clean English sentences of fortunes and of the standard library's docstrings."""
    words = dictionary()
    known = {word.lower() for word in words} | {"a", "i"}
    found: dict[str, None] = {}
    for text in (*_fortunes(), *_docstrings()):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[\"'A-Z])", re.sub(r"\s+", " ", text)):
            sentence = sentence.strip().strip("\"'").strip()
            if not 15 <= len(sentence) <= 115 or re.search(r"[^A-Za-z ,.?!;:'\"-]", sentence):
                continue
            sentence = sentence.replace('"', "").replace("--", " - ")
            plain = re.findall(r"[a-z']+", sentence.lower())
            if len(plain) < 3 or any(w.removesuffix("'s") not in known for w in plain):
                continue
            if re.search(r"[.,?!;:-]{2}|[A-Z]{3}", sentence) or not sentence[0].isupper():
                continue
            found[sentence] = None
    return sorted(found)


def dictionary() -> list[str]:
    """Words of wamerican, of which half are rare."""
    lines = Path("/usr/share/dict/words").read_text(encoding="utf-8").split()
    return [w for w in lines if re.fullmatch(r"[A-Za-z]+", w) and 2 <= len(w) <= 14]


def common() -> list[str]:
    """The words that people use: SCOWL's sizes up to 35."""
    folder = Path("/usr/share/dict/scowl")
    paths = [folder / f"{kind}-words.{n}" for kind in ("english", "american") for n in (10, 20, 35)]
    lines = "\n".join(path.read_text(encoding="iso-8859-1") for path in paths).split()
    return sorted({w for w in lines if re.fullmatch(r"[a-z]+", w) and 2 <= len(w) <= 14})


def drills(count: int, seed: int, words: list[str]) -> list[str]:
    """Random words, numbers and short answers, for what sentences leave out."""
    draw = random.Random(seed)
    short = [
        "yes", "no", "okay", "hello", "goodbye", "thanks", "please", "stop", "wait", "maybe",
        "never", "always", "really",
    ]  # fmt: skip
    made = []
    for _ in range(count):
        kind = draw.random()
        if kind < 0.1:
            text = str(draw.randrange(10 ** draw.randint(1, 5)))
            text = " ".join(text) if draw.random() < 0.5 else text
            text = f"{draw.choice(['Number', 'Room', 'Page', 'It is', 'Call', 'About'])} {text}"
        elif kind < 0.2:
            text = draw.choice(short)
            text += draw.choice(["", f", {draw.choice(words)}", f" {draw.choice(words)}"])
        else:
            text = draw.choice(words)
            for word in draw.sample(words, draw.randint(1, 7)):
                text += draw.choice([" ", " ", " ", ", "]) + word
        made.append(text.capitalize() + draw.choice("...?!"))
    return made


def _fortunes() -> list[str]:
    texts = []
    for path in sorted(Path("/usr/share/games/fortunes").glob("*")):
        if path.suffix or path.name in ("ascii-art", "translate-me", "debian-hints"):
            continue
        texts += path.read_text(encoding="utf-8", errors="ignore").split("\n%\n")
    return [re.split(r"\n\s*--", text)[0] for text in texts]


def _docstrings() -> list[str]:
    texts = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        if "site-packages" in path.parts:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                texts += (ast.get_docstring(node) or "").split("\n\n")
    return texts


if __name__ == "__main__":
    found = sentences()
    made = tokenizer()
    random.Random(1).shuffle(found)
    print(len(found), "sentences", file=sys.stderr)
    for text in (*found[:25], *drills(15, 0, common()), "It's 42°, “naïve” — café & 'quoted' €5!"):
        print(text, "|", normal(made, text), "|", len(made.encode(text).ids))
