"""Who speaks: names before a colon, as in "ANNA: Hello." and "Anna (softly): Hello"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_SPEAKER = re.compile(
    r"(?P<name>[^\W\d_][^\n:：\[\]\"“”«»()]{0,39}?)\s*(?:\((?P<how>[^()\n]{1,80})\)\s*)?"
    r"(?::(?=\s|$)|：)[^\S\n]*(?P<text>.*)"
)
# 太郎「おはよう。」: the whole line is a name and what is said.
_QUOTING = re.compile(
    r"(?P<name>[^\s「」『』（）()。、！？…:：,.!?\[\]]{1,12})(?:（(?P<how>[^（）\n]{1,40})）)?"
    r"\s*[「『](?P<text>.*)[」』]"
)
_PARTICLES = ("は", "が", "も", "を", "に", "へ", "で", "って")  # 太郎は「…」 is a sentence
_NO_SPEAKERS = frozenset({
    "note", "notes", "warning", "warnings", "tip", "tips", "hint", "caution", "danger",
    "important", "attention", "notice", "example", "examples", "todo", "ps", "p.s", "n.b", "nb",
    "source", "sources", "edit", "update", "updates", "chapter", "part", "http", "https",
    "summary", "abstract", "conclusion", "background", "results", "ingredients", "method",
    "directions", "instructions", "step", "steps", "option", "options", "pros", "cons", "date",
    "time", "place", "when", "where", "what", "why", "how", "to", "from", "cc", "bcc", "subject",
    "re", "fwd", "title", "author", "address", "phone", "tel", "fax", "email", "e-mail", "website",
    "price", "total", "figure", "fig", "table", "page", "see", "also", "remember", "reminder",
    "disclaimer", "spoiler", "trigger warning", "spoilers", "faq", "achtung", "hinweis", "wichtig",
    "warnung", "gefahr", "beispiel", "quelle", "remarque", "exemple", "attenzione", "nota",
    "atención", "aviso", "ejemplo", "peligro", "fuente", "important note", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "注意", "警告", "注", "備考", "例",
    "重要", "危険", "底本", "出典", "参考", "日時", "場所", "提示", "小贴士", "来源",
})  # fmt: skip
_SMALL_WORDS = frozenset({
    "of", "the", "de", "la", "le", "von", "van", "der", "di", "da", "and", "und", "et", "y",
    "&", "no", "#"
})  # fmt: skip


def speakers(lines: Iterable[str], *, is_script: bool = False) -> frozenset[str]:
    """Who speaks in lines such as "ANNA: Hello.", "Anna (softly): Hello" or 太郎「おはよう。」

    A name counts from its second line on, every name where nearly all lines have one, and one in
    capitals also in a script, where others speak as well; so "Then he said: no" and "IMPORTANT:
    switch it off" are nobody. is_script: that is known (subtitles).
    """
    counts: Counter[str] = Counter()
    quoting: Counter[str] = Counter()
    total = 0
    for line in lines:
        total += 1
        if _has_colon(line):
            match = _SPEAKER.fullmatch(line)
            if match and _is_name(match["name"].strip()):
                counts[match["name"].strip()] += 1
        elif line.endswith(("」", "』")):
            match = _QUOTING.fullmatch(line)
            if match and not match["name"].endswith(_PARTICLES) and "「" not in match["text"]:
                quoting[match["name"]] += 1
    is_dialogue = counts.total() * 5 >= total * 4 and any(count > 1 for count in counts.values())
    is_script = is_script or counts.total() > 1
    found = {
        name
        for name, count in counts.items()
        if count > 1 or is_dialogue or (is_script and name.isupper() and len(name) > 1)
    }
    return frozenset(found | {name for name, count in quoting.items() if count > 1})


def _has_colon(line: str) -> bool:
    """Where one may stand after a name and how he speaks."""
    head = line[:130]
    return ":" in head or "：" in head


def label(line: str, known: frozenset[str]) -> re.Match[str] | None:
    """The name, the "how" and the text of a line in which one of those known begins to speak."""
    if not known:
        return None
    match = _SPEAKER.fullmatch(line) if _has_colon(line) else None
    if match and match["name"].strip() in known:
        return match
    match = _QUOTING.fullmatch(line) if line.endswith(("」", "』")) else None
    return match if match and match["name"] in known else None


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
