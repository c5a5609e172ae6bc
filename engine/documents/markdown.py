"""Markdown into blocks, without its marks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from engine.documents.blocks import Block, script_of
from engine.script.rows import Script


def read_markdown(text: str, title: str) -> Script:
    """Markdown without its marks; code and pictures are left out."""
    notes: list[str] = []
    blocks = list(_markdown_blocks(text, notes))
    return script_of(blocks, title, notes)


_FENCE = re.compile(r"(`{3,}|~{3,})")
_ATX = re.compile(r"(#{1,6})(?:\s|$)")
_RULE = re.compile(r"(?:[-*_]\s*){3,}")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_DEFINITION = re.compile(r"\[[^\[\]\n]{1,200}\]:\s+\S+.*")
_TABLE_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?\s*)?")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,50}\]")
_HTML = re.compile(r"</?[A-Za-z][^<>\n]{0,2000}>|<https?://[^<>\s]{1,2000}>")
_MARK = re.compile(
    r"\\([!-/:-@\[-`{-~])|"
    r"(?<![\w*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*])"
    r"|(?<![\w_])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\w_])|~~|`+"
)


def _markdown_blocks(text: str, notes: list[str]) -> Iterator[Block]:
    lines = _without_comments(text).split("\n")
    start = _front_matter(lines)
    paragraph: list[str] = []
    begun = start
    fence, left_out, in_item = "", 0, False

    def flush() -> Iterator[Block]:
        nonlocal in_item
        if paragraph:
            yield Block("paragraph", tuple(map(_plain, paragraph)), begun + 1, wrapped=True)
        paragraph.clear()
        in_item = False

    for number in range(start, len(lines)):
        line = lines[number].strip()
        while line.startswith(">"):
            line = line[1:].lstrip()
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and line == mark[1] else fence
            continue
        if mark:
            yield from flush()
            fence, left_out = mark[1], left_out + 1
        elif not line or (_DEFINITION.fullmatch(line) and not line.startswith("[^")):
            yield from flush()
        elif paragraph and set(line) in ({"="}, {"-"}) and not in_item:
            title = " ".join(map(_plain, paragraph))
            paragraph.clear()
            yield Block("heading", (title,), begun + 1, 1 if line[0] == "=" else 2)
        elif heading := _ATX.match(line):
            yield from flush()
            title = _plain(line[heading.end() :].rstrip("#").strip())
            yield Block("heading", (title,), number + 1, len(heading[1]))
        elif _RULE.fullmatch(line):
            yield from flush()
            yield Block("break", (), number + 1)
        elif _TABLE_RULE.fullmatch(line) and "|" in line:
            continue
        else:
            item = _ITEM.match(line)
            if item:
                yield from flush()
                line, in_item = line[item.end() :], True
            elif line.startswith("|") and line.endswith("|"):
                yield from flush()
                line = ", ".join(filter(None, (cell.strip() for cell in line.split("|"))))
            begun = begun if paragraph else number
            paragraph.append(line)
    yield from flush()
    if left_out:
        notes.append(
            f"{left_out} blocks of code were left out."
            if left_out > 1
            else "A block of code was left out."
        )


def _plain(text: str) -> str:
    """A line without Markdown's marks; [laughs] and [pause 1] stay."""
    if not any(mark in text for mark in "*_`[<~&\\"):
        return text
    for pattern, kept in ((_IMAGE, ""), (_LINK, r"\1"), (_FOOTNOTE, ""), (_HTML, "")):
        text = pattern.sub(kept, text)
    return html.unescape(_MARK.sub(lambda mark: mark[1] or "", text)).strip()


def _without_comments(text: str) -> str:
    """The line feeds stay, so that lines keep their numbers."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join((*parts, text[at:]))


def _front_matter(lines: list[str]) -> int:
    """How many lines of settings stand at the head, between --- and ---."""
    if lines[0].strip() == "---":
        for number, line in enumerate(lines[1:100], 1):
            if line.strip() in ("---", "..."):
                return number + 1
            if line.strip() and not re.match(r"\s|[\w-]+\s*:|#|- ", line):
                break
    return 0
