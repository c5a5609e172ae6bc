"""Prose into rows: plain text and Markdown; chapters, speakers, pauses and voices in it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from engine.script.rows import CHAPTER_PAUSE, MAX_PAUSE, PARAGRAPH_PAUSE, Script, ScriptRow

# Every repeat in these patterns is bounded or cannot overlap its neighbour: files are hostile.
_PAUSE = re.compile(
    r"\[ ?pause\b[ :=]{0,3}(\d{0,6}(?:[.,]\d{1,6})?) ?(ms|s|sec|seconds)? ?\]", re.I
)
_VOICE = re.compile(r"\[ ?voice\b(?: ?[:=]([^\[\]\n]{0,200}))? ?\]", re.I)
_TAGS = re.compile(f"{_PAUSE.pattern}|{_VOICE.pattern}", re.I)
_WORD = re.compile(r"[^\W_]")
_CHAPTER = re.compile(
    r"(?:chapter|part|book|act|scene|kapitel|teil|chapitre|partie|cap[ií]tulo|capitolo|parte|"
    r"rozdział|глава|часть)\s+[\w.]+(?:\s*[.:—–-]\s*\S.*)?"
    r"|(?:prologue|epilogue|foreword|introduction|prolog|epilog|prólogo|epílogo|vorwort)\.?"
    r"|第\s*[\d一二三四五六七八九十百]+\s*[章回部話话].*",
    re.I,
)
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
_SENTENCE_END = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document. kind: "paragraph", "heading", "chapter" (a title that is not spoken)
    or "break". line: where it begins in the source, from 1. level: of a heading, from 1. wrapped:
    an editor broke the lines, so that the end of one ends nothing.
    """

    kind: str
    lines: tuple[str, ...] = ()
    line: int = 0
    level: int = 1
    wrapped: bool = False


def read_text(text: str, title: str) -> Script:
    """Plain text: paragraphs between blank lines, "Chapter 1" and the like as headings."""
    return script_of(_text_blocks(text), title)


def read_markdown(text: str, title: str) -> Script:
    """Markdown without its marks; code and pictures are left out."""
    notes: list[str] = []
    blocks = list(_markdown_blocks(text, notes))
    return script_of(blocks, title, notes)


# ── blocks into rows ──────────────────────────────────────────────────────────────────────────


@dataclass
class _Rows:
    """Rows as they come, with what lasts from one to the next."""

    rows: list[ScriptRow] = field(default_factory=list)
    chapters: list[str] = field(default_factory=lambda: [""])
    voice: str | None = None
    wanted: float | None = None  # seconds of silence by [pause]
    usual: float | None = None  # … by blank lines and headings

    def add(self, text: str, speaker: str, how: str, line: int, heading: bool = False) -> None:
        for piece, voice, pause in cut_tags(text):
            if voice is not None:
                self.voice = voice or None
            if pause is not None:
                self.wanted = min((self.wanted or 0.0) + pause, MAX_PAUSE)
            if piece and not _WORD.search(piece):
                self.usual = CHAPTER_PAUSE  # "* * *": nobody can say that
            elif piece:
                self._add(piece, speaker, how, line, heading)

    def _add(self, text: str, speaker: str, how: str, line: int, heading: bool) -> None:
        usual = self.usual if self.rows else None
        if usual == PARAGRAPH_PAUSE and speaker and self.rows[-1].speaker:
            usual = None  # a dialogue: the change of speaker decides
        self.rows.append(
            ScriptRow(
                id=str(len(self.rows) + 1),
                text=text,
                speaker=speaker,
                voice=self.voice,
                pause=usual if self.wanted is None else self.wanted,
                chapter=len(self.chapters) - 1,
                heading=heading,
                direction=how,
                line=line,
            )
        )
        self.wanted = self.usual = None


def script_of(blocks: Iterable[Block], title: str, notes: Iterable[str] = ()) -> Script:
    """The rows of a document: a paragraph or a reply each."""
    blocks = list(blocks)
    known = speakers(line for block in blocks if block.kind == "paragraph" for line in block.lines)
    rows = _Rows()
    for block in blocks:
        text = " ".join(block.lines).strip()
        if block.kind in ("heading", "chapter") and text:
            if block.level <= 2:
                rows.chapters.append(_VOICE.sub("", _PAUSE.sub("", text)).strip())
            rows.usual = CHAPTER_PAUSE
            if block.kind == "heading":
                rows.add(text, "", "", block.line, heading=True)
            rows.usual = CHAPTER_PAUSE
        elif block.kind == "break":
            rows.usual = CHAPTER_PAUSE
        elif block.kind == "paragraph":
            rows.usual = rows.usual or PARAGRAPH_PAUSE
            _add_paragraph(rows, block, known)
    if len(rows.chapters) > 1 and not any(row.chapter == 0 for row in rows.rows):
        rows.chapters.pop(0)  # nothing before the first heading
        rows.rows = [row.replace(chapter=row.chapter - 1) for row in rows.rows]
    width = max(4, len(str(len(rows.rows))))
    numbered = tuple(row.replace(id=row.id.zfill(width)) for row in rows.rows)
    return Script(title=title, rows=numbered, chapters=tuple(rows.chapters), notes=tuple(notes))


def _add_paragraph(rows: _Rows, block: Block, known: frozenset[str]) -> None:
    speaker = how = ""
    parts = _unwrap(block.lines, known) if block.wrapped else list(enumerate(block.lines))
    for number, line in parts:
        match = _SPEAKER.fullmatch(line)
        if match and match["name"].strip() in known:
            speaker, how = _one_line(match["name"]), _one_line(match["how"] or "")
            line = match["text"]
        rows.add(line, speaker, how, block.line + number)


def cut_tags(text: str) -> Iterator[tuple[str, str | None, float | None]]:
    """(piece of text, new voice, pause before it in seconds) in turn.

    A piece may be "", a voice or pause is None where none is asked for; voice "" goes back to
    the speaker's own.
    """
    voice: str | None = None
    pause: float | None = None
    at = 0
    for tag in _TAGS.finditer(text) if "[" in text else ():
        before = text[at : tag.start()].strip()
        if before:
            yield before, voice, pause
            voice = pause = None
        number, unit, name = tag.groups()
        if tag[0][1:].lstrip()[:5].lower() == "voice":
            voice = _one_line(name or "")
            voice = "" if voice.lower() in ("none", "default") else voice
        else:
            seconds = float(number.replace(",", ".")) if number else 1.0
            seconds = seconds / 1000 if (unit or "").lower() == "ms" else seconds
            pause = min((pause or 0.0) + seconds, MAX_PAUSE)
        at = tag.end()
    rest = text[at:].strip()
    if rest or voice is not None or pause is not None:
        yield rest, voice, pause


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


def split_speaker(text: str, known: frozenset[str]) -> tuple[str, str]:
    """("ANNA", "Hello.") from "ANNA: Hello."; ("", text) where nobody known speaks."""
    head, _, rest = text.partition("\n")
    match = _SPEAKER.fullmatch(head)
    if not match or match["name"].strip() not in known or match["how"]:
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


# ── plain text ────────────────────────────────────────────────────────────────────────────────


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


def _unwrap(lines: Iterable[str], known: frozenset[str]) -> list[tuple[int, str]]:
    """Lines joined to one, but for those in which somebody begins to speak; with their numbers."""
    joined: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines):
        match = _SPEAKER.fullmatch(line)
        if not joined or (match and match["name"].strip() in known):
            joined.append((number, [line]))
        else:
            joined[-1][1].append(line)
    return [(number, " ".join(parts)) for number, parts in joined]


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────

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
