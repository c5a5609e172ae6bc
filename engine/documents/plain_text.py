"""Plain text into blocks: paragraphs, headings, lines that an editor broke."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import median

from engine.documents.blocks import Block, script_of
from engine.script.rows import Script

_CHAPTER = re.compile(
    r"(?:chapter|part|book|act|scene|kapitel|teil|chapitre|partie|cap[ií]tulo|capitolo|parte|"
    r"rozdział|глава|часть)\s+[\w.]+(?:\s*[.:—–-]\s*\S.*)?"
    r"|(?:prologue|epilogue|foreword|introduction|prolog|epilog|prólogo|epílogo|vorwort)\.?"
    r"|第\s*[\d一二三四五六七八九十百]+\s*[章回部話话].*",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*$")


def read_text(text: str, title: str) -> Script:
    """Plain text: paragraphs between blank lines, "Chapter 1" and the like as headings."""
    return script_of(_text_blocks(text), title)


def _text_blocks(text: str) -> Iterator[Block]:
    groups: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line:
            groups.append((number, []))
        elif groups and groups[-1][1]:
            groups[-1][1].append(line)
        else:
            groups.append((number, [line]))
    wrapped = _is_wrapped(lines for _, lines in groups)
    for number, lines in groups:
        if len(lines) == 1 and len(lines[0]) <= 80 and _CHAPTER.fullmatch(lines[0]):
            yield Block("heading", tuple(lines), number)
        elif lines:
            yield Block("paragraph", tuple(lines), number, wrapped=wrapped)


def _is_wrapped(groups: Iterable[list[str]]) -> bool:
    """Whether an editor broke the lines, so that an end of line ends nothing."""
    broken = [line for lines in groups for line in lines[:-1]]
    if not broken:
        return False
    open_ends = sum(not _SENTENCE_END.search(line) for line in broken)
    return open_ends * 2 >= len(broken) and 40 <= median(map(len, broken)) <= 120
