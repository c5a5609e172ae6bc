"""How English words are said: the list that a checkpoint brings for the product.

    pronounce.py WORK

A word of the teacher's rows as it is said most often in sentences there, any other word of SCOWL
and wamerican as the front end reads it alone. Writes WORK/pronunciations.txt, a word a line, in the
order of their bytes; assemble.py takes it along.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path

import shards
import text
from alignment import align
from english import English
from kokoro import characters
from spelling import pronunciations

SCOWL = Path("/usr/share/dict/scowl")
SIZES = (10, 20, 35, 40, 50, 55, 60)
GROUPS = ("english", "american", "british")
KINDS = ("words", "upper", "proper-names", "contractions")


def words() -> list[str]:
    """Words, names and contractions, without those of an owner."""
    found = set(text.dictionary()) | set(text.common())
    for path in SCOWL.glob("*"):
        group, _, kind = path.stem.partition("-")
        if group in GROUPS and kind in KINDS and int(path.suffix[1:]) in SIZES:
            found |= set(path.read_text(encoding="iso-8859-1").split())
    plain = {w.lower() for w in found if re.fullmatch(r"[A-Za-z]+(?:'[A-Za-z]+)?", w)}
    return sorted(w for w in plain if not w.endswith("'s") and len(w) <= 20)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for path in shards.paths(work, "rows"):
        for row in shards.read(path):
            for word, sounds in pronunciations(row):
                heard[word][sounds] += 1
    said = {word: counts.most_common(1)[0][0] for word, counts in heard.items() if "'s" not in word}
    english, made = English(set(characters())), text.tokenizer()
    for word in words():
        if word in said:
            continue
        spoken = "".join(c for c in english.g2p(word) if c in english.known)
        read = align(spoken, made.encode(word).tokens)
        units = read.units[:-1] if read else []
        if units and all(unit in text.SOUNDS for unit in units):
            said[word] = "".join(text.SOUNDS[unit] for unit in units)
    lines = sorted(f"{word} {sounds}\n".encode() for word, sounds in said.items())
    (work / "pronunciations.txt").write_bytes(b"".join(lines))
    print(f"{len(lines)} words, {sum(map(len, lines)) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
