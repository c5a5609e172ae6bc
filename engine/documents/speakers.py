"""Who speaks: names before a colon, as in "ANNA: Hello." and "Anna (softly): Hello"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_SPEAKER = re.compile(
    r"(?P<name>[^\W\d_][^\n:：\[\]\"“”«»()]{0,39}?)\s*(?:\((?P<how>[^()\n]{1,80})\)\s*)?"
    r"(?::(?=\s|$)|：)[^\S\n]*(?P<text>.*)"
)
_NO_SPEAKERS = frozenset({
    "note", "notes", "warning", "tip", "caution", "example", "examples", "todo", "ps", "p.s",
    "source", "sources", "edit", "update", "chapter", "part", "http", "https"
})  # fmt: skip
_SMALL_WORDS = frozenset({
    "of", "the", "de", "la", "le", "von", "van", "der", "di", "da", "and", "und", "et", "y",
    "&", "no", "#"
})  # fmt: skip


def speakers(lines: Iterable[str]) -> frozenset[str]:
    """Who speaks in lines such as "ANNA: Hello." or "Anna (softly): Hello."

    A name in capitals counts at once, another one from its second line on, so that "Then he said:
    no" is nobody.
    """
    counts: Counter[str] = Counter()
    for line in lines:
        if ":" not in line[:130] and "：" not in line[:130]:
            continue
        match = _SPEAKER.fullmatch(line)
        if match and _is_name(match["name"].strip()):
            counts[match["name"].strip()] += 1
    return frozenset(
        name for name, count in counts.items() if count > 1 or (name.isupper() and len(name) > 1)
    )


def label(line: str, known: frozenset[str]) -> re.Match[str] | None:
    """The name, the "how" and the text of a line in which one of those known begins to speak."""
    match = _SPEAKER.fullmatch(line)
    return match if match and match["name"].strip() in known else None


def split_speaker(text: str, known: frozenset[str]) -> tuple[str, str]:
    """("ANNA", "Hello.") from "ANNA: Hello."; ("", text) where nobody known speaks."""
    head, _, rest = text.partition("\n")
    match = label(head, known)
    if not match or match["how"]:
        return "", text
    return match["name"].strip(), "\n".join(filter(None, (match["text"], rest)))


def _is_name(name: str) -> bool:
    words = name.split()
    return (
        0 < len(words) <= 4
        and name.lower().rstrip(".") not in _NO_SPEAKERS
        and words[0].lower() not in _NO_SPEAKERS
        and all(not word[0].islower() or word.lower() in _SMALL_WORDS for word in words)
    )
