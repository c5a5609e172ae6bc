"""Plain text into blocks: paragraphs, headings, lines that an editor broke."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from engine.documents import aozora
from engine.documents.blocks import Block, script_of
from engine.documents.chapters import titles
from engine.documents.left_out import Omissions
from engine.documents.reading import USUAL, Reading
from engine.script.rows import Script

_SENTENCE_ENDS = frozenset(".!?…।॥。！？:;")
_QUOTES = "\"'”’»)]」』"
_PICTURE = re.compile(r"\[(?:Illustration|Image|Picture)(?::[^\[\]]{0,500})?\]", re.I)
_SLANTED = re.compile(r"(?<![\w_])_(?=[^\s_])([^_]{1,300}?)(?<=[^\s_])_(?![\w_])")
# A search that may begin within a word takes its length squared.
_CUT = re.compile(r"(?<![^\W\d_])([^\W\d_]++)-$")
_REST = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"(?<![^\W\d_])[^\W\d_]++-[^\W\d_]+")


def read_text(text: str, title: str, reading: Reading = USUAL) -> Script:
    """Plain text: paragraphs between blank lines, "Chapter 1" and the like as headings."""
    omitted = Omissions()
    return script_of(text_blocks(text, omitted), title, omitted, reading)


def text_blocks(text: str, omitted: Omissions) -> Iterator[Block]:
    """The blocks of a plain text."""
    if aozora.is_marked(text):
        text = aozora.without_marks(text, omitted)
    groups = list(_groups(text, omitted))
    chapters = titles(groups)
    wrapped = is_wrapped(lines for at, (_, lines) in enumerate(groups) if at not in chapters)
    compounds = frozenset(_JOINED.findall(text)) if wrapped and "-\n" in text else frozenset()
    for at, (number, lines) in enumerate(groups):
        if lines[0] == aozora.BREAK:
            yield Block("break", (), number)
        elif lines[0].startswith(aozora.HEADING):
            yield Block("heading", (lines[0][2:],), number, int(lines[0][1]))
        elif at in chapters:
            yield Block("heading", tuple(lines), number)
        else:
            whole = unbroken(lines, compounds) if wrapped else lines
            yield Block("paragraph", tuple(whole), number, wrapped=wrapped)


def _groups(text: str, omitted: Omissions) -> Iterator[tuple[int, list[str]]]:
    """(number of the first, lines) of all that stands between blank lines."""
    group: list[str] = []
    begun = 0
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        alone = line.startswith((aozora.HEADING, aozora.BREAK))
        if group and (alone or not line):
            yield from _plain(begun, group, omitted)
            group = []
        if alone:
            yield number, [line]
        elif line:
            begun = begun if group else number
            group.append(line)
    if group:
        yield from _plain(begun, group, omitted)


def _plain(number: int, lines: list[str], omitted: Omissions) -> Iterator[tuple[int, list[str]]]:
    """A group without what Project Gutenberg writes in a text: [Illustration], _slanted words_."""
    text = "\n".join(lines)
    if "[" in text:
        for picture in _PICTURE.findall(text):
            omitted.add("pictures", picture)
        text = _PICTURE.sub("", text)
    if "_" in text:
        text = _SLANTED.sub(r"\1", text)
    left = text.split("\n")
    if any(left):
        first = next(at for at, line in enumerate(left) if line)
        yield number + first, list(filter(None, left))


def unbroken(lines: Sequence[str], compounds: frozenset[str]) -> list[str]:
    """Lines that an editor broke, with words that he cut at their ends whole again. compounds:
    words of the text with a hyphen of their own."""
    whole = list(lines)
    for at in range(len(whole) - 1):
        if not whole[at].endswith("-"):
            continue
        cut, rest = _CUT.search(whole[at]), _REST.match(whole[at + 1])
        if not cut or not rest or not rest[0][0].islower():
            continue
        hyphen = "-" if f"{cut[1]}-{rest[0]}" in compounds else ""
        end = whole[at + 1].partition(" ")
        whole[at] = f"{whole[at][:-1]}{hyphen}{end[0]}"
        whole[at + 1] = end[2].strip()
    return whole


def _has_cut(lines: Sequence[str]) -> bool:
    """Whether a word goes on in the next line."""
    return any(
        line.endswith("-") and _CUT.search(line) and rest[:1].islower()
        for line, rest in pairwise(lines)
    )


def is_wrapped(groups: Iterable[Sequence[str]]) -> bool:
    """Whether an editor broke the lines, so that an end of line ends nothing."""
    groups = list(groups)
    broken = [line for lines in groups for line in lines[:-1]]
    if not broken:
        return False
    if sum(map(_has_cut, groups)) * 3 >= len(groups):
        return True
    open_ends = sum(line.rstrip(_QUOTES)[-1:] not in _SENTENCE_ENDS for line in broken)
    return open_ends * 2 >= len(broken) and 40 <= median(map(len, broken)) <= 120
