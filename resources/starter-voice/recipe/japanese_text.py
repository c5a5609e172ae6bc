"""Japanese sentences that the voice learns from, and those that it never does.

ROHAN4600 (M. Morise, CC0), which is taken by its path; everyday sentences of grammar.py; its nouns
in short sentences; random moras; and accent phrases of different sentences, joined anew.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import grammar
import text

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from engine.spoken.moras import Phrase, Said

# SHA-256 of Rohan4600_transcript_utf8.txt, of the repository mmorise/rohan4600
ROHAN = "5fec8036f05532f87a599e9f247885307f9501c7963c3be9091d0ab6ce5ffc50"
APART = 200  # sentences of ROHAN that are never trained on
EVERYDAY, NOUNS, DRILLS, JOINED = 7000, 3000, 6000, 5000  # rows
ONE = [m for m in text.FIXED["moras"] if len(m) == 1 and m not in "んっー"]
TWO = [m for m in text.FIXED["moras"] if len(m) == 2]
STOPS = [m for m in ONE if m in "かきくけこさしすせそたちつてとぱぴぷぺぽ"]
Source = str | tuple[Said, ...]


def held_out() -> list[str]:
    """The everyday sentences that are never trained on."""
    path = Path(__file__).with_name("held-out.ja.txt")
    return path.read_text(encoding="utf-8").splitlines()


def rohan(path: Path) -> list[str]:
    """Its sentences as they are written, less those that stay apart."""
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != ROHAN:
        raise SystemExit(f"{path} is not the transcript of ROHAN4600 that the recipe was made with")
    found = re.findall(r"(?m)^ROHAN4600_\d+:(.*),[^,\n]*$", raw.decode("utf-8"))
    said = [re.sub(r"\([^)]*\)", "", sentence).strip() for sentence in found]  # readings of kanji
    random.Random(1).shuffle(said)
    return said[APART:]


def sentences(path: Path, seed: int) -> list[str]:
    """ROHAN's and everyday sentences, each once, none of those that are held out."""
    draw = random.Random(seed)
    corpus = rohan(path)
    nouns = _nouns(corpus)
    made = [grammar.sentence(draw) for _ in range(EVERYDAY)]
    made += [_about(draw, nouns) for _ in range(NOUNS)]
    apart = set(held_out())
    return [said for said in dict.fromkeys(corpus + made) if said not in apart]


def rows(path: Path, seed: int) -> Iterator[Source]:
    """All that alignments are made of, sentences, drills and joined phrases, in a fixed order."""
    from japanese import phrases

    known = sentences(path, seed)
    draw = random.Random(f"rows {seed}")
    kinds = ["sentence"] * len(known) + ["drill"] * DRILLS + ["joined"] * JOINED
    draw.shuffle(kinds)
    draw.shuffle(known)
    left = iter(known)
    stock: list[Phrase] = []
    for kind in kinds:
        if kind == "sentence":
            yield next(left)
        elif kind == "drill":
            yield drill(draw)
        else:
            while len(stock) < 400:
                said = phrases(draw.choice(known))
                stock += [part for part in said if isinstance(part, Phrase)]
            yield joined(draw, stock)
            if draw.random() < 0.2:
                stock = stock[50:]


def drill(draw: random.Random) -> tuple[Said, ...]:
    """Random moras, every one of them, with random accents."""
    said: list[Said] = []
    for _ in range(draw.choice([1, 1, 2, 2, 3, 4, 5, 6])):
        moras = _moras(draw, draw.randint(2, 7))
        accent = draw.randint(0, len(moras))
        while accent and moras[accent - 1] in "っーん":
            accent -= 1
        said.append(Phrase(tuple(moras), accent, (len(said),) * len(moras)))
        if draw.random() < 0.12:
            said.append(",")
    return _ended(draw, said)


def joined(draw: random.Random, stock: Sequence[Phrase]) -> tuple[Said, ...]:
    """Accent phrases of different sentences in a row, up to the longest rows."""
    said: list[Said] = []
    room = draw.choice([20, 40, 60, 90])  # text ids
    for phrase in draw.sample(stock, 20):
        room -= len(phrase.moras) + 1
        if room < 0 and said:
            break
        words = tuple(100 * len(said) + word % 100 for word in phrase.words)
        said.append(Phrase(phrase.moras, phrase.accent, words))
        if draw.random() < 0.2:
            said.append(draw.choice(",,,.?!"))
    return _ended(draw, said)


def _moras(draw: random.Random, count: int) -> list[str]:
    made: list[str] = []
    while len(made) < count:
        kind = draw.random()
        if made and kind < 0.08 and made[-1] not in "ーっん":
            made.append("ー")
        elif made and kind < 0.17 and made[-1] != "っ":
            made.append("ん")
        elif made and kind < 0.22 and len(made) < count - 1 and made[-1] != "っ":
            made += ["っ", draw.choice(STOPS)]
        else:
            made.append(draw.choice(ONE if draw.random() < 0.8 else TWO))
    return made


def _ended(draw: random.Random, said: list[Said]) -> tuple[Said, ...]:
    if isinstance(said[-1], str):
        said.pop()
    return (*said, draw.choice("...?!"))


def _nouns(corpus: Sequence[str]) -> list[str]:
    """Words of the corpus in kanji or katakana, by their looks."""
    found = re.findall(
        "(?<![一-龥ァ-ヴー])[一-龥]{2,3}(?![一-龥])|[ァ-ヴー]{3,8}", "\n".join(corpus)
    )
    return sorted(set(found))


def _about(draw: random.Random, nouns: Sequence[str]) -> str:
    one, other = draw.sample(nouns, 2)
    adjective, who = draw.choice(grammar.ADJECTIVES), draw.choice(grammar.WHO)
    return draw.choice(
        [f"{one}とは何ですか？", f"{one}と{other}について話しました。", f"{who}は{one}が好きです。",
         f"これは{adjective}{one}ですね。", f"{one}か{other}か、決めてください。",
         f"{one}、{other}、それから{draw.choice(grammar.THINGS)}。",
         f"{one}を見たことがありますか？",
         f"{who}に{one}を教えてもらった。", f"{one}がなければ、{other}もない。", f"{one}。"]
    )  # fmt: skip


if __name__ == "__main__":
    draw = random.Random(0)
    for _ in range(60):
        print(grammar.sentence(draw))
